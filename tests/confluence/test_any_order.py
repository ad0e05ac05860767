"""Whatever order a call's webhooks come in, and however often each, the same is remembered in the end.

What must be equal, and what the contract excepts (rules that have fired stay fired), stands in
docs/reliability.md, "Fuzzing and confluence".
"""

import asyncio
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from engine.assembly import Role, build_house, close_house
from engine.clock import MovedClock
from engine.settings import Settings
from tests.builders import NOON, an_account
from tests.confluence.telling import Answer, Step, Teller, Told
from tests.databases import fresh_file

FEW, MANY = 12, 3_000
MEMORY = Path("/dev/shm")  # a file there is synced at once
FROM, QUEUE, AGENTS = "101", "5001", ("103", "104")
PLAYS = {
    "from": FROM,
    "call": {"play": "https://files.example.com/hello.mp3", "success_after": "15s"},
    "window": {"hours": "09:00-20:00", "timezone": "Europe/Kyiv"},
}
CONNECTS = {**PLAYS, "call": {"connect": QUEUE, "success_after": "15s"}}
BY_KEY: list[dict[str, Any]] = [
    {"when": {"key": "1"}, "outcome": "promised"},
    {"when": {"key": "9"}, "suppress": True},
    {"when": {"key": "2", "ivr": "Menu"}, "task": {"ext": "101", "text": "Call back", "type": "call"}},
    {"when": {"key": "2"}, "outcome": "wants a call"},
]
BY_RESULT: list[dict[str, Any]] = [
    {"when": {"result": word}, "note": word} for word in ("busy", "no_answer", "unreachable")
]


@dataclass(repr=False)
class Loop:
    """A loop and a house that outlive each example."""

    runner: asyncio.Runner
    teller: Teller

    def tell(self, definition: dict[str, Any], steps: list[Step], *, at_once: bool) -> dict[str, Any]:
        calls = 1 + max(step.call for step in steps)
        return self.runner.run(self.teller.tell(definition, steps, calls=calls, at_once=at_once))


@pytest.fixture(scope="module")
def loop() -> Iterator[Loop]:
    with TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None) as folder, asyncio.Runner() as runner:
        wanted = Settings(
            database_url=fresh_file(Path(folder)), secret_key="the-secret-key-of-the-tests-is-long-enough"
        )
        house = runner.run(build_house(wanted, clock=MovedClock(NOON), role=Role.TOOL))
        runner.run(house.database.write(an_account))
        runner.run(house.accounts.refresh(house.database))
        yield Loop(runner, Teller(house))
        runner.run(close_house(house))


KEYS = st.lists(
    st.builds(
        lambda menu, key: {"ivr_name": menu, "ivr_entry": "0", "key": key},
        st.sampled_from(["Menu", "IVR 5"]),
        st.sampled_from("1239"),
    ),
    max_size=3,
).map(lambda presses: {"keys": json.dumps(presses)} if presses else {})
FINISHED = st.builds(
    lambda success, full, keys: {
        "cmd": "make2calls_finished",
        "id_make2calls": "{M}",
        "success": success,
        **full,
        **keys,
    },
    st.sampled_from("01"),
    st.sampled_from([{}, {"duration_success": "0"}, {"duration_success": "1"}]),
    KEYS,
)
HOW_IT_ENDED = st.builds(
    lambda word, status, duration, recording: {"event": word, **status, **duration, **recording},
    st.sampled_from(["COMPLETED", "CALL_COMPLETED"]),
    st.sampled_from([{}, *({"status": word} for word in ("Success", "Busy", "NotAvailable", "NotAllowed"))]),
    st.sampled_from([{}, {"duration": "4"}, {"duration": "40"}]),
    st.sampled_from([{}, {"record_link": "https://files.example.com/{M}.wav"}]),
)
MARKS = st.sampled_from([{}, {"cs": "google"}, {"cs": "bing", "ct": "ads"}])


def events(callid: str, exts: tuple[str, ...]) -> st.SearchStrategy[dict[str, str]]:
    return st.builds(
        lambda told, ext, keys, marks: {
            "cmd": "event",
            "type": "out",
            "phone": "{P}",
            "callid": callid,
            "ext": ext,
            **told,
            **keys,
            **marks,
        },
        st.sampled_from([{"event": "INCOMING"}, {"event": "ACCEPTED"}]) | HOW_IT_ENDED,
        st.sampled_from(exts),
        KEYS,
        MARKS,
    )


def recordings(callid: str) -> st.SearchStrategy[dict[str, str]]:
    link = st.sampled_from(["https://files.example.com/a.wav", "https://files.example.com/b.wav"])
    return link.map(lambda address: {"cmd": "record", "callid": callid, "record_link": address})


def webhooks_of(*, joined: bool) -> st.SearchStrategy[list[dict[str, str]]]:
    """One finished webhook or none, events of the call's own id, and of a further leg where it is joined."""
    own = events("{C1}", (FROM, *AGENTS))
    legs = events("{C2}", AGENTS) if joined else own
    more = own | legs | recordings("{C1plain}") | recordings("{C2}")
    return st.tuples(st.lists(FINISHED, max_size=1), st.lists(more, max_size=6)).map(
        lambda parts: [*parts[0], *parts[1]]
    )


def stories(calls: int, *, joined: bool) -> st.SearchStrategy[tuple[list[Step], list[Step]]]:
    """The steps of so many calls, one call after the other, and in any order with repeats."""

    def steps_of(told: list[list[dict[str, str]]]) -> list[Step]:
        steps: list[Step] = []
        for call, webhooks in enumerate(told):
            steps += [Answer(call), *(Told(call, fields) for fields in webhooks)]
        return steps

    def shuffled(told: list[list[dict[str, str]]]) -> st.SearchStrategy[tuple[list[Step], list[Step]]]:
        steps = steps_of(told)
        repeated = [step for step in steps if isinstance(step, Told)]
        again = st.lists(st.sampled_from(repeated), max_size=4) if repeated else st.just([])
        return st.tuples(st.just(steps), again.flatmap(lambda more: st.permutations([*steps, *more])))

    return st.lists(webhooks_of(joined=joined), min_size=calls, max_size=calls).flatmap(shuffled)


def definitions(base: dict[str, Any], rules: list[dict[str, Any]]) -> st.SearchStrategy[dict[str, Any]]:
    return st.builds(
        lambda chosen, goal, retry: {**base, "rules": chosen, "goal": goal, "retry": retry},
        st.sampled_from([[], rules]),
        st.sampled_from(["answered", "listened", "key"]),
        st.sampled_from([{"attempts": 1}, {"attempts": 3, "delay": "2h", "by_result": {"busy": "15m"}}]),
    )


def in_any_order(examples: int) -> settings:
    return settings(
        max_examples=examples,
        deadline=None,
        suppress_health_check=[
            HealthCheck.too_slow,
            HealthCheck.data_too_large,
            HealthCheck.function_scoped_fixture,
        ],
        phases=[Phase.explicit, Phase.generate, Phase.shrink],
        derandomize=examples < MANY,
    )


def check(
    loop: Loop, definition: dict[str, Any], story: tuple[list[Step], list[Step]], at_once: bool
) -> None:
    in_order, shuffled = story
    expected = loop.tell(definition, in_order, at_once=True)
    assert_equal(loop.tell(definition, shuffled, at_once=at_once), expected)


def assert_equal(found: dict[str, Any], expected: dict[str, Any]) -> None:
    """Names the fields that differ."""
    assert flat(found) == flat(expected)


def flat(told: dict[str, Any]) -> dict[str, Any]:
    whole: dict[str, Any] = {}
    for part, value in told.items():
        if part in ("attempts", "recipients"):
            for number, row in enumerate(value):
                whole |= {f"{part} {number} {name}": each for name, each in row.items()}
        else:
            whole[part] = value
    return whole


@in_any_order(FEW)
@given(definitions(PLAYS, BY_KEY), stories(1, joined=False), st.booleans())
def test_a_played_call(loop: Loop, definition: Any, story: Any, at_once: bool) -> None:
    check(loop, definition, story, at_once)


@in_any_order(2 * FEW)
@given(definitions(CONNECTS, BY_KEY), stories(1, joined=True), st.booleans())
def test_a_joined_call(loop: Loop, definition: Any, story: Any, at_once: bool) -> None:
    check(loop, definition, story, at_once)


@in_any_order(FEW)
@given(definitions(CONNECTS, BY_KEY), stories(2, joined=True), st.booleans())
def test_two_calls_at_once(loop: Loop, definition: Any, story: Any, at_once: bool) -> None:
    check(loop, definition, story, at_once)


@in_any_order(FEW)
@given(definitions(CONNECTS, BY_RESULT), stories(1, joined=True), st.booleans())
def test_of_rules_by_result_at_most_one_fires_and_everything_else_is_the_same(
    loop: Loop, definition: Any, story: Any, at_once: bool
) -> None:
    in_order, shuffled = story
    expected = loop.tell(definition, in_order, at_once=True)
    found = loop.tell(definition, shuffled, at_once=at_once)
    for told in (expected, found):
        assert len(told.pop("effects")) <= 1
        [attempt] = told["attempts"]
        assert len(attempt.pop("fired") or []) <= 1
    assert_equal(found, expected)


@pytest.mark.proof
@in_any_order(MANY)
@given(definitions(PLAYS, BY_KEY), stories(1, joined=False), st.booleans())
def test_thousands_of_played_calls(loop: Loop, definition: Any, story: Any, at_once: bool) -> None:
    check(loop, definition, story, at_once)


@pytest.mark.proof
@in_any_order(MANY)
@given(definitions(CONNECTS, BY_KEY), stories(1, joined=True), st.booleans())
def test_thousands_of_joined_calls(loop: Loop, definition: Any, story: Any, at_once: bool) -> None:
    check(loop, definition, story, at_once)


@pytest.mark.proof
@in_any_order(MANY)
@given(definitions(CONNECTS, BY_KEY), stories(2, joined=True), st.booleans())
def test_thousands_of_pairs_of_calls(loop: Loop, definition: Any, story: Any, at_once: bool) -> None:
    check(loop, definition, story, at_once)
