"""Builders for tests of calling hours: windows written as people write them, moments in short."""

from datetime import UTC, date, datetime

from campaigns.rules.windows import CallingWindow, Hours

EVERY_DAY = frozenset(range(7))
WORKDAYS = frozenset(range(5))


def a_window(
    *hours: str, days: frozenset[int] = EVERY_DAY, holidays: frozenset[date] = frozenset()
) -> CallingWindow:
    """`a_window("09:00-12:00", "14:00-19:30")`; its zone is left to each question."""
    intervals = tuple(
        Hours(*(_minutes(end) for end in each.split("-"))) for each in hours or ("08:00-20:00",)
    )
    return CallingWindow(hours=intervals, days=days, timezone=None, holidays=holidays)


def utc(text: str) -> datetime:
    """`utc("2026-12-01 09:00")`, seconds optional."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def _minutes(clock: str) -> int:
    hours, minutes = clock.split(":")
    return int(hours) * 60 + int(minutes)
