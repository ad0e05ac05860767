"""When phones may ring: the sections `window` and `sms.hours`."""

import re
from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise
from zoneinfo import available_timezones

from campaigns.definition.fields import read_line, read_word
from campaigns.definition.holiday_dates import read_holidays
from campaigns.definition.reading import Place, did_you_mean, open_section, shown
from campaigns.rules.windows import CallingWindow, Hours

WINDOW_KEYS = ("hours", "days", "timezone", "holidays")
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
USUAL_HOURS = (Hours(8 * 60, 20 * 60),)
EVERY_DAY = frozenset(range(7))
RECIPIENT_ZONE = "recipient"
_INTERVAL = re.compile(r"([0-9]{1,2}):([0-9]{2})\s*[-–—]\s*([0-9]{1,2}):([0-9]{2})")
_MIDNIGHT = 24 * 60
_MOST_INTERVALS = 24


def usual_window(account_timezone: str) -> CallingWindow:
    """What holds where the definition has no `window`: 08:00-20:00 every day in the account's zone."""
    return CallingWindow(hours=USUAL_HOURS, days=EVERY_DAY, timezone=account_timezone)


def read_window(place: Place, *, usual: CallingWindow) -> CallingWindow | None:
    """`usual` has what is left out."""
    section = open_section(place, WINDOW_KEYS)
    if section is None:
        return None
    zone = section.read("timezone", read_zone, otherwise=usual.timezone or RECIPIENT_ZONE)
    return CallingWindow(
        hours=section.read("hours", read_hours, otherwise=usual.hours),
        days=section.read("days", _read_days, otherwise=usual.days),
        timezone=None if zone == RECIPIENT_ZONE else zone,
        holidays=section.read("holidays", read_holidays, otherwise=frozenset()),
    )


@lru_cache(maxsize=1)
def _known_zones() -> frozenset[str]:
    return frozenset(available_timezones()) - {"localtime", "Factory"}


def read_zone(place: Place) -> str | None:
    """An IANA time zone, or the word `recipient`."""
    text = read_line(place)
    if text is None or text in _known_zones() or text == RECIPIENT_ZONE:
        return text
    near = did_you_mean(text, sorted(_known_zones() | {RECIPIENT_ZONE}))
    place.wrong(f"{shown(text)} is not a time zone; write one like Europe/Kyiv, or recipient{near}")
    return None


def _read_days(place: Place) -> frozenset[int] | None:
    days = [read_word(item, DAYS) for item in place.items()]
    if not days:
        place.wrong("names no day; leave it out to call every day")
        return None
    return frozenset(DAYS.index(day) for day in days if day is not None) or None


def read_hours(place: Place) -> tuple[Hours, ...] | None:
    """One interval or several, in order; those that touch become one."""
    items = place.items()
    if not 1 <= len(items) <= _MOST_INTERVALS:
        place.wrong(f"must have 1 to {_MOST_INTERVALS} intervals, such as 09:00-20:00")
        return None
    intervals = [_read_interval(item) for item in items]
    good = sorted(interval for interval in intervals if interval is not None)
    if len(good) < len(intervals) or not _are_apart(place, good):
        return None
    return _joined(good)


def _read_interval(place: Place) -> Hours | None:
    text = read_line(place)
    if text is None:
        return None
    found = _INTERVAL.fullmatch(text)
    if found is None:
        place.wrong(f"{shown(text)} is not an interval of hours; write it like 09:00-20:00")
        return None
    opens, closes = _minute(found[1], found[2]), _minute(found[3], found[4])
    if opens is None or closes is None or opens == _MIDNIGHT:
        place.wrong(f"{shown(text)} has a time that no clock shows; hours go from 00:00 to 24:00")
        return None
    if closes <= opens:
        place.wrong(
            f"{shown(text)} ends before it begins; over midnight is refused, name both parts of the day"
        )
        return None
    return Hours(opens, closes)


def _minute(hour: str, minute: str) -> int | None:
    minutes = int(hour) * 60 + int(minute)
    return minutes if int(minute) < 60 and minutes <= _MIDNIGHT else None


def _are_apart(place: Place, hours: Sequence[Hours]) -> bool:
    for before, after in pairwise(hours):
        if after.opens < before.closes:
            place.wrong(f"{write_hours(before)} and {write_hours(after)} overlap")
            return False
    return True


def _joined(hours: Sequence[Hours]) -> tuple[Hours, ...]:
    joined: list[Hours] = []
    for interval in hours:
        if joined and joined[-1].closes == interval.opens:
            joined[-1] = Hours(joined[-1].opens, interval.closes)
        else:
            joined.append(interval)
    return tuple(joined)


def write_hours(hours: Hours) -> str:
    """`09:00-20:00`, as in a definition."""
    return "-".join(f"{minute // 60:02}:{minute % 60:02}" for minute in hours)
