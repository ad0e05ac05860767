"""A slice of the fuzzing: whatever bytes come from outside, they are read, or refused at once.

`make fuzz` does the same for as long as one likes, and prints the counts.
"""

import asyncio
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.fuzz import monsters
from tests.fuzz.__main__ import MEMORY, texts_for
from tests.fuzz.inventing import ANSWERS, LISTS, PEOPLE
from tests.fuzz.rooms import STATUSES, Check, Rooms, rooms
from tests.fuzz.running import Found, Outcome, resident_bytes, run

SEED = 20261123
TRIED = {
    "webhooks": 300,
    "lists": 200,
    "people in CSV": 12,  # each starts a process that reads it
    "people in JSON": 60,
    "definitions": 60,
    "definitions over the API": 30,
    "answers": 150,
    "answers over a socket": 60,
    "history": 300,
}
GROWTH = 50_000_000  # bytes


@dataclass(repr=False)
class Loop:
    runner: asyncio.Runner
    rooms: Rooms

    def run(self, name: str, texts: Iterator[bytes]) -> Outcome:
        outcome = Outcome()
        self.runner.run(run(name, self.rooms.checks[name], texts, outcome=outcome))
        return outcome


@pytest.fixture(scope="module")
def loop() -> Iterator[Loop]:
    place = MEMORY if MEMORY.is_dir() else None
    with tempfile.TemporaryDirectory(dir=place) as folder, asyncio.Runner() as runner:
        opened = rooms(Path(folder))
        yield Loop(runner, runner.run(opened.__aenter__()))
        runner.run(opened.__aexit__(None, None, None))


@pytest.mark.parametrize("name", TRIED)
def test_spoiled_texts_break_nothing(loop: Loop, name: str) -> None:
    texts = texts_for(SEED)[name]
    first = loop.run(name, islice(texts, TRIED[name] // 4))
    held = resident_bytes()
    outcome = loop.run(name, islice(texts, TRIED[name]))
    assert outcome.tried == TRIED[name]
    assert len(first.became | outcome.became) > 1, "the fuzzing reaches no more than one branch"
    assert resident_bytes() - held < GROWTH


@pytest.mark.parametrize("name", monsters.lists())
def test_a_monstrous_list_is_read_or_refused_at_once(loop: Loop, name: str) -> None:
    loop.run("lists", iter([monsters.lists()[name]]))


@pytest.mark.parametrize("name", monsters.definitions())
def test_a_monstrous_definition_is_read_or_refused_at_once(loop: Loop, name: str) -> None:
    body = monsters.definitions()[name]
    loop.run("definitions", iter([body] * 3))
    loop.run("definitions over the API", iter([body] * 3))


NAMES = st.sampled_from(
    ["cmd", "CMD", "phone", "callid", "ext", "type", "event", "keys", "status", "id_sms", "success"]
)
FIELDS = st.lists(st.tuples(NAMES | st.text(max_size=5), st.text(max_size=30)), max_size=12)


invented = settings(
    deadline=None, max_examples=40, suppress_health_check=list(HealthCheck), derandomize=True, database=None
)


@invented
@given(
    st.binary(max_size=300)
    | FIELDS.map(lambda pairs: "&".join("=".join(pair) for pair in pairs).encode("utf-8", "surrogatepass"))
)
def test_any_bytes_and_any_form_may_come_as_a_webhook(loop: Loop, body: bytes) -> None:
    loop.run("webhooks", iter([b"cmd=event&callid=c&" + body, body]))


@invented
@given(LISTS)
def test_any_table_may_come_as_a_list(loop: Loop, body: bytes) -> None:
    loop.run("lists", iter([body] * 2))  # with and without zones of its own


@invented
@given(PEOPLE)
def test_any_people_may_come_as_json(loop: Loop, body: bytes) -> None:
    loop.run("people in JSON", iter([body]))


@invented
@given(ANSWERS)
def test_lirax_may_answer_anything_to_any_command(loop: Loop, body: bytes) -> None:
    loop.run("answers", iter([body] * len(STATUSES)))  # each status once
    loop.run("answers over a socket", iter([body] * 5))


async def waits_for_ever(body: bytes, number: int) -> str:
    await asyncio.Event().wait()
    return "never"


async def works_for_ever(body: bytes, number: int) -> str:
    while True:
        pass


@pytest.mark.parametrize("check", [waits_for_ever, works_for_ever])
def test_a_text_that_hangs_is_named(check: Check, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(Found, match="the text of the two"):
        asyncio.run(run("hanging", check, [b"the text of the two"], outcome=Outcome(), patience=0.05))
    assert Path("fuzz-found/hanging-19").read_bytes() == b"the text of the two"
