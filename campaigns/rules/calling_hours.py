"""When a phone may ring: the wall clock of each zone decides, and all zones of a number must agree.

A moment is inside a window when the clock there shows a time in [opens, closes) of a named day that is no
holiday. Near the end of an interval no request leaves (contract, section 2): the phone would ring too late.
"""

from bisect import bisect_right
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from campaigns.rules.openings import DAY, Opening, openings_of_span
from campaigns.rules.wall_clock import SPAN, Steady, span_of, steady_stretches
from campaigns.rules.windows import CallingWindow

__all__ = ["Opening", "Permitted", "next_permitted", "opening_at", "whole_hours"]

HORIZON = timedelta(days=366)
SPANS_TO_SEARCH = HORIZON // SPAN + 2
HOUR = timedelta(hours=1)
LAST_HOUR = 23  # LiraX takes hours 00 to 23; `notafter=23` lasts to midnight (LiraX notes, C19)


class Permitted(NamedTuple):
    """A request may leave from `at` on, and before `until`; both in UTC."""

    at: datetime
    until: datetime


def opening_at(window: CallingWindow, zones: tuple[str, ...], *, at: datetime) -> Opening | None:
    """The interval that is open at that moment in all zones, or None. Its last minute is open too."""
    span = openings_of_span(window, zones, span_of(at))
    index = bisect_right(span.starts, at) - 1
    if index < 0 or at >= span.openings[index].ends_at:
        return None
    return span.openings[index]


def next_permitted(
    window: CallingWindow,
    zones: tuple[str, ...],
    *,
    at: datetime,
    not_before: datetime | None = None,
    not_after: datetime | None = None,
) -> Permitted | None:
    """The earliest time, from `at` on, when a request may leave.

    None when that would be at `not_after` or later, or more than 366 days after `at` and `not_before`.
    The margin belongs to the ends of the window; `not_after` has none.
    """
    earliest = at if not_before is None else max(at, not_before)
    opening = _first_opening(window, zones, earliest)
    if opening is None:
        return None
    start, until = max(opening.starts_at, earliest).astimezone(UTC), opening.last_request_at
    if not_after is not None:
        until = min(until, not_after.astimezone(UTC))
    if start >= until or start - earliest > HORIZON:
        return None
    return Permitted(start, until)


def _first_opening(window: CallingWindow, zones: tuple[str, ...], earliest: datetime) -> Opening | None:
    """The first in which a request may leave at `earliest` or later, searched a little beyond the horizon."""
    first = span_of(earliest)
    for number in range(first, first + SPANS_TO_SEARCH):
        span = openings_of_span(window, zones, number)
        index = bisect_right(span.last_requests, earliest)
        if index < len(span.openings):
            return span.openings[index]
    return None


def whole_hours(opening: Opening, *, at: datetime, timezone: str) -> tuple[str, str]:
    """`notbefore` and `notafter` for LiraX: whole hours around what is open, by the account's clock.

    The fewest hours, two digits each, the first smaller; `23` stands for midnight too; `at` is always within.
    Of an opening over the account's midnight only the part on the account's present day counts.
    """
    stretches = steady_stretches(timezone, span_of(at))
    midnight = _midnight_before(at, stretches)
    moment = Opening(at, at + timedelta.resolution, at)
    shown = [_clock_times(each, stretch, midnight) for each in (opening, moment) for stretch in stretches]
    first = min(start for start, end in shown if start < end) // HOUR
    last = min(-(-max(end for start, end in shown if start < end) // HOUR), LAST_HOUR)
    return f"{min(first, last - 1):02}", f"{last:02}"


def _midnight_before(at: datetime, stretches: Sequence[Steady]) -> datetime:
    """The midnight that began the day the clock shows, written as if the clock were UTC."""
    offset = next(each.offset for each in stretches if at < each.ends_at)
    return (at + offset).replace(hour=0, minute=0, second=0, microsecond=0)


def _clock_times(opening: Opening, stretch: Steady, midnight: datetime) -> tuple[timedelta, timedelta]:
    """What the clock shows during both, on that day: from, until. Where there is nothing, from ≥ until."""
    start = max(opening.starts_at, stretch.starts_at) + stretch.offset - midnight
    end = min(opening.ends_at, stretch.ends_at) + stretch.offset - midnight
    return max(start, timedelta(0)), min(end, DAY)
