"""What the simulated world will do next, in order of time: one heap of moments and actions."""

import heapq
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime

Action = Callable[[datetime], Awaitable[None] | None]
"""Called with the moment it was due, which may lie before the clock's when time jumped."""


@dataclass(order=True)
class Entry:
    at: datetime
    number: int  # of two actions due at one moment the one written first goes first
    action: Action = field(compare=False)
    cancelled: bool = field(default=False, compare=False)
    lasts: bool = field(default=False, compare=False)  # also through a restart of the exchange

    def cancel(self) -> None:
        self.cancelled = True


class Agenda:
    def __init__(self, changed: Callable[[], None]) -> None:
        self._entries: list[Entry] = []
        self._written = 0
        self._changed = changed

    def add(self, at: datetime, action: Action, *, lasts: bool = False) -> Entry:
        self._written += 1
        entry = Entry(at=at, number=self._written, action=action, lasts=lasts)
        heapq.heappush(self._entries, entry)
        self._changed()
        return entry

    def next_at(self) -> datetime | None:
        """When the next action is due; None when nothing is left to do."""
        self._drop_cancelled()
        return self._entries[0].at if self._entries else None

    def take_due(self, now: datetime) -> Entry | None:
        """The earliest action due by `now`, taken off the agenda; None when there is none."""
        self._drop_cancelled()
        if self._entries and self._entries[0].at <= now:
            return heapq.heappop(self._entries)
        return None

    def forget(self) -> None:
        """The exchange went down: only what is not its own stays."""
        self._entries = [entry for entry in self._entries if entry.lasts]
        heapq.heapify(self._entries)
        self._changed()

    def _drop_cancelled(self) -> None:
        while self._entries and self._entries[0].cancelled:
            heapq.heappop(self._entries)
