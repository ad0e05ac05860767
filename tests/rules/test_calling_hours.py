"""Calling hours as tables. Kyiv is UTC+2 in winter, UTC+3 in summer; 2026-12-01 is a Tuesday."""

from datetime import UTC, date, timedelta
from zoneinfo import ZoneInfo

import pytest

from campaigns.rules.calling_hours import Opening, next_permitted, opening_at, whole_hours
from campaigns.rules.windows import CallingWindow
from tests.rules.calling_windows import WORKDAYS, a_window, utc

KYIV = ("Europe/Kyiv",)


@pytest.mark.parametrize(
    ("hours", "at", "expected"),
    [
        # (09:00 - 2 h, 20:00 - 2 h, 20:00 - 2 h - 60 s)
        (["09:00-20:00"], "2026-12-01 07:00", ("07:00", "18:00", "17:59")),
        (["09:00-20:00"], "2026-12-01 17:59:59", ("07:00", "18:00", "17:59")),
        (["09:00-20:00"], "2026-12-01 06:59:59", None),
        (["09:00-20:00"], "2026-12-01 18:00", None),
        # in summer 3 h ahead
        (["09:00-20:00"], "2026-07-01 06:00", ("06:00", "17:00", "16:59")),
        # each interval for itself
        (["09:00-12:00", "14:00-19:30"], "2026-12-01 09:59:30", ("07:00", "10:00", "09:59")),
        (["09:00-12:00", "14:00-19:30"], "2026-12-01 11:00", None),
        (["09:00-12:00", "14:00-19:30"], "2026-12-01 12:00", ("12:00", "17:30", "17:29")),
        # intervals that touch are one: no margin at noon
        (["09:00-12:00", "12:00-14:00"], "2026-12-01 08:00", ("07:00", "12:00", "11:59")),
        # in whatever order they are written, and overlapping
        (["14:00-19:30", "09:00-12:00"], "2026-12-01 08:00", ("07:00", "10:00", "09:59")),
        (["09:00-13:00", "10:00-12:00"], "2026-12-01 08:00", ("07:00", "11:00", "10:59")),
        # shorter than ten minutes: 5 min / 10 = 30 s
        (["09:00-09:05"], "2026-12-01 07:00", ("07:00", "07:05", "07:04:30")),
        # ten minutes exactly: 60 s
        (["09:00-09:10"], "2026-12-01 07:00", ("07:00", "07:10", "07:09")),
        # one minute: 6 s
        (["09:00-09:01"], "2026-12-01 07:00", ("07:00", "07:01", "07:00:54")),
        # 24:00 goes on at 00:00 of the next day: no margin at midnight, which is 22:00 UTC
        (["00:00-24:00"], "2026-12-01 21:59:59", ("-1 22:00", "22:00", "22:00")),
        # open up to midnight, closed after it
        (["20:00-24:00"], "2026-12-01 21:00", ("18:00", "22:00", "21:59")),
    ],
)
def test_an_opening_is_one_whole_interval_of_the_wall_clock(
    hours: list[str], at: str, expected: tuple[str, str, str] | None
) -> None:
    opening = opening_at(a_window(*hours), KYIV, at=utc(at))
    assert opening == (None if expected is None else _an_opening(at[:10], *expected))


def _an_opening(day: str, *clocks: str) -> Opening:
    """Clock times in UTC on that day; a `-1` before one means the day before."""
    return Opening(
        *(
            utc(f"{day} {clock.removeprefix('-1 ')}") - timedelta(days=clock.startswith("-1"))
            for clock in clocks
        )
    )


@pytest.mark.parametrize(
    ("window", "zones", "at", "expected"),
    [
        # already open
        (a_window(), KYIV, "2026-12-01 10:00", ("2026-12-01 10:00", "2026-12-01 17:59")),
        # in the last minute: tomorrow at 08:00 - 2 h
        (a_window(), KYIV, "2026-12-01 17:59", ("2026-12-02 06:00", "2026-12-02 17:59")),
        # before opening
        (a_window(), KYIV, "2026-12-01 02:00", ("2026-12-01 06:00", "2026-12-01 17:59")),
        # Friday evening to Monday, 7 December
        (a_window(days=WORKDAYS), KYIV, "2026-12-04 19:00", ("2026-12-07 06:00", "2026-12-07 17:59")),
        # … which is a holiday
        (
            a_window(days=WORKDAYS, holidays=frozenset({date(2026, 12, 7)})),
            KYIV,
            "2026-12-04 19:00",
            ("2026-12-08 06:00", "2026-12-08 17:59"),
        ),
        # a holiday goes by the local date: 23:00 UTC on the 6th is the 7th in Kyiv
        (
            a_window("00:00-24:00", holidays=frozenset({date(2026, 12, 7)})),
            KYIV,
            "2026-12-06 23:00",
            ("2026-12-07 22:00", "2026-12-08 22:00"),
        ),
        # New York is UTC-5: 13:00-01:00 UTC; with Kyiv's 06:00-18:00 there remain five hours
        (
            a_window(),
            ("Europe/Kyiv", "America/New_York"),
            "2026-12-01 10:00",
            ("2026-12-01 13:00", "2026-12-01 17:59"),
        ),
        # the order of the zones does not matter
        (
            a_window(),
            ("America/New_York", "Europe/Kyiv"),
            "2026-12-01 10:00",
            ("2026-12-01 13:00", "2026-12-01 17:59"),
        ),
        # Auckland is UTC+13: Friday 08:00 there is Thursday 19:00 UTC; Honolulu UTC-10: 18:00-06:00 UTC.
        # Both: 19:00-06:00, while it is a workday in both: Friday's opening in Auckland, Thursday in Honolulu
        (
            a_window(days=WORKDAYS),
            ("Pacific/Auckland", "Pacific/Honolulu"),
            "2026-12-03 12:00",
            ("2026-12-03 19:00", "2026-12-04 05:59"),
        ),
        # and Saturday in Auckland is over before Monday is common: Tuesday there, Monday in Honolulu
        (
            a_window(days=WORKDAYS),
            ("Pacific/Auckland", "Pacific/Honolulu"),
            "2026-12-04 06:00",
            ("2026-12-07 19:00", "2026-12-08 05:59"),
        ),
        # Sundays only, and the first of them is a holiday
        (
            a_window(days=frozenset({6}), holidays=frozenset({date(2026, 12, 6)})),
            KYIV,
            "2026-12-01 00:00",
            ("2026-12-13 06:00", "2026-12-13 17:59"),
        ),
    ],
)
def test_the_next_request_may_leave_when_all_zones_are_open(
    window: CallingWindow, zones: tuple[str, ...], at: str, expected: tuple[str, str]
) -> None:
    permitted = next_permitted(window, zones, at=utc(at))
    assert permitted == (utc(expected[0]), utc(expected[1]))


@pytest.mark.parametrize(
    ("hours", "at", "expected"),
    [
        # Kyiv, 2026-03-29: 03:00 becomes 04:00 at 01:00 UTC. 02:00-05:00 is two hours: 00:00-02:00 UTC
        (["02:00-05:00"], "2026-03-29 00:30", ("2026-03-29 00:00", "2026-03-29 02:00")),
        # 03:30-04:30 has lost its first half hour: 01:00-01:30
        (["03:30-04:30"], "2026-03-28 12:00", ("2026-03-29 01:00", "2026-03-29 01:30")),
        # 03:00-04:00 does not exist that day: the next is 30 March, 00:00-01:00 UTC
        (["03:00-04:00"], "2026-03-28 12:00", ("2026-03-30 00:00", "2026-03-30 01:00")),
        # 2026-10-25: 04:00 becomes 03:00 at 01:00 UTC. 02:00-05:00 is four hours: 23:00-03:00 UTC
        (["02:00-05:00"], "2026-10-24 12:00", ("2026-10-24 23:00", "2026-10-25 03:00")),
        # 03:15-03:45 comes twice: 00:15-00:45 …
        (["03:15-03:45"], "2026-10-24 12:00", ("2026-10-25 00:15", "2026-10-25 00:45")),
        # … and 01:15-01:45
        (["03:15-03:45"], "2026-10-25 00:45", ("2026-10-25 01:15", "2026-10-25 01:45")),
        # 03:30-04:00 twice, with 03:00-03:30 between them
        (["03:30-04:00"], "2026-10-25 01:00", ("2026-10-25 01:30", "2026-10-25 02:00")),
        # 03:00-04:00 twice without a break is one: 00:00-02:00
        (["03:00-04:00"], "2026-10-25 01:00", ("2026-10-25 00:00", "2026-10-25 02:00")),
    ],
)
def test_an_hour_that_comes_twice_is_open_twice_and_a_skipped_one_never(
    hours: list[str], at: str, expected: tuple[str, str]
) -> None:
    window = a_window(*hours)
    permitted = next_permitted(window, KYIV, at=utc(at))
    assert permitted is not None
    opening = opening_at(window, KYIV, at=permitted.at)
    assert opening is not None
    assert (opening.starts_at, opening.ends_at) == (utc(expected[0]), utc(expected[1]))


@pytest.mark.parametrize(
    ("not_before", "not_after", "expected"),
    [
        # the window is 06:00-17:59 UTC, asked at 10:00
        (None, None, ("2026-12-01 10:00", "2026-12-01 17:59")),
        ("2026-12-01 12:00", None, ("2026-12-01 12:00", "2026-12-01 17:59")),
        ("2026-12-01 02:00", None, ("2026-12-01 10:00", "2026-12-01 17:59")),
        (None, "2026-12-01 12:00", ("2026-12-01 10:00", "2026-12-01 12:00")),
        # never wider than the window
        (None, "2026-12-01 19:00", ("2026-12-01 10:00", "2026-12-01 17:59")),
        ("2026-12-01 19:00", None, ("2026-12-02 06:00", "2026-12-02 17:59")),
        ("2026-12-01 12:00", "2026-12-01 12:30", ("2026-12-01 12:00", "2026-12-01 12:30")),
        # nothing is left
        (None, "2026-12-01 10:00", None),
        (None, "2026-12-01 09:00", None),
        ("2026-12-01 19:00", "2026-12-02 06:00", None),
        ("2026-12-01 12:00", "2026-12-01 11:00", None),
        # two years ahead is counted from there
        ("2028-12-01 05:00", None, ("2028-12-01 06:00", "2028-12-01 17:59")),
    ],
)
def test_not_before_and_not_after_narrow_the_window(
    not_before: str | None, not_after: str | None, expected: tuple[str, str] | None
) -> None:
    permitted = next_permitted(
        a_window(),
        KYIV,
        at=utc("2026-12-01 10:00"),
        not_before=utc(not_before) if not_before else None,
        not_after=utc(not_after) if not_after else None,
    )
    assert permitted == (expected and (utc(expected[0]), utc(expected[1])))


def _the_year_without(*, day: date | None) -> CallingWindow:
    """Every day from 2026-12-01 for two years is a holiday, but one."""
    days = (date(2026, 12, 1) + timedelta(days=number) for number in range(730))
    return a_window("00:00-24:00", holidays=frozenset(each for each in days if each != day))


@pytest.mark.parametrize(
    ("open_day", "expected"),
    [
        # 2026-12-01 00:00 UTC + 366 days = 2027-12-02 00:00 UTC
        (date(2027, 12, 1), "2027-11-30 22:00"),
        (date(2027, 12, 2), "2027-12-01 22:00"),
        (date(2027, 12, 3), None),
        (None, None),
    ],
)
def test_nobody_waits_for_a_window_longer_than_366_days(open_day: date | None, expected: str | None) -> None:
    permitted = next_permitted(_the_year_without(day=open_day), ("Europe/Kyiv",), at=utc("2026-12-01 00:00"))
    assert (permitted and permitted.at) == (expected and utc(expected))


def test_without_a_zone_nobody_can_say_what_the_clock_shows() -> None:
    with pytest.raises(ValueError, match="at least one time zone"):
        next_permitted(a_window(), (), at=utc("2026-12-01 10:00"))


@pytest.mark.parametrize(
    ("opens", "closes", "at", "timezone", "expected"),
    [
        # 09:30-17:45 in Kyiv
        ("2026-12-01 07:30", "2026-12-01 15:45", "2026-12-01 10:00", "Europe/Kyiv", ("09", "18")),
        # 09:00-20:00: whole hours already
        ("2026-12-01 07:00", "2026-12-01 18:00", "2026-12-01 10:00", "Europe/Kyiv", ("09", "20")),
        # up to midnight
        ("2026-12-01 07:00", "2026-12-01 22:00", "2026-12-01 10:00", "Europe/Kyiv", ("09", "23")),
        ("2026-12-01 07:00", "2026-12-01 21:30", "2026-12-01 10:00", "Europe/Kyiv", ("09", "23")),
        # 23:30-24:00: the first must be the smaller
        ("2026-12-01 21:30", "2026-12-01 22:00", "2026-12-01 21:45", "Europe/Kyiv", ("22", "23")),
        # 00:00-00:20
        ("2026-11-30 22:00", "2026-11-30 22:20", "2026-11-30 22:10", "Europe/Kyiv", ("00", "01")),
        # the whole day
        ("2026-11-30 22:00", "2026-12-01 22:00", "2026-12-01 10:00", "Europe/Kyiv", ("00", "23")),
        # New York's 08:00-20:00 is 15:00-03:00 in Kyiv: today until midnight, tomorrow from it
        ("2026-12-01 13:00", "2026-12-02 01:00", "2026-12-01 15:00", "Europe/Kyiv", ("15", "23")),
        ("2026-12-01 13:00", "2026-12-02 01:00", "2026-12-01 23:00", "Europe/Kyiv", ("00", "03")),
        # Kolkata is 5:30 ahead: 07:00-18:00 UTC is 12:30-23:30, 03:00-12:00 UTC is 08:30-17:30
        ("2026-12-01 07:00", "2026-12-01 18:00", "2026-12-01 10:00", "Asia/Kolkata", ("12", "23")),
        ("2026-12-01 03:00", "2026-12-01 12:00", "2026-12-01 10:00", "Asia/Kolkata", ("08", "18")),
        # Kathmandu, 5:45: 03:15 UTC is 09:00, 12:15 UTC is 18:00
        ("2026-12-01 03:15", "2026-12-01 12:15", "2026-12-01 10:00", "Asia/Kathmandu", ("09", "18")),
        # Kyiv in the night of 2026-10-25: 00:30-01:30 UTC shows 03:30-04:00 and then 03:00-03:30
        ("2026-10-25 00:30", "2026-10-25 01:30", "2026-10-25 00:40", "Europe/Kyiv", ("03", "04")),
        # and of 2026-03-29: 00:30-01:30 UTC shows 02:30-03:00 and then 04:00-04:30
        ("2026-03-29 00:30", "2026-03-29 01:30", "2026-03-29 00:40", "Europe/Kyiv", ("02", "05")),
        # a moment the opening does not hold is within all the same: 20:10 in Kyiv
        ("2026-12-01 07:00", "2026-12-01 18:00", "2026-12-01 18:10", "Europe/Kyiv", ("09", "21")),
    ],
)
def test_lirax_gets_the_fewest_whole_hours_around_what_is_open(
    opens: str, closes: str, at: str, timezone: str, expected: tuple[str, str]
) -> None:
    opening = Opening(utc(opens), utc(closes), utc(closes))
    assert whole_hours(opening, at=utc(at), timezone=timezone) == expected


def test_a_moment_without_a_zone_is_a_mistake() -> None:
    with pytest.raises(TypeError):
        next_permitted(a_window(), KYIV, at=utc("2026-12-01 10:00").replace(tzinfo=None))


def test_moments_of_other_zones_are_answered_in_utc() -> None:
    kyiv = ZoneInfo("Europe/Kyiv")
    permitted = next_permitted(
        a_window(),
        KYIV,
        at=utc("2026-12-01 10:00").astimezone(kyiv),
        not_after=utc("2026-12-01 12:00").astimezone(kyiv),
    )
    assert permitted is not None
    assert {permitted.at.tzinfo, permitted.until.tzinfo} == {UTC}
