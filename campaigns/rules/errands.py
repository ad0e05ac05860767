"""What LiraX's CRM demands of an order: a task's date, a deal's whole sum, and pauses between tries."""

from datetime import UTC, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple
from zoneinfo import ZoneInfo

from campaigns.rules.spoken_values import read_money

SECOND = timedelta(seconds=1)
SOONEST = timedelta(minutes=1)  # `later than now` by LiraX's clock, which may be ahead of ours
LATEST = timedelta(days=729)  # less than two years ahead
FIRST_PAUSE = timedelta(seconds=5)
LONGEST_PAUSE = timedelta(minutes=15)


class TaskDate(NamedTuple):
    """`wall` is what the clock on the wall of the account shows; `moved` when it is not what was ordered."""

    at: datetime  # UTC
    wall: datetime
    moved: bool


def task_date(due: datetime, *, now: datetime, timezone: str) -> TaskDate:
    """When the task is due, as LiraX takes it: later than now and less than two years ahead.

    A date that passed while LiraX was away becomes the earliest possible one. Where the wall clock shows the
    date twice (the night it is set back) and one reading of it has passed, the date moves behind that hour.
    """
    earliest = now + SOONEST
    at = _next_second(min(max(due, earliest), now + LATEST))
    first_reading = at.astimezone(ZoneInfo(timezone)).replace(fold=0).astimezone(UTC)
    if first_reading < earliest:
        at += at - first_reading
    wall = at.astimezone(ZoneInfo(timezone)).replace(tzinfo=None, fold=0)
    return TaskDate(at, wall, moved=abs(at - due) >= SECOND)


def _next_second(at: datetime) -> datetime:
    """LiraX's dates have no parts of a second; to leave them out must not make the date earlier."""
    return at.replace(microsecond=0) + (SECOND if at.microsecond else timedelta(0))


def whole_sum(text: str) -> int:
    """The sum in whole units, half a unit up, as LiraX's deals want it. Raises ValueError with a sentence."""
    amount = int(read_money(text).quantize(Decimal(1), rounding=ROUND_HALF_UP))
    if amount < 0:
        raise ValueError(f"“{text}” is below zero, which a deal cannot be")
    return amount


def pause_before(tries: int) -> timedelta:
    """How long to wait after so many tries LiraX could not take: 5 s, doubled up to a quarter of an hour."""
    doubled: int = 2 ** min(max(tries - 1, 0), 10)
    return min(FIRST_PAUSE * doubled, LONGEST_PAUSE)
