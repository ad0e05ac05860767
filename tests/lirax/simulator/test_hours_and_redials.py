"""When a task is dialled: its hours in the account's zone, and LiraX's own redialling."""

from datetime import UTC, datetime
from typing import Any

import pytest

from engine.lirax.simulator.hours import Hours, is_open, opens_at
from engine.lirax.simulator.options import Options
from engine.lirax.simulator.people import Behaviour, Pickup
from tests.lirax.simulator.building import ANNA, KYIV, a_world

pytestmark = pytest.mark.anyio


def kyiv(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=KYIV).astimezone(UTC)


INCLUSIVE = {"window_end": "inclusive_hour"}

# hours, options, Kyiv time, allowed
MOMENTS: list[tuple[tuple[int, int], dict[str, Any], str, bool]] = [
    ((8, 20), {}, "07:59:59", False),
    ((8, 20), {}, "08:00:00", True),
    ((8, 20), {}, "19:59:59", True),
    ((8, 20), {}, "20:00:00", False),
    ((8, 20), INCLUSIVE, "20:59:59", True),
    ((8, 20), INCLUSIVE, "21:00:00", False),
    ((8, 23), {}, "23:59:59", True),  # 23 lasts to midnight
    ((0, 23), {}, "00:00:00", True),
    ((8, 24), {}, "23:59:59", True),
    ((22, 6), {}, "23:00:00", True),  # over midnight
    ((22, 6), {}, "05:59:59", True),
    ((22, 6), {}, "06:00:00", False),
    ((22, 6), INCLUSIVE, "06:59:59", True),
    ((9, 9), {}, "03:00:00", True),  # equal hours: all around the clock
    ((9, 9), INCLUSIVE, "09:30:00", True),
    ((9, 9), INCLUSIVE, "10:00:00", False),
    ((9, 0), {}, "23:59:59", True),
    ((9, 0), {}, "00:00:00", False),
]


@pytest.mark.parametrize(("hours", "options", "time", "allowed"), MOMENTS)
def test_calling_is_allowed_in_whole_hours_of_the_accounts_zone(
    hours: tuple[int, int], options: dict[str, Any], time: str, allowed: bool
) -> None:
    moment = kyiv(f"2026-01-15T{time}")
    assert is_open(Hours(*hours), Options().having(options), at=moment) is allowed


@pytest.mark.parametrize(
    ("at", "opens"),
    [
        ("2026-01-15T12:00:00", "2026-01-15T12:00:00"),
        ("2026-01-15T20:00:00", "2026-01-16T08:00:00"),
        ("2026-01-15T07:30:15", "2026-01-15T08:00:00"),
        ("2026-03-28T21:00:00", "2026-03-29T08:00:00"),  # the night the clocks go forward
        ("2026-10-24T21:00:00", "2026-10-25T08:00:00"),  # and back
    ],
)
def test_a_closed_window_opens_at_its_first_whole_hour(at: str, opens: str) -> None:
    assert opens_at(Hours(8, 20), Options(), at=kyiv(at)) == kyiv(opens)


async def test_a_call_outside_its_hours_waits_for_them() -> None:
    async with a_world(at=kyiv("2026-01-15T20:30:00")) as world:
        await world.call()
        await world.pass_until_quiet()
    [ring] = world.exchange.truth.rings_of(ANNA)
    assert ring.started_at == kyiv("2026-01-16T08:00:00")


async def test_a_call_outside_its_hours_may_be_refused() -> None:
    async with a_world(options={"window_policy": "reject"}) as world:
        answer = await world.send(
            "make2Calls", **{"from": "101", "to1": ANNA, "to2": "5001", "notbefore": "18"}
        )
        await world.pass_until_quiet()
    assert answer.status_code == 400
    assert world.exchange.truth.rings == []


async def test_a_call_outside_its_hours_may_fail_at_once() -> None:
    async with a_world(options={"window_policy": "fail"}) as world:
        await world.call(notbefore="18")
        await world.pass_time(0)
    assert [finished["success"] for finished in world.ear.named("make2calls_finished")] == ["0"]
    assert world.exchange.truth.rings == []


@pytest.mark.parametrize(("overnight", "code"), [("wrap", 200), ("reject", 400)])
async def test_hours_over_midnight_are_taken_or_refused(overnight: str, code: int) -> None:
    async with a_world(options={"window_overnight": overnight}) as world:
        more = {"from": "101", "to1": ANNA, "to2": "5001", "notbefore": "22", "notafter": "13"}
        assert (await world.send("make2Calls", **more)).status_code == code


async def test_a_call_that_got_a_line_after_its_hours_waits_for_the_next_day() -> None:
    late = kyiv("2026-01-15T19:59:30")
    async with a_world(at=late, lines=1) as world:
        world.exchange.people.everyone(Behaviour(ring_seconds=0, talk_seconds=60))
        await world.call("380501110001")
        await world.call("380501110002")
        await world.pass_until_quiet()
    [ring] = world.exchange.truth.rings_of("380501110002")
    assert ring.started_at == kyiv("2026-01-16T08:00:00")


MISSED = Behaviour(pickup=Pickup.NO_ANSWER, ring_seconds=30)
SHORT = Behaviour(ring_seconds=0, talk_seconds=5)
LONG_RINGING = Behaviour(pickup=Pickup.NO_ANSWER, ring_seconds=11 * 60)

# options, timeout in minutes, behaviours, minutes from the request at which the phone rings, success
REDIALS: list[tuple[dict[str, Any], int, tuple[Behaviour, ...], list[float], str]] = [
    ({}, 0, (MISSED,), [0], "0"),
    ({}, 20, (MISSED,), [0, 10, 20], "0"),
    ({}, 25, (MISSED,), [0, 10, 20], "0"),
    ({}, 60, (MISSED, Behaviour()), [0, 10], "1"),
    ({"retry_last_inclusive": False}, 20, (MISSED,), [0, 10], "0"),
    ({"retry_anchor": "end"}, 20, (MISSED,), [0, 10.5], "0"),
    ({"retry_interval_minutes": 5}, 10, (MISSED,), [0, 5, 10], "0"),
    ({}, 20, (LONG_RINGING,), [0, 20], "0"),  # the attempt at 10 is skipped while the first one is live
    ({}, 20, (SHORT,), [0], "1"),
    ({"retry_on_short": True}, 20, (SHORT,), [0, 10, 20], "1"),
]


@pytest.mark.parametrize(("options", "timeout", "people", "minutes", "success"), REDIALS)
async def test_a_task_is_redialled_while_its_timeout_lasts_and_reported_once(
    options: dict[str, Any], timeout: int, people: tuple[Behaviour, ...], minutes: list[float], success: str
) -> None:
    async with a_world(options=options) as world:
        world.exchange.people.script(ANNA, *people)
        await world.call(ANNA, "https://files.example.com/a.mp3", timeout=str(timeout), successtime="10")
        await world.pass_until_quiet()
    rings = world.exchange.truth.rings_of(ANNA)
    assert [(world.seconds(ring.started_at) or 0) / 60 for ring in rings] == minutes
    assert [finished["success"] for finished in world.ear.named("make2calls_finished")] == [success]


@pytest.mark.parametrize(("clock", "rings"), [("first_attempt", 3), ("submit", 1)])
async def test_the_timeout_counts_from_the_first_attempt_or_from_the_request(clock: str, rings: int) -> None:
    async with a_world(at=kyiv("2026-01-15T07:00:00"), options={"timeout_clock": clock}) as world:
        world.exchange.people.script(ANNA, MISSED)
        await world.call(timeout="20")
        await world.pass_until_quiet()
    assert len(world.exchange.truth.rings_of(ANNA)) == rings


async def test_a_timeout_without_end_does_not_ring_for_ever() -> None:
    async with a_world(options={"retry_interval_minutes": 1440}) as world:
        world.exchange.people.script(ANNA, MISSED)
        await world.call(timeout="9" * 30)
        await world.pass_until_quiet()
    assert len(world.exchange.truth.rings_of(ANNA)) == 8


async def test_hours_are_those_of_a_clock_that_is_behind() -> None:
    async with a_world(options={"clock_skew_seconds": -2 * 3600}) as world:
        await world.call(notbefore="11")
        await world.pass_time(3600)
        [ring] = [ring for ring in world.exchange.truth.rings if ring.leg == 1]
    assert world.seconds(ring.started_at) == 3600  # when its clock shows eleven
