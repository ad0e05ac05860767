"""Hands on the calls that are up: picking up, declining, pressing, hanging up, and the plug pulled."""

import json

import pytest

from engine.lirax.simulator.arrivals import Arrival
from engine.lirax.simulator.ivr import Ivr, read_ivr
from engine.lirax.simulator.live_calls import LiveCall
from engine.lirax.simulator.people import BY_HAND, Behaviour, Pickup
from tests.lirax.simulator.building import ANNA, BORYS, IVR, World, a_world

pytestmark = pytest.mark.anyio


def the_call(world: World) -> LiveCall:
    [call] = world.exchange.live.values()
    return call


async def test_somebody_by_hand_is_rung_until_the_button_and_talks_until_the_other() -> None:
    async with a_world() as world:
        world.exchange.people.script(ANNA, BY_HAND)
        await world.call()
        await world.pass_time(20)
        assert the_call(world).rings_now
        assert the_call(world).press("1") is False
        assert the_call(world).pick_up(world.clock.now())
        assert the_call(world).pick_up(world.clock.now())  # now the other side rings
        assert the_call(world).pick_up(world.clock.now()) is False
        await world.pass_time(9)
        assert the_call(world).press("1")
        the_call(world).hang_up(world.clock.now())
        await world.pass_until_quiet()
    [finished] = world.ear.named("make2calls_finished")
    assert (finished["success"], json.loads(finished["keys"])[0]["key"]) == ("1", "1")
    assert world.exchange.live == {}


@pytest.mark.parametrize(("speed", "seconds"), [(1.0, 30.0), (10.0, 30.0)])
async def test_nobody_at_the_page_is_somebody_who_does_not_answer(speed: float, seconds: float) -> None:
    async with a_world(speed=speed) as world:
        world.exchange.people.script(ANNA, BY_HAND)
        await world.call()
        await world.pass_until_quiet()
        [ring] = world.exchange.truth.rings
    assert (ring.status, world.seconds(ring.ended_at)) == ("NoAnswer", seconds)


async def test_a_hand_is_stronger_than_the_script() -> None:
    async with a_world() as world:
        world.exchange.people.script(ANNA, Behaviour(keys="9"))
        await world.call()
        await world.pass_time(1)
        assert the_call(world).decline(Pickup.BUSY, world.clock.now())
        await world.pass_until_quiet()
    assert world.ear.named("event")[-1]["status"] == "Busy"


async def test_a_call_to_us_waits_for_the_hand_too() -> None:
    async with a_world() as world:
        world.exchange.people.script("101", BY_HAND)
        world.exchange.incoming.arrive(Arrival(ANNA), now=world.clock.now())
        await world.pass_time(5)
        assert the_call(world).pick_up(world.clock.now())
        assert the_call(world).press("4")
        the_call(world).hang_up(world.clock.now())
        world.exchange.incoming.arrive(Arrival(BORYS), now=world.clock.now())
        await world.pass_time(1)
        assert the_call(world).decline(Pickup.BUSY, world.clock.now())
        await world.pass_until_quiet()
    assert [call.connected for call in world.exchange.truth.calls] == [True, False]


async def test_menus_have_names_and_their_paths_grow_with_each_key() -> None:
    async with a_world() as world:
        world.exchange.ivrs.set(IVR, Ivr("Reminder", menus={"0": "Main", "01": "Payment"}, keys="123"))
        world.exchange.people.script(ANNA, Behaviour())
        await world.call()
        await world.pass_until_quiet()
    [finished] = world.ear.named("make2calls_finished")
    assert [(key["ivr_name"], key["ivr_entry"], key["key"]) for key in json.loads(finished["keys"])] == [
        ("Main", "0", "1"),
        ("Payment", "01", "2"),
        ("Payment", "012", "3"),
    ]


def test_an_ivr_is_read_from_json() -> None:
    assert read_ivr({"name": "R", "menus": {"01": "P"}, "keys": "1"}) == Ivr("R", {"01": "P"}, "1")
    assert read_ivr({"name": "R"}).name_at("0") == "R"


@pytest.mark.parametrize(
    "values", [5, {"colour": "red"}, {"menus": []}, {"menus": {1: "Main"}}, {"keys": "x"}, {"name": ""}]
)
def test_an_ivr_there_cannot_be_is_refused(values: object) -> None:
    with pytest.raises(ValueError, match=r"IVR|menu"):
        read_ivr(values)


async def test_a_restart_cuts_every_call_and_tells_nobody() -> None:
    async with a_world(lines=1) as world:
        await world.call(ANNA)
        waiting = await world.call(BORYS)
        await world.pass_time(3)
        heard = len(world.ear.heard)
        world.exchange.restart()
        await world.pass_until_quiet()
        truth = world.exchange.truth
        assert (len(world.ear.heard), truth.calls_now, world.exchange.live) == (heard, 0, {})
        assert [call.client for call in truth.calls] == [ANNA]
        assert await world.call(BORYS) != waiting
        await world.pass_until_quiet()
    assert [told["phone"] for told in world.ear.named("event")][-1] == BORYS
