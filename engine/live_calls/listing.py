"""Looks for one call in call history, and learns how history is written: its form, its zone, its lag."""

from datetime import datetime, timedelta

from campaigns.rules.call_ids import plain
from campaigns.rules.spellings import same_number
from engine.lirax.history import HistoryCall, HistoryClient
from engine.live_calls.observing import Course

FARTHEST = timedelta(hours=14)  # that an account's zone may be mistaken by
STEP = timedelta(minutes=15)  # zones are apart by whole quarters of an hour
NEAR = timedelta(minutes=2)  # between a request and what history calls the start of its call


def asked_for(course: Course) -> tuple[datetime, datetime]:
    return course.placed_at - FARTHEST - NEAR, course.placed_at + FARTHEST + NEAR


async def listed(history: HistoryClient, course: Course) -> HistoryCall | None:
    """The row of this call, None while there is none. Raises LiraxError."""
    since, until = asked_for(course)
    rows = [call async for call in history.calls(since=since, until=until) if _is_it(call, course)]
    return min(
        rows,
        key=lambda row: (not _same_id(row, course), abs(row.started_at - course.placed_at)),
        default=None,
    )


def zone_off(row: HistoryCall, course: Course) -> timedelta:
    """How far history's wall clock is ahead of the account's zone."""
    return min(
        (_quarters(moment - course.placed_at) for moment in row.moments if moment is not None), key=abs
    )


def has_callid(row: HistoryCall, course: Course) -> bool | None:
    if row.call_id is None or not course.events:
        return None
    return _same_id(row, course)


def _is_it(row: HistoryCall, course: Course) -> bool:
    if _same_id(row, course):
        return True
    numbers = [number for number in (row.ani, row.dnis) if number]
    if not any(same_number(number, course.attempt.phone) for number in numbers):
        return False
    apart = row.started_at - course.placed_at
    return abs(apart - _quarters(apart)) <= NEAR


def _same_id(row: HistoryCall, course: Course) -> bool:
    ids = {plain(event.callid) for _, event in course.events}
    return row.call_id is not None and plain(row.call_id) in ids


def _quarters(apart: timedelta) -> timedelta:
    return round(apart / STEP) * STEP
