"""The account's lines: how many calls may be up at once, and who waits for one, first come first served."""

from collections import deque
from collections.abc import Callable
from datetime import datetime

from engine.lirax.simulator.core import Core
from engine.lirax.simulator.truth import Wait

Start = Callable[[datetime], None]


class Lines:
    def __init__(self, core: Core) -> None:
        self._core = core
        self._taken = 0
        self._queue: deque[tuple[Wait, Start]] = deque()
        self._refilling = False

    def take(self, task: str, start: Start, *, now: datetime) -> None:
        """Calls `start` with a line taken: now, or when one comes free."""
        if self.has_free():
            self._begin(start, now=now)
            return
        wait = Wait(task=task, since=now)
        self._core.truth.waits.append(wait)
        self._queue.append((wait, start))

    def take_now(self, start: Start, *, now: datetime) -> bool:
        """The same without waiting: False, and nothing started, when every line is taken."""
        if not self.has_free():
            return False
        self._begin(start, now=now)
        return True

    def waiting(self) -> list[Wait]:
        """Who waits for a line, the first first."""
        return [wait for wait, _ in self._queue]

    def forget(self) -> None:
        """The exchange went down: nobody has a line any longer, and nobody waits for one."""
        self._queue.clear()
        for _ in range(self._taken):
            self._core.truth.call_ended()
        self._taken = 0

    def release(self, *, now: datetime) -> None:
        self._taken -= 1
        self._core.truth.call_ended()
        self.refill(now=now)

    def refill(self, *, now: datetime) -> None:
        """Also after lines were added. A call that gives its line back at once does not nest."""
        if self._refilling:
            return
        self._refilling = True
        while self._queue and self.has_free():
            wait, start = self._queue.popleft()
            wait.until = now
            self._begin(start, now=now)
        self._refilling = False

    def has_free(self) -> bool:
        count = self._core.options.lines
        return count == 0 or self._taken < count

    def _begin(self, start: Start, *, now: datetime) -> None:
        self._taken += 1
        self._core.truth.call_started()
        start(now)
