"""`Retry-After`: how long LiraX, or whatever stands before it, asks us to wait."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime

ASKING = frozenset({429, 503})
"""Statuses with which it means something."""

LONGEST_DIGITS = 9


def asked_to_wait(status: int, headers: Mapping[str, str]) -> timedelta | None:
    """Seconds, or a date, which is measured by the sender's own clock; None where nothing of use was said."""
    said = headers.get("retry-after", "").strip()
    if status not in ASKING or not said:
        return None
    if said.isascii() and said.isdigit():
        return timedelta(seconds=int(said)) if len(said) <= LONGEST_DIGITS else None
    until, now = _moment(said), _moment(headers.get("date", ""))
    return None if until is None or now is None else max(until - now, timedelta(0))


def _moment(text: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    return moment if moment.tzinfo is not None else None
