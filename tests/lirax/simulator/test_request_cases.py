"""Every request case of the reference's data, at its own date and with its own seed."""

import json
from pathlib import Path
from typing import Any

import httpx
import pytest

from engine.lirax.simulator.checks import COMMANDS
from engine.lirax.simulator.commands import HANDLERS
from engine.lirax.simulator.newer_forms import NEWER
from tests.lirax.conformance.coverage import proving
from tests.lirax.simulator.building import a_world

RECORDED = json.loads((Path(__file__).parents[2] / "recorded" / "lirax-api.json").read_text("utf-8"))
CASES = RECORDED["request_cases"]
RPC = {command["name"]: command for command in RECORDED["commands"] if command["kind"] == "rpc"}

pytestmark = pytest.mark.anyio


async def asked(http: httpx.AsyncClient, case: dict[str, Any], request: dict[str, str]) -> int:
    if case.get("method") == "GET":
        return (await http.get("/general", params=request)).status_code
    if case.get("content_type") == "application/json":
        return (await http.post("/general", json=request)).status_code
    return (await http.post("/general", data=request)).status_code


@pytest.mark.parametrize("case", [proving(case, case["id"]) for case in CASES])
async def test_a_request_is_answered_as_the_reference_says(case: dict[str, Any]) -> None:
    async with a_world() as world:
        codes = [
            await asked(world.http, case, request) for request in case.get("sequence", [case.get("request")])
        ]
    assert codes == case["expect"].get("codes", [case["expect"].get("code")])


@pytest.mark.parametrize("name", RPC)
async def test_the_example_of_every_command_gets_its_documented_answer(name: str) -> None:
    async with a_world() as world:
        answer = await world.http.post("/", data=RPC[name]["example_request"])
    expected = RPC[name]["example_response"]
    assert answer.status_code == expected["code"]
    if expected["body"] is None:
        assert answer.content == b""
    elif name not in ("getUsers", "createDeal", "sendSMS", "makeCall", "make2Calls"):
        assert answer.json() == expected["body"]
    else:  # ids of our own, and the seed has one more employee than the example
        assert answer.json().keys() == expected["body"].keys()


def test_there_is_a_handler_for_every_command_and_no_other() -> None:
    assert set(COMMANDS) == set(RPC)
    assert set(HANDLERS) == set(RPC) | set(NEWER)


@pytest.mark.parametrize("name", RPC)
def test_parameters_and_methods_are_those_of_the_reference(name: str) -> None:
    own = {"cmd", "token"}
    documented = {p["name"]: p["required"] for p in RPC[name]["params"] if p["name"] not in own}
    spelled_two_ways = {"Call_id", "name"} if name in ("killCall", "checkContact") else set()
    ours = {parameter.name: parameter.required for parameter in COMMANDS[name].parameters}
    assert ours == {key: value for key, value in documented.items() if key not in spelled_two_ways}
    assert COMMANDS[name].by_get == ("GET" in RPC[name]["methods"])
