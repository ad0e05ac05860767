"""The one place that reads a clock. Everything else is handed the time."""

import time
from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    def now(self) -> datetime:
        """The wall clock, aware, in UTC."""
        ...

    def elapsed(self) -> float:
        """Seconds that never jump and that count time spent suspended; only differences mean something."""
        ...


class SystemClock:
    def now(self) -> datetime:
        return datetime.now(UTC)

    def elapsed(self) -> float:
        # CLOCK_BOOTTIME goes on while the machine sleeps; time.monotonic does not (reliability note, 2.2).
        return time.clock_gettime(time.CLOCK_BOOTTIME)


class MovedClock:
    """A clock that stands still until it is moved: for tests, rehearsals and benchmarks in virtual time."""

    def __init__(self, now: datetime) -> None:
        self._now = now.astimezone(UTC)
        self._elapsed = timedelta(0)

    def now(self) -> datetime:
        return self._now

    def elapsed(self) -> float:
        return self._elapsed.total_seconds()

    def advance(self, by: timedelta) -> None:
        self.move_to(self._now + by)

    def move_to(self, moment: datetime) -> None:
        """Let time pass until then."""
        if moment < self._now:
            raise ValueError(f"time moves forward only: {moment} is before {self._now}")
        self._elapsed += moment - self._now
        self._now = moment.astimezone(UTC)

    def jump(self, by: timedelta) -> None:
        """Set the wall clock forward or back, as a person or a time server does; no time passes."""
        self._now += by
