"""What is a jump of the clock, and what is none."""

from datetime import UTC, datetime, timedelta

import pytest

from engine.clock import MovedClock
from engine.clock_watch import OBJECTION, REST, ClockWatch

NOON = datetime(2026, 12, 1, 12, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.mark.parametrize("by", [HOUR, -HOUR, DAY, -DAY, timedelta(seconds=6)])
def test_a_clock_that_jumps_is_not_trusted_for_a_minute(by: timedelta) -> None:
    clock = MovedClock(NOON)
    watch = ClockWatch(clock)
    assert watch.objection() is None
    clock.jump(by)
    assert watch.objection() == OBJECTION
    jump = watch.untaken()
    assert jump is not None
    assert (jump.by, watch.rest_left()) == (by, REST)
    clock.advance(REST)
    assert watch.rest_left() == timedelta(0)
    assert watch.objection() == OBJECTION  # until everything has been computed anew
    assert watch.trust(jump)
    assert watch.objection() is None


def test_a_clock_that_jumps_again_rests_anew() -> None:
    clock = MovedClock(NOON)
    watch = ClockWatch(clock)
    clock.jump(HOUR)
    watch.look()
    first = watch.last
    assert first is not None
    clock.advance(timedelta(seconds=50))
    clock.jump(-HOUR)
    watch.look()
    assert watch.rest_left() == REST
    assert not watch.trust(first)
    assert watch.jumps == 2


def test_a_clock_that_is_slewed_does_not_jump() -> None:
    clock = MovedClock(NOON)
    watch = ClockWatch(clock)
    for _ in range(1000):
        clock.advance(timedelta(seconds=3))
        clock.jump(timedelta(seconds=0.5))
        assert watch.objection() is None
    assert watch.jumps == 0


def test_a_machine_that_slept_does_not_jump() -> None:
    clock = MovedClock(NOON)
    watch = ClockWatch(clock)
    clock.advance(30 * DAY)  # both clocks count it
    assert watch.objection() is None


class StoppedBetween:
    """A clock whose reader is stopped for an hour between two readings."""

    def __init__(self) -> None:
        self.clock = MovedClock(NOON)
        self.stops = False

    def now(self) -> datetime:
        now = self.clock.now()
        if self.stops:
            self.stops = False
            self.clock.advance(HOUR)
        return now

    def elapsed(self) -> float:
        return self.clock.elapsed()


def test_a_program_that_was_stopped_between_both_clocks_sees_no_jump() -> None:
    clock = StoppedBetween()
    watch = ClockWatch(clock)
    clock.stops = True
    assert watch.objection() is None


def test_it_is_remembered_how_far_the_clock_was_put_forward() -> None:
    clock = MovedClock(NOON)
    watch = ClockWatch(clock)
    for by in (HOUR, -2 * HOUR, HOUR):
        clock.jump(by)
        watch.look()
        clock.advance(timedelta(minutes=10))
    assert watch.put_forward(timedelta(minutes=15)) == HOUR
    assert watch.put_forward(timedelta(minutes=45)) == 2 * HOUR
    assert watch.put_forward(timedelta(minutes=5)) == timedelta(0)
