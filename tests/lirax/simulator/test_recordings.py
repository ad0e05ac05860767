"""Recordings: told at once, later, or not made; and what is told of can be heard."""

import io
import wave
from urllib.parse import urlsplit

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


async def test_a_recording_is_a_sound_as_long_as_the_conversation() -> None:
    async with a_world(options={"recordings": "later"}) as world:
        world.exchange.people.script(ANNA, Behaviour(talk_seconds=7))
        await world.call()
        await world.pass_until_quiet()
        [told] = world.ear.named("record")
        played = await world.http.get(urlsplit(told["record_link"]).path)
        unknown = await world.http.get("/recordings/nobody.wav")
    assert (played.status_code, played.headers["content-type"], unknown.status_code) == (
        200,
        "audio/wav",
        404,
    )
    with wave.open(io.BytesIO(played.content)) as sound:
        assert round(sound.getnframes() / sound.getframerate()) == 8  # a second with the IVR's ringing
