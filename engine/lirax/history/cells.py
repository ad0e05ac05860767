"""What a single cell of an export means. `None` where it means nothing to us. Pure."""

import math
import re
from datetime import datetime, timedelta, timezone
from typing import NamedTuple

from engine.lirax.history.values import Direction

LONGEST = 10**7  # seconds, four months: a greater number is no duration
_DATE = r"(?:(?P<y>\d{4})-(?P<m>\d\d?)-(?P<d>\d\d?)|(?P<d2>\d\d?)[./](?P<m2>\d\d?)[./](?P<y2>\d{4}))"
# The blank between may be lost, as it is in the document's own example (C43).
_TIME = r"(?P<H>\d\d?):(?P<M>\d\d)(?::(?P<S>\d\d)(?:[.,]\d+)?)?"
_OFFSET = r"(?P<z>Z|[+-]\d\d:?\d\d)?"
_MOMENT = re.compile(rf"{_DATE}[T,]?\s*{_TIME}\s*{_OFFSET}", re.ASCII)
_CLOCK = re.compile(r"(?:(\d+):)?(\d{1,3}):(\d\d)(?:[.,]\d+)?", re.ASCII)
_SECONDS = re.compile(r"(\d+(?:[.,]\d+)?)\s*(?:s|sec|с|сек)?\.?", re.ASCII)
_NEVER = re.compile(r"[0\s:.\-]*", re.ASCII)  # 0000-00-00 00:00:00, -

INCOMING = frozenset({"0", "in", "incoming", "inbound", "входящий", "входящие", "вхідний", "вхідні"})
OUTGOING = frozenset({"1", "out", "outgoing", "outbound", "исходящий", "исходящие", "вихідний", "вихідні"})
YES = frozenset({"1", "yes", "true", "y", "+", "да", "так", "ok", "success", "answered", "connected"})
NO = frozenset({"0", "no", "false", "n", "-", "нет", "ні", "missed", "busy", "no answer", "noanswer"})


class Written(NamedTuple):
    """A moment as written: on a wall clock, unless it names its offset."""

    wall: tuple[int, int, int, int, int, int]
    offset: timezone | None


def read_written(text: str) -> Written | None:
    found = _MOMENT.fullmatch(text.strip())
    if found is None:
        return None
    part = found.groupdict(default="")
    year, month, day = (int(part[name] or part[f"{name}2"]) for name in "ymd")
    wall = (year, month, day, int(part["H"]), int(part["M"]), int(part["S"] or 0))
    try:
        datetime(*wall, tzinfo=timezone.utc)  # noqa: UP017 - beside `timezone`
        return Written(wall, _offset(part["z"]))
    except (ValueError, OverflowError):
        return None


def read_duration(text: str) -> int | None:
    """Whole seconds of `124`, `124.0`, `2:04`, `00:02:04`, `124 s`."""
    text = text.strip().lower()
    if clock := _CLOCK.fullmatch(text):
        hours, minutes, seconds = (int(part or 0) for part in clock.groups())
        return _sensible(hours * 3600 + minutes * 60 + seconds)
    if plain := _SECONDS.fullmatch(text):
        return _sensible(float(plain[1].replace(",", ".")))
    return None


def read_direction(text: str) -> Direction | None:
    word = text.strip().casefold()
    if word in INCOMING:
        return Direction.IN
    return Direction.OUT if word in OUTGOING else None


def read_connected(text: str) -> bool | None:
    """Of a word, or of the moment somebody answered, which some builds write there."""
    word = text.strip().casefold()
    if word in YES or read_written(word) is not None:
        return True
    return False if word in NO or (word and _NEVER.fullmatch(word)) else None


def _sensible(seconds: float) -> int | None:
    return math.floor(seconds) if seconds <= LONGEST else None


def _offset(text: str) -> timezone | None:
    if not text:
        return None
    if text == "Z":
        return timezone(timedelta(0))
    ahead = timedelta(hours=int(text[1:3]), minutes=int(text[-2:]))
    return timezone(ahead if text[0] == "+" else -ahead)
