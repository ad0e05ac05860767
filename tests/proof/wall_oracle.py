"""Calling hours by brute force: look at the wall clock at every step and see whether the window is open.

Knows nothing of offsets or of how the rule finds its openings; `zoneinfo` tells what the clock shows.
"""

from bisect import bisect_right
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from operator import and_
from zoneinfo import ZoneInfo

from campaigns.rules.calling_hours import Opening
from campaigns.rules.windows import CallingWindow


class Wall:
    """What the clocks of any zones show at every step of some days."""

    def __init__(self, start: datetime, end: datetime, *, step: timedelta = timedelta(minutes=1)) -> None:
        self.start, self.end, self.step = start, end, step
        self.moments = [start + number * step for number in range((end - start) // step)]
        self._shown: dict[str, tuple[list[date], list[int]]] = {}

    def shown(self, zone: str) -> tuple[list[date], list[int]]:
        """Local dates, and minutes of the day, at each step."""
        if zone not in self._shown:
            place = ZoneInfo(zone)
            local = [moment.astimezone(place) for moment in self.moments]
            minutes = [each.hour * 60 + each.minute for each in local]
            self._shown[zone] = [each.date() for each in local], minutes
        return self._shown[zone]

    def index(self, at: datetime) -> int:
        return (at - self.start) // self.step

    def pieces(self, window: CallingWindow, zones: tuple[str, ...]) -> list[Opening]:
        """All times the window is open, cut where the date changes in the first zone; in order."""
        open_now = self._open(window, zones)
        days, _ = self.shown(zones[0])
        return [
            self._piece(first, last, goes_on=last < len(open_now) and open_now[last])
            for first, last in _runs(open_now, days)
        ]

    def _open(self, window: CallingWindow, zones: tuple[str, ...]) -> list[bool]:
        result = self._open_in(window, zones[0])
        for zone in zones[1:]:
            result = list(map(and_, result, self._open_in(window, zone)))
        return result

    def _open_in(self, window: CallingWindow, zone: str) -> list[bool]:
        open_minutes = {minute for opens, closes in window.hours for minute in range(opens, closes)}
        days, minutes = self.shown(zone)
        open_days = {day for day in set(days) if day.weekday() in window.days and day not in window.holidays}
        return [
            minute in open_minutes and day in open_days for day, minute in zip(days, minutes, strict=True)
        ]

    def _piece(self, first: int, last: int, *, goes_on: bool) -> Opening:
        starts_at, ends_at = self.start + first * self.step, self.start + last * self.step
        length = ends_at - starts_at
        margin = timedelta(seconds=60) if length >= timedelta(minutes=10) else length / 10
        return Opening(starts_at, ends_at, ends_at if goes_on else ends_at - margin)

    def hours_shown(self, piece: Opening, *, at: datetime, zone: str) -> tuple[int, int]:
        """The first and the last hour that the clock shows during the piece, on its present day."""
        days, minutes = self.shown(zone)
        today = days[self.index(at)]
        during = range(self.index(piece.starts_at), self.index(piece.ends_at))
        hours = {minutes[index] // 60 for index in during if days[index] == today}
        return min(hours), max(hours)


def _runs(open_now: list[bool], days: list[date]) -> Iterator[tuple[int, int]]:
    first = None
    for index, is_open in enumerate(open_now):
        if first is not None and (not is_open or days[index] != days[index - 1]):
            yield first, index
            first = None
        if is_open and first is None:
            first = index
    if first is not None:
        yield first, len(open_now)


class Oracle:
    """Answers the questions of the rule from the pieces; right for moments well within the wall's days."""

    def __init__(self, wall: Wall, window: CallingWindow, zones: tuple[str, ...]) -> None:
        self.pieces = wall.pieces(window, zones)
        self._starts = [piece.starts_at for piece in self.pieces]

    def opening_at(self, at: datetime) -> Opening | None:
        index = bisect_right(self._starts, at) - 1
        return self.pieces[index] if index >= 0 and at < self.pieces[index].ends_at else None

    def next_permitted(self, at: datetime) -> tuple[datetime, datetime] | None:
        for piece in self.pieces:
            if piece.last_request_at > at:
                return max(piece.starts_at, at), piece.last_request_at
        return None
