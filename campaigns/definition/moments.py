"""`start` and `end`: moments on the wall clock of the campaign's time zone."""

import re
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from campaigns.definition.fields import read_line
from campaigns.definition.reading import Place, shown
from campaigns.rules.policy import Policy

_MOMENT = re.compile(
    r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})[T ]+([0-9]{1,2}):([0-9]{2})(?::([0-9]{2})(?:\.0+)?)?"
    r"\s*(Z|[+-][0-9]{2}:?[0-9]{2})?"
)
_YEARS = range(2000, 2200)


def read_moment(place: Place, *, timezone: str) -> datetime | None:
    """The moment in UTC. Of an hour that comes twice the first is meant; one that never comes is an error."""
    text = read_line(place)
    if text is None:
        return None
    found = _MOMENT.fullmatch(text)
    if found is None or int(found[1]) not in _YEARS:
        place.wrong(f"{shown(text)} is not a moment; write day and time like 2026-12-01 09:00")
        return None
    year, month, day, hour, minute, second = (int(part or 0) for part in found.groups()[:6])
    try:
        written = datetime.fromisoformat(
            f"{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}{found[7] or ''}"
        )
    except ValueError:
        place.wrong(f"{shown(text)} is not in the calendar")
        return None
    return written.astimezone(UTC) if found[7] else _of_wall_clock(place, written, timezone=timezone)


def _of_wall_clock(place: Place, local: datetime, *, timezone: str) -> datetime | None:
    zone = ZoneInfo(timezone)
    moment = local.replace(tzinfo=zone).astimezone(UTC)
    back = moment.astimezone(zone).replace(tzinfo=None)
    if back != local:
        place.wrong(
            f"{local:%Y-%m-%d %H:%M} never comes in {timezone}: the clocks go forward then; "
            f"write {back:%H:%M} instead"
        )
        return None
    return moment


def first_day(policy: Policy, today: date) -> date:
    """On which the campaign can call first, in its own zone."""
    if policy.start is None:
        return today
    zone = ZoneInfo(policy.window.timezone or policy.account_timezone)
    return max(today, policy.start.astimezone(zone).date())
