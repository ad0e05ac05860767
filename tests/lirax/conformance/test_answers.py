"""Every response case of the reference against the client: over real HTTP, into typed values or errors."""

import json
from typing import Any

import pytest

from engine.lirax.answers import (
    Answer,
    Blacklist,
    CallTaken,
    DealCreated,
    Done,
    EmployeeCallTaken,
    Entry,
    Shops,
    SmsStatus,
    Stages,
    Users,
    UserStatuses,
)
from engine.lirax.errors import LiraxError, Unavailable
from tests.lirax.bad_manners import says
from tests.lirax.conformance.coverage import proving
from tests.lirax.conformance.examples import example_of
from tests.lirax.exchange import a_client, an_exchange
from tests.lirax.recorded import GENERAL_COMMANDS, REFERENCE

pytestmark = pytest.mark.anyio

CASES = REFERENCE["response_cases"]
CONTRADICTIONS = {
    "R02": "C9",
    "R03": "C6",
    "R04": "C6",
    "R05": "C54",
    "R06": "C7",
    "R08": "C7",
    "R10": "C5",
    "R11": "C5",
    "R13": "C9",
    "R14": "C30",
    "R17": "C35",
    "R18": "C9",
    "R21": "C9",
    "R26": "C34",
    "R27": "C9",
    "R28": "C33",
}


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


def rows(*, good: bool) -> list[Any]:
    wanted = [case for case in CASES if case["expect"]["ok"] is good]
    return [proving(case, *words_of(case)) for case in wanted]


def words_of(case: dict[str, Any]) -> list[str]:
    command, code = case["command"], case["http"]["code"]
    printed = next(row for row in REFERENCE["commands"] if row["name"] == command)
    words = [case["id"], command]
    if code in {answer["code"] for answer in printed["responses"]}:
        words.append(f"{command}:{code}")
    return [*words, CONTRADICTIONS[case["id"]]] if case["id"] in CONTRADICTIONS else words


async def answer_to(case: dict[str, Any]) -> Answer:
    http = case["http"]
    said = says(f"{http['code']} As Recorded", http["body"].encode(), Content_Type=http["content_type"])
    async with an_exchange(said) as exchange, a_client(exchange.url) as client:
        return await client.send(example_of(case["command"]))


def as_recorded(answer: Answer) -> Any:
    """The answer in the form of the case's `value`."""
    match answer:
        case EmployeeCallTaken() | CallTaken() | SmsStatus():
            return answer.model_dump()
        case DealCreated():
            return {"id_deal": int(answer.id_deal)}
        case Blacklist():
            return answer.blacklist
        case Users():
            return dumped(answer.users)
        case Shops():
            return dumped(answer.shops)
        case Stages():
            return dumped(answer.stages)
        case UserStatuses():
            return dumped(answer.statuses)
        case Done():
            return None
        case other:
            raise AssertionError(f"no response case is known for {other!r}")


def dumped(entries: list[Any]) -> list[dict[str, Any]]:
    assert all(isinstance(entry, Entry) for entry in entries)
    return [entry.model_dump() for entry in entries]


@pytest.mark.parametrize("case", rows(good=True))
async def test_a_good_answer_of_the_reference_is_read(case: dict[str, Any]) -> None:
    assert as_recorded(await answer_to(case)) == case["expect"]["value"]


@pytest.mark.parametrize("case", rows(good=False))
async def test_a_bad_answer_of_the_reference_becomes_its_error(case: dict[str, Any]) -> None:
    expect = case["expect"]
    with pytest.raises(LiraxError) as caught:
        await answer_to(case)
    assert caught.value.kind == expect["error"]
    assert caught.value.status == case["http"]["code"]
    assert caught.value.ambiguous == expect.get("ambiguous", False)
    assert isinstance(caught.value, Unavailable) == expect.get("retry_safe", False)


ERRORS = {400: "invalid_parameters", 401: "invalid_token", 402: "modem_not_connected", 403: "modem_busy"}
CODES = [
    proving((row["name"], answer["code"]), f"{row['name']}:{answer['code']}")
    for row in GENERAL_COMMANDS
    for answer in row["responses"]
]


@pytest.mark.parametrize("said", CODES)
async def test_every_code_of_every_command_is_understood(said: tuple[str, int]) -> None:
    command, code = said
    row = next(row for row in GENERAL_COMMANDS if row["name"] == command)
    body = b""
    if code == 200 and row["example_response"]["body"] is not None:
        body = json.dumps(row["example_response"]["body"]).encode()
    async with an_exchange(says(f"{code} Said", body)) as exchange, a_client(exchange.url) as client:
        if code == 200:
            answer = await client.send(example_of(command))
            assert answer.promised() == (next(iter(json.loads(body))) if body else None)
            return
        with pytest.raises(LiraxError) as caught:
            await client.send(example_of(command))
    unchanged = "_or_unchanged" if (command, code) == ("updateDeal", 400) else ""
    assert caught.value.kind == ERRORS[code] + unchanged
    assert not caught.value.ambiguous
