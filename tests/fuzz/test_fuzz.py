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
from tests.fuzz.rooms import Rooms, rooms
from tests.fuzz.running import Outcome, resident_bytes, run

SEED = 20261123
TRIED = {
    "webhooks": 300,
    "lists": 200,
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


@settings(deadline=None, max_examples=40, suppress_health_check=list(HealthCheck), derandomize=True)
@given(
    st.binary(max_size=300)
    | FIELDS.map(lambda pairs: "&".join("=".join(pair) for pair in pairs).encode("utf-8", "surrogatepass"))
)
def test_any_bytes_and_any_form_may_come_as_a_webhook(loop: Loop, body: bytes) -> None:
    loop.run("webhooks", iter([b"cmd=event&callid=c&" + body, body]))
