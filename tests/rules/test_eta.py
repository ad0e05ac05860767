"""When a campaign ends. The window is 08:00-20:00 in Kyiv, 06:00-17:59 UTC in winter: 719 minutes a day."""

import pytest

from campaigns.rules.eta import calls_per_hour, estimated_end
from tests.rules.calling_windows import WORKDAYS, a_window, utc

KYIV = ("Europe/Kyiv",)


@pytest.mark.parametrize(
    ("remaining", "hourly", "now", "expected"),
    [
        # 100 calls at 50 an hour: two hours
        (100, 50.0, "2026-12-01 10:00", "2026-12-01 12:00"),
        # nobody left
        (0, 50.0, "2026-12-01 10:00", "2026-12-01 10:00"),
        # at night: two hours after opening
        (100, 50.0, "2026-12-01 02:00", "2026-12-01 08:00"),
        # 479 min fill the day to its last request
        (479, 60.0, "2026-12-01 10:00", "2026-12-01 17:59"),
        # 959 calls at 60 an hour are 959 min: 479 from 10:00 to 17:59, 480 tomorrow until 14:00
        (959, 60.0, "2026-12-01 10:00", "2026-12-02 14:00"),
        # Friday 10:00, workdays: 479 min on Friday, 719 on Monday, 60 on Tuesday the 8th = 1,258
        (1258, 60.0, "2026-12-04 10:00", "2026-12-08 07:00"),
        # 719 min a day: 262 workdays would be needed
        (1_000_000, 60.0, "2026-12-01 10:00", None),
        (100, 0.0, "2026-12-01 10:00", None),
    ],
)
def test_the_end_is_found_by_walking_the_open_hours(
    remaining: int, hourly: float, now: str, expected: str | None
) -> None:
    end = estimated_end(a_window(days=WORKDAYS), KYIV, remaining=remaining, hourly=hourly, now=utc(now))
    assert end == (expected and utc(expected))


@pytest.mark.parametrize(
    ("last_due", "end", "expected"),
    [
        # placed at 12:00 but for those who wait
        (None, None, "2026-12-01 12:00"),
        ("2026-12-01 11:00", None, "2026-12-01 12:00"),
        ("2026-12-01 15:00", None, "2026-12-01 15:00"),
        ("2026-12-01 20:00", None, "2026-12-02 06:00"),
        # the campaign's end comes first
        (None, "2026-12-01 11:00", "2026-12-01 11:00"),
        (None, "2026-12-01 13:00", "2026-12-01 12:00"),
        ("2026-12-01 20:00", "2026-12-01 18:00", "2026-12-01 18:00"),
    ],
)
def test_retries_put_it_off_and_the_campaigns_end_cuts_it_short(
    last_due: str | None, end: str | None, expected: str
) -> None:
    estimate = estimated_end(
        a_window(),
        KYIV,
        remaining=100,
        hourly=50.0,
        now=utc("2026-12-01 10:00"),
        last_due=utc(last_due) if last_due else None,
        end=utc(end) if end else None,
    )
    assert estimate == utc(expected)


def test_what_never_opens_never_ends_by_itself() -> None:
    never = a_window(days=frozenset())
    now, end = utc("2026-12-01 10:00"), utc("2026-12-05 18:00")
    assert estimated_end(never, KYIV, remaining=1, hourly=60.0, now=now) is None
    assert estimated_end(never, KYIV, remaining=1, hourly=60.0, now=now, end=end) == end


@pytest.mark.parametrize(
    ("lines", "seconds_per_call", "per_minute", "expected"),
    [
        (10, 30.0, None, 1200.0),  # 10 * 3,600 / 30
        (10, 30.0, 30, 1200.0),  # 30 * 60 = 1,800 is more
        (10, 30.0, 5, 300.0),  # 5 * 60
        (0, 30.0, None, 0.0),
        (1, 0.0, None, 3600.0),  # no call is shorter than a second
    ],
)
def test_the_speed_before_any_was_measured(
    lines: int, seconds_per_call: float, per_minute: int | None, expected: float
) -> None:
    assert calls_per_hour(lines=lines, seconds_per_call=seconds_per_call, per_minute=per_minute) == expected
