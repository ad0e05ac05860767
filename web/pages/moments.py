"""Moments as people read them: on the clock of the campaign, with UTC kept for the title."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo


def short_moment(moment: datetime, *, zone: str, now: datetime) -> str:
    """`14:30` today, `Tue 1 Dec 09:00` on another day, with the year in another."""
    local = moment.astimezone(ZoneInfo(zone))
    today = now.astimezone(ZoneInfo(zone)).date()
    if local.date() == today:
        return f"{local:%H:%M}"
    year = f" {local.year}" if local.year != today.year else ""
    return f"{local:%a} {local.day} {local:%b}{year} {local:%H:%M}"


def clock_moment(moment: datetime, *, zone: str, now: datetime) -> str:
    """As `short_moment`, to the second: for calls, which last seconds."""
    seconds = moment.astimezone(ZoneInfo(zone)).strftime(":%S")
    return short_moment(moment, zone=zone, now=now) + seconds


def about(moment: datetime, *, zone: str, now: datetime) -> str:
    """When something is expected to end: `today about 17:40`, `Tue 1 Dec about 09:00`."""
    local = moment.astimezone(ZoneInfo(zone))
    days = (local.date() - now.astimezone(ZoneInfo(zone)).date()).days
    day = {0: "today", 1: "tomorrow"}.get(days, f"{local:%a} {local.day} {local:%b}")
    return f"{day} about {local:%H:%M}"


def lasting(duration: timedelta) -> str:
    """How long something still takes: `less than a minute`, `12 min`, `2 h 10 min`."""
    minutes = int(duration.total_seconds() // 60)
    if minutes == 0:
        return "less than a minute"
    hours, rest = divmod(minutes, 60)
    return " ".join([f"{hours} h"] * bool(hours) + [f"{rest} min"] * bool(rest))


def utc_text(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"


def iso(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
