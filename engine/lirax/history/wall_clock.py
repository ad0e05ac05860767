"""Between moments and the account's wall clock, both ways, also when it is put forward or back. Pure."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from campaigns.rules.wall_clock import SPAN, span_of, steady_stretches
from engine.lirax.history.cells import Written

SECOND = timedelta(seconds=1)


def moments_of(written: Written, zone: ZoneInfo) -> tuple[datetime, datetime | None]:
    """The moment, and another if the wall clock shows that time twice.

    Raises OverflowError at the ends of time. A time that the wall clock skips is read as if the clock had
    not been put forward.
    """
    if written.offset is not None:
        return datetime(*written.wall, tzinfo=written.offset).astimezone(UTC), None
    first = datetime(*written.wall, tzinfo=zone).astimezone(UTC)
    second = datetime(*written.wall, tzinfo=zone, fold=1).astimezone(UTC)
    return first, second if second > first else None


def wall_span(since: datetime, until: datetime, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """The stretch of the wall clock that shows every moment from `since` to `until`, to the second.

    When clocks go back in between, that is more than what the wall clock shows at both ends.
    """
    changes = [change for change in _changes(since, until, zone) if since < change <= until]
    shown = [since, until, *changes, *(change - SECOND for change in changes)]
    walls = [moment.astimezone(zone).replace(tzinfo=None) for moment in shown if moment >= since]
    return min(walls), max(walls)


def _changes(since: datetime, until: datetime, zone: ZoneInfo) -> list[datetime]:
    found: list[datetime] = []
    at = since
    while at <= until + SPAN:
        stretches = steady_stretches(zone.key, span_of(at))
        found += [later.starts_at for _, later in pairwise(stretches)]
        at += SPAN
    return found
