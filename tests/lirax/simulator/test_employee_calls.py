"""makeCall and killCall."""

from typing import Any

import pytest

from engine.lirax.simulator.people import Behaviour, Pickup
from tests.lirax.simulator.building import ANNA, World, a_world

pytestmark = pytest.mark.anyio

TALKS = Behaviour(ring_seconds=5, talk_seconds=60)


async def make_call(world: World) -> str:
    answer = await world.send("makeCall", **{"from": "101", "to": ANNA, "idshop": "7"})
    return str(answer.json()["id_makecall"])


async def test_the_employee_rings_first_and_then_the_client() -> None:
    async with a_world() as world:
        world.exchange.people.script("101", Behaviour(ring_seconds=2, talk_seconds=999))
        world.exchange.people.script(ANNA, TALKS)
        await make_call(world)
        await world.pass_until_quiet()
    rings = [(ring.number, world.seconds(ring.started_at)) for ring in world.exchange.truth.rings]
    assert rings == [("101", 0), (ANNA, 2)]
    assert {event["phone"] for event in world.ear.named("event")} == {ANNA}


@pytest.mark.parametrize(("option", "second"), [("answer", 6), ("hangup", 66)])
async def test_its_result_comes_at_the_answer_or_at_the_end(option: str, second: int) -> None:
    async with a_world(options={"makecall_finished_at": option}) as world:
        world.exchange.people.script(ANNA, TALKS)
        task = await make_call(world)
        await world.pass_until_quiet()
    [sent] = world.exchange.truth.webhooks_of("makecall_finished")
    assert world.seconds(sent.at) == second
    assert (sent.fields["id_makecall"], sent.fields["success"]) == (task, "1")
    assert sent.fields["Call_id"] == world.exchange.truth.rings[0].callid


@pytest.mark.parametrize(("option", "call_id"), [("empty", ""), ("absent", None)])
async def test_a_call_nobody_answered_has_no_call_id(option: str, call_id: str | None) -> None:
    async with a_world(options={"call_id_when_failed": option}) as world:
        world.exchange.people.script(ANNA, Behaviour(pickup=Pickup.BUSY))
        await make_call(world)
        await world.pass_until_quiet()
    [finished] = world.ear.named("makecall_finished")
    assert (finished["success"], finished.get("Call_id")) == ("0", call_id)


async def test_an_employee_who_does_not_answer_spares_the_client() -> None:
    async with a_world() as world:
        world.exchange.people.script("101", Behaviour(pickup=Pickup.NO_ANSWER))
        await make_call(world)
        await world.pass_until_quiet()
    assert [ring.number for ring in world.exchange.truth.rings] == ["101"]
    assert world.ear.named("makecall_finished")[0]["success"] == "0"


KILLS: list[tuple[dict[str, Any], str, int, float]] = [
    ({}, "Call_id", 200, 16),
    ({}, "callid", 200, 16),
    ({"killcall_accepts": "Call_id"}, "callid", 400, 66),
    ({"killcall_accepts": "callid"}, "callid", 200, 16),
]


@pytest.mark.parametrize(("options", "spelling", "code", "ended"), KILLS)
async def test_a_call_can_be_killed_by_the_id_of_its_result(
    options: dict[str, Any], spelling: str, code: int, ended: float
) -> None:
    async with a_world(options=options) as world:
        world.exchange.people.script(ANNA, TALKS)
        await make_call(world)
        await world.pass_time(16)
        [finished] = world.ear.named("makecall_finished")
        answer = await world.send("killCall", **{spelling: finished["Call_id"]})
        await world.pass_until_quiet()
    assert answer.status_code == code
    assert {world.seconds(ring.ended_at) for ring in world.exchange.truth.rings} == {ended}
    assert world.exchange.truth.calls_now == 0


@pytest.mark.parametrize("code", [200, 400])
async def test_a_call_already_over_cannot_be_killed(code: int) -> None:
    async with a_world(options={"killcall_dead_call_code": code}) as world:
        assert (await world.send("killCall", Call_id="long-gone")).status_code == code


async def test_the_call_id_may_differ_from_that_of_events_and_both_kill() -> None:
    async with a_world(options={"call_id_equals_callid": False}) as world:
        world.exchange.people.script(ANNA, TALKS)
        await make_call(world)
        await world.pass_time(10)
        [finished] = world.ear.named("makecall_finished")
        callid = world.ear.named("event")[0]["callid"]
        assert finished["Call_id"] != callid
        assert (await world.send("killCall", callid=callid)).status_code == 200
        assert world.exchange.truth.calls_now == 0
