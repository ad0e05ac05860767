"""When, in UTC, a calling window is open in one zone or in several at once; cached by the fortnight.

Days and holidays go by the local date of each zone. An hour that the clock shows twice is open twice, one
that it skips does not exist: both follow from `wall_clock`, nothing here knows of summer time.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import NamedTuple

from campaigns.rules.wall_clock import EPOCH, SPAN, Steady, steady_stretches
from campaigns.rules.windows import CallingWindow, Hours

LONGEST_MARGIN = timedelta(seconds=60)  # a phone may ring that long after the request (reliability note, C3)
DAY = timedelta(days=1)

HoursOn = Callable[[date], tuple[Hours, ...]]
"""The hours of a local day; none where it is no day for calls."""


class Opening(NamedTuple):
    """One whole interval, in UTC: open at starts_at ≤ t < ends_at; a request leaves before `last_request_at`.

    It ends at local midnight at the latest. Where the window goes on right at `ends_at`, there is no margin:
    `last_request_at` is `ends_at`.
    """

    starts_at: datetime
    ends_at: datetime
    last_request_at: datetime


class Span(NamedTuple):
    """All openings that touch a span, whole and in order; the two columns are there to search in."""

    openings: tuple[Opening, ...]
    starts: tuple[datetime, ...]
    last_requests: tuple[datetime, ...]


class _Interval(NamedTuple):
    starts_at: datetime
    ends_at: datetime
    day: date  # the local date it belongs to


@lru_cache(maxsize=4096)
def openings_of_span(window: CallingWindow, zones: tuple[str, ...], number: int) -> Span:
    """Raises ValueError without a zone, since nobody could say what the clock shows there."""
    if not zones:
        raise ValueError("Calling hours need at least one time zone.")
    first, *others = _layers(window, zones, number)
    intervals = first
    for each in others:
        intervals = list(_common(intervals, _joined(each, lambda before, after: True)))
    start, end = EPOCH + number * SPAN, EPOCH + (number + 1) * SPAN
    openings = [each for each in _with_margins(intervals) if each.ends_at > start and each.starts_at < end]
    return Span(
        tuple(openings),
        tuple(each.starts_at for each in openings),
        tuple(each.last_request_at for each in openings),
    )


def _layers(window: CallingWindow, zones: tuple[str, ...], number: int) -> Iterator[list[_Interval]]:
    """All that has to agree: the window in its own zone or in each of these, and the law in each of these."""
    for zone in (window.timezone,) if window.law and window.timezone else zones:
        yield _intervals(window.hours_on, zone, number)
    for zone in zones if window.law else ():
        yield _intervals(window.legal_hours_on, zone, number)


def _with_margins(intervals: list[_Interval]) -> Iterator[Opening]:
    """Contract, section 2: not in the last 60 s, or the last tenth of what is shorter than ten minutes."""
    next_starts = [*(interval.starts_at for interval in intervals[1:]), None]
    for (starts_at, ends_at, _), next_start in zip(intervals, next_starts, strict=False):
        goes_on = next_start == ends_at
        margin = timedelta(0) if goes_on else min(LONGEST_MARGIN, (ends_at - starts_at) / 10)
        yield Opening(starts_at, ends_at, ends_at - margin)


def _intervals(hours_on: HoursOn, zone: str, number: int) -> list[_Interval]:
    """When it is open in one zone, in order, cut at local midnight."""
    pieces = [piece for stretch in steady_stretches(zone, number) for piece in _pieces(hours_on, stretch)]
    return _joined(sorted(pieces), lambda before, after: before.day == after.day)


def _pieces(hours_on: HoursOn, stretch: Steady) -> Iterator[_Interval]:
    """The hours of each day, as far as the clock shows them during the stretch."""
    day = (stretch.starts_at + stretch.offset).date()
    last = (stretch.ends_at + stretch.offset).date()
    while day <= last:
        midnight = datetime.combine(day, time(), tzinfo=UTC) - stretch.offset
        for opens, closes in hours_on(day):
            starts_at = max(midnight + timedelta(minutes=opens), stretch.starts_at)
            ends_at = min(midnight + timedelta(minutes=closes), stretch.ends_at)
            if starts_at < ends_at:
                yield _Interval(starts_at, ends_at, day)
        day += DAY


def _joined(
    intervals: Iterable[_Interval], belong_together: Callable[[_Interval, _Interval], bool]
) -> list[_Interval]:
    """The same time in fewer intervals: what touches or overlaps, and belongs together, becomes one."""
    joined: list[_Interval] = []
    for interval in intervals:
        before = joined[-1] if joined else None
        if before and interval.starts_at <= before.ends_at and belong_together(before, interval):
            joined[-1] = before._replace(ends_at=max(before.ends_at, interval.ends_at))
        else:
            joined.append(interval)
    return joined


def _common(intervals: list[_Interval], others: list[_Interval]) -> Iterator[_Interval]:
    """What lies in both; each keeps the day it has in `intervals`. Both are in order, without overlaps."""
    mine, theirs = iter(intervals), iter(others)
    one, other = next(mine, None), next(theirs, None)
    while one and other:
        starts_at, ends_at = max(one.starts_at, other.starts_at), min(one.ends_at, other.ends_at)
        if starts_at < ends_at:
            yield _Interval(starts_at, ends_at, one.day)
        if one.ends_at <= other.ends_at:
            one = next(mine, None)
        else:
            other = next(theirs, None)
