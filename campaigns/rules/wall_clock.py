"""What the clock on the wall shows in a zone while UTC goes on: stretches of one offset each.

Everything local is computed from these stretches, so an hour that comes twice or never is nothing special.
"""

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple
from zoneinfo import ZoneInfo

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
SECOND = timedelta(seconds=1)
PROBE = timedelta(hours=6)  # no zone changed its offset there and back within six hours
SPAN = timedelta(days=14)  # cached at once: most questions are about today or the next days
OVERLAP = timedelta(days=3)  # longer than any local day, a repeated one at the date line included


class Steady(NamedTuple):
    """From `starts_at` until `ends_at`, in UTC, the wall clock is `offset` ahead of UTC."""

    starts_at: datetime
    ends_at: datetime
    offset: timedelta


def span_of(at: datetime) -> int:
    """The number of the span of fourteen days `at` lies in, counted from 1970."""
    return (at - EPOCH) // SPAN


@lru_cache(maxsize=4096)
def steady_stretches(zone: str, span: int) -> tuple[Steady, ...]:
    """The stretches of one offset over a span and three days on either side, without a break between them."""
    place = ZoneInfo(zone)
    start = EPOCH + span * SPAN - OVERLAP
    end = start + SPAN + 2 * OVERLAP
    changes = [start, *_offset_changes(place, start, end=end), end]
    return tuple(
        Steady(starts_at, ends_at, _offset(place, starts_at)) for starts_at, ends_at in pairwise(changes)
    )


def _offset_changes(place: ZoneInfo, start: datetime, *, end: datetime) -> list[datetime]:
    changes = []
    before = _offset(place, start)
    while start < end:
        probe = start + PROBE
        after = _offset(place, probe)
        if after != before:
            changes.append(_change_between(place, start, probe=probe))
        start, before = probe, after
    return changes


def _change_between(place: ZoneInfo, before: datetime, *, probe: datetime) -> datetime:
    """The first second with another offset than at `before`."""
    offset, after = _offset(place, before), probe
    while after - before > SECOND:
        middle = before + (after - before) // SECOND // 2 * SECOND
        if _offset(place, middle) == offset:
            before = middle
        else:
            after = middle
    return after


def _offset(place: ZoneInfo, at: datetime) -> timedelta:
    offset = at.astimezone(place).utcoffset()
    assert offset is not None
    return offset
