"""The clock that tests move, and the one that nobody does."""

import os
import shutil
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta

import pytest

from engine.clock import MovedClock, SystemClock
from tests.cli.children import ROOT

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


def test_elapsed_time_is_read_from_the_clock_that_goes_on_in_sleep() -> None:
    before = time.clock_gettime(time.CLOCK_BOOTTIME)
    assert before <= SystemClock().elapsed() <= time.clock_gettime(time.CLOCK_BOOTTIME)


def test_time_that_the_machine_slept_counts_as_elapsed() -> None:
    """In a namespace of time that has slept for a day longer than it was awake."""
    asleep = ["unshare", "--fork", "--time", "--boottime", "86400"]
    if not shutil.which("unshare") or subprocess.run([*asleep, "true"], capture_output=True).returncode:
        pytest.skip("this machine lets nobody have a time of their own")
    asked = (
        "import time; from engine.clock import SystemClock; print(SystemClock().elapsed() - time.monotonic())"
    )
    words = [*asleep, sys.executable, "-c", asked]
    done = subprocess.run(
        words,
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        check=True,
        text=True,
    )
    slept = time.clock_gettime(time.CLOCK_BOOTTIME) - time.monotonic()
    assert float(done.stdout) == pytest.approx(86400 + slept, abs=5)
