"""Notices when the wall clock was moved: it is compared with the time since boot, which nobody can set.

Time spent suspended counts in both, a clock that is only slewed stays within the limit from look to look, and
summer time is nothing to a clock in UTC: none of them is a jump.
"""

import threading
from datetime import datetime, timedelta
from typing import NamedTuple

import structlog

from engine.clock import Clock

log = structlog.get_logger(__name__)

JUMP_SECONDS = 5.0  # more than that between two looks is no slewing (reliability note, C1)
REST = timedelta(seconds=60)  # nothing is dialled or texted after a jump; a mistake may be undone meanwhile
LOOKS = 3  # at both clocks, until nothing came between: a program that is stopped there sees no jump
BETWEEN_SECONDS = 0.5
REMEMBERED = 100  # jumps
OBJECTION = "the clock of this machine has just jumped"


class Jump(NamedTuple):
    """The wall clock was moved `by` so much; `now` is what it showed afterwards, `elapsed` does not jump.

    `number` counts the jumps that this process noticed, from 1.
    """

    by: timedelta
    now: datetime
    elapsed: float
    number: int


class ClockWatch:
    """Asked at every gate that a call or message passes, from any thread."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._apart = self._measure()
        self._jumps: list[Jump] = []
        self._taken_in = 0  # of the jumps
        self._noticed = 0
        self._rests_until: float | None = None

    def look(self) -> None:
        """Notice a jump since the last look."""
        with self._lock:
            apart = self._measure()
            moved, self._apart = apart - self._apart, apart
            if abs(moved) <= JUMP_SECONDS:
                return
            by, self._noticed = timedelta(seconds=round(moved, 3)), self._noticed + 1
            jump = Jump(by, self._clock.now(), self._clock.elapsed(), self._noticed)
            self._jumps = [*self._jumps[-REMEMBERED:], jump]
            self._taken_in = min(self._taken_in, len(self._jumps) - 1)
            self._rests_until = jump.elapsed + REST.total_seconds()
        log.warning("the clock of this machine jumped; dialling rests", seconds=jump.by.total_seconds())

    def objection(self) -> str | None:
        """Why nothing may be dialled or texted just now, or None."""
        self.look()
        return None if self._rests_until is None else OBJECTION

    def untaken(self) -> Jump | None:
        """The first jump whose moments have not been moved along with it yet."""
        return self._jumps[self._taken_in] if self._taken_in < len(self._jumps) else None

    def take_in(self) -> None:
        """That jump's moments have been moved."""
        with self._lock:
            self._taken_in += 1

    def rest_left(self) -> timedelta | None:
        """How long it still rests, at least nothing; None while the clock is trusted."""
        if self._rests_until is None:
            return None
        return timedelta(seconds=max(self._rests_until - self._clock.elapsed(), 0.0))

    def trust(self, last: Jump) -> bool:
        """Everything has been computed anew after that jump: whether it was the last one."""
        with self._lock:
            if self._jumps[-1] is not last:
                return False
            self._rests_until = None
            return True

    @property
    def last(self) -> Jump | None:
        return self._jumps[-1] if self._jumps else None

    @property
    def jumps(self) -> int:
        """How many there were, as far as they are remembered."""
        return len(self._jumps)

    def put_forward(self, within: timedelta) -> timedelta:
        """By how much the clock was put forward in that time: it shows as much more than has passed."""
        since = self._clock.elapsed() - within.total_seconds()
        recent = (jump.by for jump in self._jumps if jump.elapsed > since)
        return sum((by for by in recent if by > timedelta(0)), timedelta(0))

    def _measure(self) -> float:
        for _ in range(LOOKS):
            before = self._clock.elapsed()
            now = self._clock.now()
            after = self._clock.elapsed()
            if after - before < BETWEEN_SECONDS:
                break
        return now.timestamp() - after
