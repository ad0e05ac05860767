"""The simulator against the reference alone: what it takes, what it answers, which webhooks it sends."""

import json
import random
import re
from typing import Any
from urllib.parse import parse_qsl

import httpx
import pytest

from engine.lirax.simulator.arrivals import UTM, Arrival
from engine.lirax.simulator.faults import Fault, RequestFault
from engine.lirax.simulator.levers import PULLS
from engine.lirax.simulator.modems import ModemState
from engine.lirax.simulator.newer_forms import NEWER
from engine.lirax.simulator.people import Behaviour
from tests.lirax.conformance.coverage import covers, proving
from tests.lirax.conformance.schemas import misfits
from tests.lirax.recorded import GENERAL_COMMANDS, REFERENCE
from tests.lirax.simulator.building import ANNA, IVR, MODEM, World, a_world

pytestmark = pytest.mark.anyio

COMMANDS = {row["name"]: row for row in REFERENCE["commands"]}
OURS = {"cmd", "token"}
NASTY = (
    "",
    " ",
    "!",
    "-1",
    "0" * 5000,
    "9" * 400,
    "\x00",
    "\ufffd",
    "Ї" * 300,
    "'; DROP",
    "0001-01-01 00:00:00",
)


def wire(request: dict[str, str]) -> str:
    return str(httpx.QueryParams(request))


async def posted(world: World, request: dict[str, str]) -> httpx.Response:
    return await world.http.post("/general", data=request)


@pytest.mark.parametrize("case", [proving(case, case["id"]) for case in REFERENCE["request_cases"]])
async def test_a_request_case_gets_its_code(case: dict[str, Any]) -> None:
    codes = []
    async with a_world() as world:
        for request in case.get("sequence", [case.get("request")]):
            if case.get("method") == "GET":
                answer = await world.http.get("/general", params=request)
            elif case.get("content_type") == "application/json":
                answer = await world.http.post("/general", json=request)
            else:
                answer = await posted(world, request)
            codes.append(answer.status_code)
    assert codes == case["expect"].get("codes", [case["expect"].get("code")])


@pytest.mark.parametrize(
    "row",
    [
        proving(
            row,
            row["name"],
            f"{row['name']}:200",
            *(f"{row['name']}.{name}" for name in row["example_request"]),
        )
        for row in GENERAL_COMMANDS
    ],
)
async def test_the_wire_form_of_every_command_is_decoded_as_recorded_and_answered(
    row: dict[str, Any],
) -> None:
    async with a_world() as world:
        form = {"Content-Type": REFERENCE["meta"]["request_content_type"]}
        answer = await world.http.post("/general", content=row["example_wire"], headers=form)
        [post] = world.exchange.truth.posts
    assert (post.command, post.fields) == (
        row["name"],
        {name: value for name, value in row["example_request"].items() if name not in OURS},
    )
    [documented] = [each for each in row["responses"] if each["code"] == 200]
    assert answer.status_code == 200
    if documented["body_schema"] is None:
        assert answer.content == b""
    else:
        assert list(misfits(answer.json(), documented["body_schema"])) == []


@covers("historyAuth", "historyAuth:200", "historyExport", "historyExport:200")
async def test_the_wire_forms_of_history_are_decoded_as_recorded() -> None:
    login, export = COMMANDS["historyAuth"], COMMANDS["historyExport"]
    async with a_world() as world:
        form = {"Content-Type": REFERENCE["meta"]["request_content_type"]}
        entered = await world.http.post(
            "/api/private/api/auth.php", content=login["example_wire"], headers=form
        )
        shown = await world.http.get(f"/services/call_show.php?{export['example_wire']}")
        first, second = world.exchange.truth.posts
    assert (entered.status_code, shown.status_code) == (200, 200)
    assert first.fields == {
        "USER_LOGIN": login["example_request"]["USER_LOGIN"]
    }  # the password is kept nowhere
    assert second.fields == export["example_request"]
    assert shown.text.splitlines()[0] == export["example_response"]["body_text"].splitlines()[0]


@pytest.mark.parametrize("name", [proving(row["name"], f"{row['name']}:401") for row in GENERAL_COMMANDS])
@pytest.mark.parametrize("revoked", [False, True])
async def test_every_command_is_refused_with_a_wrong_or_a_revoked_key(name: str, revoked: bool) -> None:
    request = dict(COMMANDS[name]["example_request"])
    async with a_world() as world:
        world.exchange.revoked = revoked
        answer = await posted(world, request if revoked else {**request, "token": "x"})
        [post] = world.exchange.truth.posts
    assert (answer.status_code, post.done) == (401, False)


def needed() -> list[Any]:
    return [
        proving((row["name"], param["name"]), f"{row['name']}.{param['name']}", f"{row['name']}:400")
        for row in GENERAL_COMMANDS
        for param in row["params"]
        if param["required"] and param["name"] not in OURS
    ]


@pytest.mark.parametrize("which", needed())
async def test_a_command_without_one_of_its_parameters_is_refused(which: tuple[str, str]) -> None:
    name, missing = which
    request = {each: value for each, value in COMMANDS[name]["example_request"].items() if each != missing}
    async with a_world() as world:
        assert (await posted(world, request)).status_code == 400


@pytest.mark.parametrize(
    "which",
    [
        proving((row["name"], param["name"]), f"{row['name']}.{param['name']}", f"{row['name']}:400")
        for row in GENERAL_COMMANDS
        for param in row["params"]
        if "pattern" in param and param["name"] not in OURS and not re.search(param["pattern"], "!")
    ],
)
async def test_a_parameter_that_is_not_of_its_form_is_refused(which: tuple[str, str]) -> None:
    name, wrong = which
    async with a_world() as world:
        answer = await posted(world, {**COMMANDS[name]["example_request"], wrong: "!"})
    assert answer.status_code == 400


@pytest.mark.parametrize(
    "name",
    [proving(row["name"], f"{row['name']}:400") for row in GENERAL_COMMANDS if "GET" not in row["methods"]],
)
async def test_a_command_is_refused_by_a_method_that_is_not_its_own(name: str) -> None:
    async with a_world() as world:
        answer = await world.http.get("/general", params=COMMANDS[name]["example_request"])
    assert answer.status_code == 400


@covers("sendSMS:402", "sendSMS:403")
@pytest.mark.parametrize(("state", "code"), [(ModemState.OFF, 402), (ModemState.BUSY, 403)])
async def test_a_modem_that_is_off_or_busy_is_told_by_its_code(state: ModemState, code: int) -> None:
    async with a_world() as world:
        world.exchange.modems.set_state("380123456789", state)
        assert (await posted(world, COMMANDS["sendSMS"]["example_request"])).status_code == code


# Webhooks

FORMS = {row["name"]: {param["name"]: param for param in row["params"]} for row in REFERENCE["webhooks"]}
ENDED = ("COMPLETED", "CALL_COMPLETED")


def problems_of(told: dict[str, str]) -> list[str]:
    """What of this webhook is not as the reference has it."""
    form = FORMS[told["cmd"]]
    due = {"always"} | ({"on_completed"} if told.get("event") in ENDED else set())
    problems = [f"{name} is not in the form" for name in told if name not in form]
    problems += [
        f"{name} is missing" for name, p in form.items() if p["presence"] in due and name not in told
    ]
    for name, value in told.items():
        about = form.get(name, {})
        if value not in about.get("enum", [value]) or not re.search(about.get("pattern", ""), value):
            problems.append(f"{name}={value}")
        if "json_schema" in about:
            problems += misfits(json.loads(value), about["json_schema"], at=name)
    return problems


async def a_busy_day(world: World) -> None:
    utm = dict.fromkeys(UTM, "winter")
    for number in range(40):
        phone = f"38067{number:07d}"
        await world.call(phone, timeout="10", successtime="15")
        await world.send("makeCall", **{"from": "101", "to": phone})
        await world.text(phone, modem=f"38050{number:07d}")
        world.exchange.incoming.arrive(Arrival(phone, utm=utm), now=world.clock.now())
    await world.send("initStatuses")
    await world.pass_until_quiet()


EVERY_FIELD = (*FORMS, *(f"{name}.{field}" for name, form in FORMS.items() for field in form))


@pytest.mark.parametrize(
    "recordings", [pytest.param("at_once", marks=covers(*EVERY_FIELD)), pytest.param("later")]
)
async def test_every_webhook_is_sent_in_its_recorded_form(recordings: str) -> None:
    async with a_world(seed=3, options={"recordings": recordings}) as world:
        await a_busy_day(world)
        heard = world.ear.heard
    assert [(told, problems) for told in heard if (problems := problems_of(told))] == []
    seen = {(told["cmd"], name) for told in heard for name in told}
    silent = (
        {("event", "record_link")}
        if recordings == "later"
        else {("record", name) for name in FORMS["record"]}
    )
    assert seen == {(command, name) for command, form in FORMS.items() for name in form} - silent


async def test_a_webhook_is_encoded_as_the_examples_are() -> None:
    async with a_world() as world:
        world.exchange.people.script(ANNA, Behaviour(keys="97"))
        await world.call()
        await world.pass_until_quiet()
        [body] = [body for body in world.ear.bodies if b"cmd=make2calls_finished" in body]
    [example] = [row for row in REFERENCE["webhooks"] if row["name"] == "make2calls_finished"]
    ours, printed = (dict(parse_qsl(text)) for text in (body.decode(), example["example_wire"]))
    assert ours.keys() == printed.keys()
    assert body.decode() == wire(ours)
    assert [(key["ivr_entry"], key["key"]) for key in json.loads(ours["keys"])] == [("0", "9"), ("09", "7")]


# Odd input

KNOWN_COMMANDS = [*COMMANDS, *NEWER, "nope", ""]


def an_odd_request(chance: random.Random) -> dict[str, str]:
    """A known command with some of its parameters spoilt, missing, or taken from another."""
    name = chance.choice(KNOWN_COMMANDS)
    request = dict(
        chance.choice([COMMANDS.get(name, {}), chance.choice(list(COMMANDS.values()))]).get(
            "example_request", {}
        )
    )
    for field in chance.sample(sorted(request), k=len(request) // 2):
        request[field] = chance.choice(NASTY)
    if chance.random() < 0.8:
        request["token"] = COMMANDS["getUsers"]["example_request"]["token"]
    if chance.random() < 0.9:
        request["cmd"] = name
    return request


@pytest.mark.parametrize("extensions", [False, True])
async def test_odd_input_is_never_an_error_of_the_simulator(extensions: bool) -> None:
    chance = random.Random(7)
    async with a_world(options={"extensions": extensions}) as world:
        for _ in range(400):
            request = an_odd_request(chance)
            by_get = chance.random() < 0.2
            answer = await (
                world.http.get("/general", params=request) if by_get else world.http.post("/", data=request)
            )
            assert answer.status_code < 500, request
        await world.pass_time(3600)


@pytest.mark.parametrize(
    "path", ["/general", "/api/private/api/auth.php", *(f"/_control/{name}" for name in PULLS)]
)
@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\xff\xfe",
        b"[]",
        b"null",
        b"{",
        b"%%%=%&&&=;",
        b'{"number": {}}',
        b"cmd=%FF&token=%00",
        b"9" * 70_000,
    ],
)
async def test_odd_bytes_are_never_an_error_of_the_simulator(path: str, body: bytes) -> None:
    async with a_world() as world:
        answer = await world.http.post(path, content=body)
        assert answer.status_code < 500
        assert (await world.send("getShops")).status_code in (200, 401)


async def test_an_error_of_the_simulator_comes_only_by_a_fault_that_asks_for_it() -> None:
    async with a_world() as world:
        world.exchange.faults.inject(Fault(RequestFault.ERROR, code=500, command="getShops"))
        codes = [(await world.send("getShops")).status_code for _ in range(2)]
        assert (
            await world.send("sendSMS", ext="101", provider=MODEM, phone=ANNA, text=IVR)
        ).status_code == 200
    assert codes == [500, 200]
