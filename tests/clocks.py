"""Clocks of the tests beside the one that is moved."""

from datetime import datetime, timedelta

from engine.clock import MovedClock


class ClockThatNobodySets:
    """LiraX's: it goes with time, whatever becomes of ours."""

    def __init__(self, clock: MovedClock) -> None:
        self._clock = clock
        self._started_at = clock.now() - timedelta(seconds=clock.elapsed())

    def now(self) -> datetime:
        return self._started_at + timedelta(seconds=self._clock.elapsed())

    def elapsed(self) -> float:
        return self._clock.elapsed()
