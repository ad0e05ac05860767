"""When a campaign will have placed its last call, as far as its hours and its speed tell."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from campaigns.rules.calling_hours import HORIZON, Permitted, next_permitted
from campaigns.rules.windows import CallingWindow

HOUR = timedelta(hours=1)


def calls_per_hour(*, lines: int, seconds_per_call: float, per_minute: int | None = None) -> float:
    """The speed to expect before any was measured: lines that are always busy, within the pace."""
    by_lines = lines * 3600 / max(seconds_per_call, 1.0)
    return by_lines if per_minute is None else min(by_lines, per_minute * 60.0)


def estimated_end(
    window: CallingWindow,
    zones: tuple[str, ...],
    *,
    remaining: int,
    hourly: float,
    now: datetime,
    last_due: datetime | None = None,
    end: datetime | None = None,
) -> datetime | None:
    """When the last of `remaining` calls will be placed; None when not within 366 days, or nobody calls.

    `hourly` is the number of calls in an hour of open window, measured or from `calls_per_hour`. Somebody
    waits until `last_due` and is not called before; the campaign's own `end` ends everything. Where each
    recipient has a zone of his own, `zones` is the one most of them live in.
    """
    if remaining <= 0:
        return now
    if hourly <= 0:
        return None
    placed_at = _after_open_time(window, zones, needed=remaining / hourly * HOUR, now=now)
    if placed_at is not None and last_due is not None and last_due > placed_at:
        latest = next_permitted(window, zones, at=last_due)
        placed_at = latest and latest.at
    return end if end is not None and (placed_at is None or placed_at > end) else placed_at


def _after_open_time(
    window: CallingWindow, zones: tuple[str, ...], *, needed: timedelta, now: datetime
) -> datetime | None:
    for permitted in _permitted_from(window, zones, now):
        open_for = permitted.until - permitted.at
        if needed <= open_for:
            return permitted.at + needed
        needed -= open_for
    return None


def _permitted_from(window: CallingWindow, zones: tuple[str, ...], now: datetime) -> Iterator[Permitted]:
    latest = now + HORIZON
    permitted = next_permitted(window, zones, at=now, not_after=latest)
    while permitted is not None:
        yield permitted
        permitted = next_permitted(window, zones, at=permitted.until, not_after=latest)
