"""The seed's people: one seed, one world; and many kinds of people in it."""

from collections import Counter

import pytest

from engine.lirax.simulator.people import Behaviour, People, Pickup, by_seed, read_behaviour
from tests.lirax.simulator.building import a_world

pytestmark = pytest.mark.anyio

NUMBERS = [f"38067{number:07d}" for number in range(20)]


async def a_campaign(seed: int) -> dict[str, object]:
    """Everybody is called, each who was not reached once more, and texted; what really happened."""
    async with a_world(seed=seed, lines=4) as world:
        for number in NUMBERS:
            await world.call(number, timeout="10")
            await world.text(number, modem=f"38050{number[-7:]}")
        await world.pass_until_quiet()
        return world.exchange.truth.as_json()


async def test_one_seed_gives_one_world_to_the_last_webhook_and_another_seed_another() -> None:
    first = await a_campaign(7)
    assert first == await a_campaign(7)
    assert first != await a_campaign(8)


def test_many_people_answer_and_every_kind_is_met() -> None:
    calls = [by_seed(3, number=str(number), count=0) for number in range(2000)]
    kinds = Counter(call.pickup for call in calls)
    assert set(kinds) == set(Pickup) - {Pickup.BY_HAND}
    assert 0.5 < kinds[Pickup.ANSWERS] / len(calls) < 0.65
    assert {"1", "2", "9", ""} <= {call.keys for call in calls}
    assert "STOP" in {call.sms_reply for call in calls}


def test_who_did_not_answer_may_answer_the_next_time() -> None:
    people = People(seed=3)
    first = {number: people.called(number).pickup for number in NUMBERS}
    second = {number: people.called(number).pickup for number in NUMBERS}
    missed = [number for number in NUMBERS if first[number] is Pickup.NO_ANSWER]
    assert any(second[number] is Pickup.ANSWERS for number in missed)


@pytest.mark.parametrize(
    ("values", "behaviour"),
    [
        ({}, Behaviour()),
        ({"pickup": "busy", "ring_seconds": 1}, Behaviour(pickup=Pickup.BUSY, ring_seconds=1)),
        (
            {"sms_delivered_seconds": None, "events": False},
            Behaviour(sms_delivered_seconds=None, events=False),
        ),
    ],
)
def test_a_person_is_read_from_json(values: dict[str, object], behaviour: Behaviour) -> None:
    assert read_behaviour(values) == behaviour


@pytest.mark.parametrize(
    "values",
    [
        {"mood": "good"},
        {"pickup": "sings"},
        {"talk_seconds": -1},
        {"talk_seconds": "long"},
        {"talk_seconds": True},
        {"ring_seconds": None},
        {"keys": 1},
        {"events": "no"},
    ],
)
def test_a_person_there_cannot_be_is_refused(values: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"person|Pickup"):
        read_behaviour(values)
