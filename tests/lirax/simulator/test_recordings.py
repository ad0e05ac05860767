"""Recordings: told at once, later, or not made."""

import pytest

from engine.lirax.simulator.people import Behaviour, Pickup
from tests.lirax.simulator.building import ANNA, a_world

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize(
    ("option", "recorded", "in_event", "later"),
    [
        ("none", "0", False, 0),
        ("at_once", "1", True, 0),
        ("later", "1", False, 1),
    ],
)
async def test_a_recording_is_told_where_options_say(
    option: str, recorded: str, in_event: bool, later: int
) -> None:
    async with a_world(options={"recordings": option}) as world:
        world.exchange.people.script(ANNA, Behaviour())
        await world.call()
        await world.pass_until_quiet()
    end = world.ear.named("event")[-1]
    assert (end["is_recorded"], "record_link" in end, len(world.ear.named("record"))) == (
        recorded,
        in_event,
        later,
    )


async def test_of_a_call_nobody_answered_there_is_no_recording() -> None:
    async with a_world(options={"recordings": "later"}) as world:
        world.exchange.people.script(ANNA, Behaviour(pickup=Pickup.BUSY))
        await world.call()
        await world.pass_until_quiet()
    assert (world.ear.named("event")[-1]["is_recorded"], world.ear.named("record")) == ("0", [])
