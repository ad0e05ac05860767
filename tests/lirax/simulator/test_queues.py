"""Queues of the simulator: free employees take calls, and LiraX tells how they stand."""

from typing import Any

import pytest

from engine.lirax.simulator.agents import Queue
from engine.lirax.simulator.levers import open_queue
from engine.lirax.simulator.people import Behaviour
from tests.lirax.simulator.building import ANNA, BORYS, OLENA, World, a_world

pytestmark = pytest.mark.anyio

QUEUE = "5001"
TALKS = Behaviour(ring_seconds=5, talk_seconds=30, patience_seconds=20)


def open_for(world: World, *exts: str, wrap_up: float = 0) -> None:
    for person in (ANNA, BORYS, OLENA):
        world.exchange.people.script(person, TALKS)
    world.exchange.agents.open_queue(QUEUE, Queue(exts, answer_seconds=2, wrap_up_seconds=wrap_up))


def statons(world: World) -> list[str]:
    return [f"{each['ext']}:{each['status']}" for each in world.ear.named("staton")]


async def test_a_free_employee_takes_the_call_and_is_busy_until_after_it() -> None:
    async with a_world() as world:
        open_for(world, "201", wrap_up=10)
        task = await world.call()
        await world.pass_until_quiet()
        accepted = [each["ext"] for each in world.ear.named("event") if each["event"] == "ACCEPTED"]
        assert accepted == ["101", "201"]  # the person, then the employee
        assert statons(world) == ["201:2", "201:3", "201:1"]
        seconds = [world.seconds(change.at) for change in world.exchange.truth.presences]
        assert seconds == [7, 37, 47]
        [finished] = world.ear.named("make2calls_finished")
        assert (finished["id_make2calls"], finished["success"]) == (task, "1")


async def test_who_waits_longer_than_their_patience_hangs_up_alone() -> None:
    async with a_world() as world:
        open_for(world, "201")
        world.exchange.set_presence("201", 5)
        await world.call()
        await world.pass_until_quiet()
        [ring] = world.exchange.truth.rings_of(ANNA)
        assert (world.seconds(ring.answered_at), world.seconds(ring.ended_at)) == (5, 25)
        assert [ring.leg for ring in world.exchange.truth.rings] == [1]
        [finished] = world.ear.named("make2calls_finished")
        assert finished["success"] == "0"
        assert world.ear.named("event")[-1]["status"] == "Success"


async def test_people_wait_in_line_for_the_next_free_employee() -> None:
    async with a_world() as world:
        open_for(world, "201", "202")
        world.exchange.set_presence("202", 0)
        await world.call(ANNA)
        await world.call(BORYS)
        await world.pass_time(10)
        world.exchange.set_presence("202", 1)
        await world.pass_until_quiet()
        taken = {ring.number: ring.callid for ring in world.exchange.truth.rings if ring.leg == 2}
        first, second = (world.exchange.truth.rings_of(person)[0].callid for person in (ANNA, BORYS))
        assert taken == {"201": first, "202": second}


async def test_who_has_been_idle_longest_takes_the_next_call() -> None:
    async with a_world() as world:
        open_for(world, "201", "202")
        for person in (ANNA, BORYS, OLENA):
            await world.call(person)
            await world.pass_time(60)
        taken = [ring.number for ring in world.exchange.truth.rings if ring.leg == 2]
        assert taken == ["201", "202", "201"]


async def test_an_employee_who_is_rung_in_vain_is_offered_the_next_call() -> None:
    async with a_world() as world:
        open_for(world, "201")
        world.exchange.people.script(ANNA, Behaviour(ring_seconds=5, patience_seconds=1))
        await world.call(ANNA)
        await world.call(BORYS)
        await world.pass_until_quiet()
        ended = {call.client: call.seconds for call in world.exchange.truth.calls}
        assert ended == {ANNA: 1, BORYS: 33}  # a second in line, two of ringing, thirty of talk


async def test_whoever_goes_away_during_a_call_stays_away_after_it() -> None:
    async with a_world() as world:
        open_for(world, "201", wrap_up=10)
        await world.call()
        await world.pass_time(20)
        world.exchange.set_presence("201", 0)
        await world.pass_until_quiet()
        assert statons(world) == ["201:2", "201:0"]


async def test_a_queue_is_opened_from_outside_and_hires_whom_it_needs() -> None:
    async with a_world() as world:
        values = {"number": QUEUE, "agents": ["301"], "answer_seconds": 1, "wrap_up_seconds": 5.5}
        open_queue(world.exchange, values)
        assert world.exchange.agents.queue_at(QUEUE) == Queue(("301",), 1.0, 5.5)
        assert world.exchange.directory.has_employee("301")
        wrongs: list[dict[str, Any]] = [
            {"agents": []},
            {"agents": [301]},
            {"agents": ["301"], "answer_seconds": -1},
        ]
        for wrong in wrongs:
            with pytest.raises(ValueError, match="is a"):
                open_queue(world.exchange, {"number": QUEUE, **wrong})
