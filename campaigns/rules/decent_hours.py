"""The hours at which a person may be called by hand without being asked once more."""

from collections.abc import Sequence
from datetime import datetime, time
from zoneinfo import ZoneInfo

BEGIN, END = time(8), time(20)


def indecent_zone(zones: Sequence[str], *, at: datetime) -> str | None:
    """The first zone where it is before 08:00, or 20:00 and later; None where the hour is decent in all."""
    for zone in zones:
        if not BEGIN <= at.astimezone(ZoneInfo(zone)).time() < END:
            return zone
    return None
