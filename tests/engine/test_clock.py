"""The clock that tests move."""

from datetime import UTC, datetime, timedelta

import pytest

from engine.clock import MovedClock

NOON = datetime(2026, 12, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def test_time_that_passes_moves_the_wall_clock_and_the_elapsed_time_alike() -> None:
    clock = MovedClock(NOON)
    clock.advance(HOUR)
    assert (clock.now(), clock.elapsed()) == (NOON + HOUR, 3600.0)


@pytest.mark.parametrize("by", [HOUR, -HOUR])
def test_a_jump_moves_the_wall_clock_alone(by: timedelta) -> None:
    clock = MovedClock(NOON)
    clock.jump(by)
    clock.advance(timedelta(seconds=5))
    assert (clock.now(), clock.elapsed()) == (NOON + by + timedelta(seconds=5), 5.0)


def test_time_itself_never_goes_back() -> None:
    clock = MovedClock(NOON)
    with pytest.raises(ValueError, match="forward only"):
        clock.move_to(NOON - HOUR)
