"""make2Calls as a table: what the people do, and what LiraX then tells."""

import json
from typing import Any

import pytest

from engine.lirax.simulator.people import Behaviour, Pickup
from tests.lirax.simulator.building import ANNA, IVR, a_world

pytestmark = pytest.mark.anyio

AUDIO = "https://files.example.com/reminder.mp3"
LISTENS_20 = Behaviour(ring_seconds=5, talk_seconds=20)

# person, other side, successtime → success, duration_success, status and duration of the event
CALLS: list[tuple[str, Behaviour, Behaviour | None, str, tuple[str, str, str, str]]] = [
    ("answers and listens long enough", LISTENS_20, None, "15", ("1", "1", "Success", "20")),
    ("listens exactly long enough", LISTENS_20, None, "20", ("1", "1", "Success", "20")),
    ("listens too shortly", LISTENS_20, None, "21", ("1", "0", "Success", "20")),
    ("nothing is asked of the length", Behaviour(talk_seconds=0), None, "0", ("1", "1", "Success", "0")),
    ("is busy", Behaviour(pickup=Pickup.BUSY), None, "15", ("0", "0", "Busy", "0")),
    ("is switched off", Behaviour(pickup=Pickup.UNAVAILABLE), None, "15", ("0", "0", "NotAvailable", "0")),
    ("may not be called", Behaviour(pickup=Pickup.NOT_ALLOWED), None, "15", ("0", "0", "NotAllowed", "0")),
    ("rings in vain", Behaviour(pickup=Pickup.NO_ANSWER), None, "15", ("0", "0", "NotAvailable", "0")),
    # 20 s with the IVR are counted from the join, 2 s after the answer; the event counts from the answer
    (
        "is joined late",
        LISTENS_20,
        Behaviour(ring_seconds=2, talk_seconds=99),
        "20",
        ("1", "1", "Success", "22"),
    ),
    (
        "other side hangs up",
        LISTENS_20,
        Behaviour(ring_seconds=0, talk_seconds=8),
        "9",
        ("1", "0", "Success", "8"),
    ),
    (
        "other side is busy",
        LISTENS_20,
        Behaviour(pickup=Pickup.BUSY, ring_seconds=1),
        "0",
        ("0", "0", "Success", "1"),
    ),
]


@pytest.mark.parametrize(
    ("person", "other", "wanted", "told"), [row[1:] for row in CALLS], ids=[r[0] for r in CALLS]
)
async def test_a_call_is_reported_as_it_went(
    person: Behaviour, other: Behaviour | None, wanted: str, told: tuple[str, str, str, str]
) -> None:
    async with a_world() as world:
        world.exchange.people.script(ANNA, person)
        if other is not None:
            world.exchange.people.script(IVR, other)
        task = await world.call(ANNA, IVR if other else AUDIO, successtime=wanted)
        await world.pass_until_quiet()
    [finished] = world.ear.named("make2calls_finished")
    ended = world.ear.named("event")[-1]
    assert (finished["success"], finished["duration_success"], ended["status"], ended["duration"]) == told
    assert finished["id_make2calls"] == task
    assert ended["event"] == "CALL_COMPLETED"


async def test_events_tell_the_call_from_ringing_to_the_end() -> None:
    async with a_world() as world:
        world.exchange.people.script(ANNA, LISTENS_20)
        await world.call(ANNA, AUDIO)
        await world.pass_until_quiet()
    assert world.ear.events() == ["INCOMING", "ACCEPTED", "COMPLETED", "CALL_COMPLETED"]
    about = {(e["type"], e["phone"], e["ext"], e["callid"]) for e in world.ear.named("event")}
    assert about == {("out", ANNA, "101", world.exchange.truth.rings[0].callid)}
    assert world.ear.heard[-1]["cmd"] == "make2calls_finished"


async def test_the_truth_knows_when_the_phone_rang_was_answered_and_put_down() -> None:
    async with a_world() as world:
        world.exchange.people.script(ANNA, LISTENS_20)
        await world.call(ANNA, AUDIO)
        await world.pass_until_quiet()
        [ring] = world.exchange.truth.rings_of(ANNA)
    moments = [world.seconds(moment) for moment in (ring.started_at, ring.answered_at, ring.ended_at)]
    assert (ring.rang, moments) == (True, [0, 5, 25])


@pytest.mark.parametrize("pickup", [Pickup.BUSY, Pickup.UNAVAILABLE, Pickup.NOT_ALLOWED])
async def test_a_phone_that_is_not_reached_does_not_ring(pickup: Pickup) -> None:
    async with a_world() as world:
        world.exchange.people.script(ANNA, Behaviour(pickup=pickup))
        await world.call()
        await world.pass_until_quiet()
    [ring] = world.exchange.truth.rings_of(ANNA)
    assert not ring.rang


async def test_pressed_keys_come_with_the_path_of_their_menu() -> None:
    async with a_world() as world:
        world.exchange.people.script(ANNA, Behaviour(keys="97"))
        await world.call()
        await world.pass_until_quiet()
    [finished] = world.ear.named("make2calls_finished")
    assert json.loads(finished["keys"]) == [
        {"ivr_name": "Menu", "ivr_entry": "0", "key": "9"},
        {"ivr_name": "Menu", "ivr_entry": "09", "key": "7"},
    ]
    with_keys = [event for event in world.ear.named("event") if "keys" in event]
    assert [event["event"] for event in with_keys] == ["CALL_COMPLETED"]
    assert json.loads(with_keys[0]["keys"]) == [{"ivr_name": "Menu", "ivr_entry": "09", "key": "7"}]


async def test_keys_are_not_pressed_by_who_hung_up_before() -> None:
    async with a_world() as world:
        world.exchange.people.script(ANNA, Behaviour(talk_seconds=7, keys="1", keys_after_seconds=8))
        await world.call()
        await world.pass_until_quiet()
    assert "keys" not in world.ear.named("make2calls_finished")[0]


async def test_keys_scripted_for_the_menu_are_pressed_by_whoever_is_joined_with_it() -> None:
    async with a_world() as world:
        world.exchange.people.script(ANNA, LISTENS_20)
        world.exchange.people.script(IVR, Behaviour(keys="2", talk_seconds=60))
        await world.call()
        await world.pass_until_quiet()
    assert '"key":"2"' in world.ear.named("make2calls_finished")[0]["keys"]


async def test_the_next_call_meets_the_next_behaviour_and_the_last_one_stays() -> None:
    async with a_world() as world:
        world.exchange.people.script(ANNA, Behaviour(pickup=Pickup.BUSY), LISTENS_20)
        for _ in range(3):
            await world.call()
            await world.pass_until_quiet()
    assert [finished["success"] for finished in world.ear.named("make2calls_finished")] == ["0", "1", "1"]


# option, behaviour, more parameters → field of the finished webhook, value
OPTIONS: list[tuple[dict[str, Any], Behaviour, dict[str, str], str, str | None]] = [
    ({"keys_when_none": "empty_string"}, LISTENS_20, {}, "keys", ""),
    ({"keys_when_none": "empty_array"}, LISTENS_20, {}, "keys", "[]"),
    ({"keys_when_none": "absent"}, LISTENS_20, {}, "keys", None),
    # joined 1 s after the answer: 21 s from the answer, 20 s from the join
    ({"duration_from": "first_answer"}, LISTENS_20, {"successtime": "21"}, "duration_success", "1"),
    ({"duration_from": "bridge"}, LISTENS_20, {"successtime": "21"}, "duration_success", "0"),
    ({"webhook_token_name": "token"}, LISTENS_20, {}, "token", "303cb962ac59075b964b07152d234b70"),
]


@pytest.mark.parametrize(("options", "person", "more", "name", "value"), OPTIONS)
async def test_options_change_what_the_finished_webhook_says(
    options: dict[str, Any], person: Behaviour, more: dict[str, str], name: str, value: str | None
) -> None:
    async with a_world(options=options) as world:
        world.exchange.people.script(ANNA, person)
        await world.call(**more)
        await world.pass_until_quiet()
    assert world.ear.named("make2calls_finished")[0].get(name) == value


@pytest.mark.parametrize(("means", "success"), [("both", "0"), ("first_leg", "1")])
async def test_success_means_both_legs_or_only_the_first(means: str, success: str) -> None:
    async with a_world(options={"success_means": means}) as world:
        world.exchange.people.script(ANNA, LISTENS_20)
        world.exchange.people.script(IVR, Behaviour(pickup=Pickup.BUSY))
        await world.call()
        await world.pass_until_quiet()
    assert world.ear.named("make2calls_finished")[0]["success"] == success


async def test_finished_may_come_at_the_answer() -> None:
    async with a_world(options={"make2calls_finished_at": "answer"}) as world:
        world.exchange.people.script(ANNA, LISTENS_20)
        await world.call(ANNA, AUDIO)
        await world.pass_time(5)
        assert len(world.ear.named("make2calls_finished")) == 1
        await world.pass_until_quiet()
    assert len(world.ear.named("make2calls_finished")) == 1


async def test_options_change_which_events_come() -> None:
    options = {
        "outgoing_incoming_event": "false",
        "keys_on_completed_event": "true",
        "event_token_name": "From_LiraX_token",
    }
    async with a_world(options=options) as world:
        world.exchange.people.script(ANNA, Behaviour(keys="1"))
        await world.call()
        await world.pass_until_quiet()
    events = world.ear.named("event")
    assert world.ear.events() == ["ACCEPTED", "COMPLETED", "CALL_COMPLETED"]
    assert ["keys" in event for event in events] == [False, True, True]
    assert all("From_LiraX_token" in event for event in events)


async def test_a_phone_that_rang_in_vain_may_end_without_a_status() -> None:
    async with a_world(options={"unanswered_status": "absent"}) as world:
        world.exchange.people.script(ANNA, Behaviour(pickup=Pickup.NO_ANSWER))
        await world.call()
        await world.pass_until_quiet()
    assert "status" not in world.ear.named("event")[-1]


async def test_of_some_calls_no_event_tells() -> None:
    async with a_world() as world:
        world.exchange.people.script(ANNA, Behaviour(events=False))
        await world.call()
        await world.pass_until_quiet()
    assert [webhook["cmd"] for webhook in world.ear.heard] == ["make2calls_finished"]
