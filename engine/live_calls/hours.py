"""Hours that are closed now, for asking LiraX what it does with a request outside its hours. Pure."""

from datetime import datetime
from zoneinfo import ZoneInfo

DAY = range(8, 20)  # if LiraX keeps the request until then, the phone rings by day
LATER = 2  # hours from now: the hour that begins next would be too near
MORNING = 10


def closed_hours(now: datetime, timezone: str) -> tuple[str, str]:
    """`notbefore` and `notafter`, two-digit hours in that zone, of one hour that is not this one."""
    hour = now.astimezone(ZoneInfo(timezone)).hour
    first = hour + LATER if hour + LATER in DAY else MORNING
    return f"{first:02}", f"{first + 1:02}"
