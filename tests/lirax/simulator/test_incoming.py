"""Calls from outside: who is asked about, whose phone rings, and what is told of it."""

import json
from typing import Any

import pytest

from engine.lirax.simulator.arrivals import Arrival, read_arrival
from engine.lirax.simulator.faults import Fault, WebhookFault
from engine.lirax.simulator.ivr import Ivr
from engine.lirax.simulator.people import Behaviour, Pickup
from tests.lirax.simulator.building import ANNA, World, a_world

pytestmark = pytest.mark.anyio

LINE = "380441112233"


async def a_call_to_us(world: World, **more: Any) -> None:
    world.exchange.incoming.arrive(Arrival(ANNA, line=LINE, **more), now=world.clock.now())
    await world.pass_until_quiet()


async def test_a_call_is_asked_about_rings_at_an_employee_and_is_told_of() -> None:
    async with a_world() as world:
        await a_call_to_us(world, talk_seconds=12)
    assert [told["cmd"] for told in world.ear.heard] == ["contact", *["event"] * 4]
    asked, *events = world.ear.heard
    assert (asked["phone"], asked["diversion"]) == (ANNA, LINE)
    assert {told["callid"] for told in world.ear.heard} == {asked["callid"]}
    assert [(told["event"], told["ext"]) for told in events] == [
        ("INCOMING", "101"),
        ("ACCEPTED", "101"),
        ("COMPLETED", "101"),
        ("CALL_COMPLETED", LINE),
    ]
    assert {(told["type"], told["diversion"]) for told in events} == {("in", LINE)}
    assert (events[-1]["status"], events[-1]["duration"]) == ("Success", "12")


@pytest.mark.parametrize(
    ("says", "name", "responsible", "ext"),
    [
        ({"contact_name": "Ганна", "responsible": 201}, "Ганна", "201", "201"),
        ({"contact_name": "Ганна", "responsible": "201"}, "Ганна", "201", "201"),
        ({"contact_name": "Ганна", "responsible": None}, "Ганна", None, "101"),
        ({"contact_name": ""}, None, None, "101"),
        ({"contact_name": "Ганна", "responsible": 777}, "Ганна", "777", "101"),
        ([1], None, None, "101"),
    ],
)
async def test_the_answer_to_contact_says_whose_phone_rings(
    says: object, name: str | None, responsible: str | None, ext: str
) -> None:
    async with a_world() as world:
        world.ear.says = json.dumps(says).encode()
        await a_call_to_us(world)
        [asked] = world.exchange.truth.asked
        [ring] = world.exchange.truth.rings
    assert (asked.code, asked.name, asked.responsible, ring.number) == (200, name, responsible, ext)


@pytest.mark.parametrize("kind", [WebhookFault.DROPPED, WebhookFault.DUPLICATED])
async def test_a_call_goes_on_when_contact_is_lost_or_comes_twice(kind: WebhookFault) -> None:
    async with a_world() as world:
        world.exchange.faults.inject(Fault(kind, command="contact"))
        await a_call_to_us(world)
    assert world.ear.events() == ["INCOMING", "ACCEPTED", "COMPLETED", "CALL_COMPLETED"]


async def test_a_refused_contact_is_not_repeated_and_the_call_goes_on() -> None:
    async with a_world(options={"webhook_attempts": 3}) as world:
        world.ear.codes = [400]
        await a_call_to_us(world)
        [asked] = world.exchange.truth.asked
    assert (asked.code, len(world.ear.named("contact"))) == (400, 1)
    assert world.ear.events()[-1] == "CALL_COMPLETED"


@pytest.mark.parametrize(
    ("employee", "status", "patience"),
    [
        (Behaviour(pickup=Pickup.NO_ANSWER), 1, 30.0),
        (Behaviour(ring_seconds=31), 1, 30.0),
        (Behaviour(), 5, 30.0),
    ],
    ids=["does not answer", "answers too late", "is at lunch"],
)
async def test_a_call_nobody_takes_is_missed(employee: Behaviour, status: int, patience: float) -> None:
    async with a_world() as world:
        world.exchange.people.script("201", employee)
        world.exchange.directory.presence["201"] = status
        await a_call_to_us(world, ext="201", patience_seconds=patience)
        [call] = world.exchange.truth.calls
    assert world.ear.events() == ["INCOMING", "CALL_COMPLETED"]
    assert world.ear.named("event")[-1]["status"] == "Missed"
    assert (call.direction, call.connected, world.exchange.truth.calls_now) == ("in", False, 0)


async def test_with_nobody_there_no_phone_rings() -> None:
    async with a_world() as world:
        world.exchange.directory.presence.clear()
        await a_call_to_us(world)
        assert world.exchange.truth.rings == []
    assert world.ear.events() == ["CALL_COMPLETED"]


async def test_advertisement_and_pressed_keys_are_told_of() -> None:
    utm = {"tid": "t", "cid": "c", "cs": "google", "cm": "cpc", "cc": "winter", "ct": "pump"}
    async with a_world() as world:
        world.exchange.ivrs.set(LINE, Ivr("Reception"))
        await a_call_to_us(world, utm=utm, keys="2")
    end = world.ear.named("event")[-1]
    assert {name: end[name] for name in utm} == utm
    assert json.loads(end["keys"]) == [{"ivr_name": "Reception", "ivr_entry": "0", "key": "2"}]


async def test_a_caller_is_busy_when_every_line_is_taken() -> None:
    async with a_world(lines=1) as world:
        await world.call()
        assert world.exchange.incoming.arrive(Arrival(ANNA), now=world.clock.now()) is None


@pytest.mark.parametrize(("option", "count"), [("incoming", 0), ("all", 1), ("none", 0)])
async def test_options_say_of_which_calls_is_asked(option: str, count: int) -> None:
    async with a_world(options={"contact_asked": option}) as world:
        world.exchange.people.script(ANNA, Behaviour())
        await world.call()
        await world.pass_until_quiet()
        assert [told["diversion"] for told in world.ear.named("contact")] == [ANNA] * count
        await a_call_to_us(world)
        assert len(world.ear.named("contact")) == 2 * count + (option == "incoming")
    assert world.ear.events()[-1] == "CALL_COMPLETED"


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({}, "phone is missing"),
        ({"phone": "anna"}, "phone of a call to us cannot be 'anna'"),
        ({"phone": ANNA, "mood": "bad"}, "a call to us has no 'mood'"),
        ({"phone": ANNA, "utm": {"colour": "red"}}, "utm of a call to us cannot be"),
        ({"phone": ANNA, "talk_seconds": -1}, "talk_seconds of a call to us cannot be -1"),
        ({"phone": ANNA, "keys": "one"}, "keys of a call to us cannot be 'one'"),
    ],
)
def test_a_call_there_cannot_be_is_refused(values: dict[str, object], sentence: str) -> None:
    with pytest.raises(ValueError, match=r"call to us|phone") as problem:
        read_arrival(values)
    assert str(problem.value).startswith(sentence)
