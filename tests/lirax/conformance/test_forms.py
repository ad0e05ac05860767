"""What the client sends, against the wire forms of the reference: examples, parameters, request cases."""

import re
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qsl

import pytest

from engine.lirax import wire
from engine.lirax.client import LiraxClient
from engine.lirax.commands import COMMANDS, UnknownWord
from engine.lirax.errors import Refused
from engine.lirax.requests import Request, wire_names
from tests.lirax.conformance.coverage import covers, proving
from tests.lirax.conformance.examples import FURTHER_EXAMPLES, KINDS, WITH_EVERY_PARAMETER, example_of
from tests.lirax.exchange import Exchange, an_exchange, answer, answering
from tests.lirax.recorded import GENERAL_COMMANDS, REFERENCE, TOKEN

pytestmark = pytest.mark.anyio

CASES = {case["id"]: case for case in REFERENCE["request_cases"]}
EVERYTHING = (
    b'{"id_make2calls": "a", "id_makecall": "a", "id_sms": 1, "id_deal": 1, "sms_status": 3,'
    b' "users": [], "shops": [], "stages": [], "statuses": [], "blacklist": []}'
)
PARAMS = [(row, param) for row in GENERAL_COMMANDS for param in row["params"]]


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


def form_of(request: Request[Any]) -> dict[str, str]:
    form = wire.form_of(COMMANDS[request.cmd], request.form(), token=TOKEN)
    return dict(parse_qsl(form.decode(), keep_blank_values=True, strict_parsing=True))


@pytest.mark.parametrize("row", [proving(row, row["name"], "C4") for row in GENERAL_COMMANDS])
def test_our_request_is_the_printed_example(row: dict[str, Any]) -> None:
    assert form_of(example_of(row["name"])) == printed(row["example_wire"])


@pytest.mark.parametrize("example", FURTHER_EXAMPLES, ids=lambda example: example["title"])
@covers("make2Calls", "C55")
def test_our_make2calls_is_the_further_printed_example(example: dict[str, Any]) -> None:
    rows = next(row for row in GENERAL_COMMANDS if row["name"] == "make2Calls")["extra_examples"]
    wanted = printed(next(row["wire"] for row in rows if row["title"] == example["title"]))
    assert form_of(example["request"]) == {"timeout": "0", **wanted}


def printed(wire_form: str) -> dict[str, str]:
    return dict(parse_qsl(wire_form, keep_blank_values=True))


@pytest.mark.parametrize(
    ("row", "param"),
    [
        pytest.param(
            row, param, id=f"{row['name']}.{param['name']}", marks=covers(f"{row['name']}.{param['name']}")
        )
        for row, param in PARAMS
    ],
)
def test_a_parameter_goes_under_its_own_name_in_the_form_the_reference_wants(
    row: dict[str, Any], param: dict[str, Any]
) -> None:
    value = form_of(WITH_EVERY_PARAMETER[row["name"]])[param["name"]]
    assert re.fullmatch(param.get("pattern", r"[\s\S]+"), value)
    assert value in param.get("enum", [value])


@covers("C3", "C21", "C23", "C24", "C25")
def test_a_command_goes_under_the_name_of_its_own_section_with_its_own_parameters_only() -> None:
    for name, request in WITH_EVERY_PARAMETER.items():
        row = next(row for row in GENERAL_COMMANDS if row["name"] == name)
        form = form_of(request)
        assert form["cmd"] == name
        assert set(form) == {param["name"] for param in row["params"]}
    assert "phone" not in form_of(KINDS["listBlackPhone"]())
    assert "phone" not in form_of(KINDS["listBlackIP"]())


# What our client makes of a request that is wrong on purpose and that it cannot send.
NOT_OURS = {
    "Q01": "it always sends the key",
    "Q03": "it knows only the commands of the reference",
    "Q04": "it always names a command",
    "Q06": "it never asks by GET, which would put the key into logs",
    "Q07": "it never asks by GET",
    "Q15": "it sends `name`, and `Name` only beside it",
    "Q17": "it sends no command with another one's parameters",
    "Q19": "it sends no parameter that the command does not take",
    "Q22": "it always sends a form",
}
OURS = [proving(case, f"{case['id']}:sent") for case in CASES.values() if case["id"] not in NOT_OURS]


async def sent_by(client_token: str, requests: list[dict[str, str]]) -> Exchange:
    async with an_exchange(answering(answer(EVERYTHING))) as exchange:
        client = LiraxClient(exchange.url, token=client_token, timeout=timedelta(seconds=2), lines=1)
        for request in requests:
            params = {name: value for name, value in request.items() if name not in {"cmd", "token"}}
            await client.command(request["cmd"], params)
        await client.close()
    return exchange


@pytest.mark.parametrize("case", OURS)
async def test_a_request_case_goes_over_the_wire_as_recorded(case: dict[str, Any]) -> None:
    requests = case.get("sequence") or [case["request"]]
    exchange = await sent_by(requests[0]["token"], requests)
    redialling = {"timeout": "0"}  # off unless somebody asks for it
    wanted = [redialling | row if row["cmd"] == "make2Calls" else row for row in requests]
    assert exchange.requests == wanted
    assert {line.split()[0] for line in exchange.request_lines} == {"POST"}


@pytest.mark.parametrize(
    "case", [proving(CASES[name], f"{name}:sent") for name in ("Q03", "Q15", "Q17", "Q19")]
)
async def test_a_word_that_lirax_does_not_have_is_never_sent(case: dict[str, Any]) -> None:
    with pytest.raises(UnknownWord):
        await sent_by(TOKEN, [case["request"]])


@pytest.mark.parametrize(
    "case", [proving(CASES[name], f"{name}:sent", "C4") for name in ("Q01", "Q06", "Q07", "Q22")]
)
async def test_every_request_is_a_posted_form_with_the_key_in_its_body(case: dict[str, Any]) -> None:
    exchange = await sent_by(TOKEN, [{"token": TOKEN, **case["request"]}])
    [request] = exchange.requests
    assert request["token"] == TOKEN
    assert exchange.request_lines == ["POST /general HTTP/1.1"]


@covers("Q04:sent")
async def test_there_is_no_request_without_a_command() -> None:
    with pytest.raises(UnknownWord):
        await sent_by(TOKEN, [{"cmd": "", "token": TOKEN}])


WRONG_ON_PURPOSE = {"Q05", "Q08", "Q09", "Q14"}  # Q12, Q13 and Q21 are LiraX's to judge


@pytest.mark.parametrize("name", sorted(WRONG_ON_PURPOSE))
def test_a_case_that_lirax_refuses_is_no_request_of_ours(name: str) -> None:
    request = CASES[name]["request"]
    kind = KINDS[request["cmd"]]
    ours = {alias: field for field, alias in wire_names(kind).items()}
    with pytest.raises(Refused):
        kind(**{ours[word]: value for word, value in request.items() if word in ours})
