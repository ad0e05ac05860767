"""What LiraX demands of a task's date and a deal's sum."""

from datetime import UTC, datetime, timedelta

import pytest

from campaigns.rules.errands import LATEST, SOONEST, pause_before, task_date, whole_sum

KYIV = "Europe/Kyiv"
NOW = datetime(2026, 12, 1, 8, 0, tzinfo=UTC)  # 10:00 in Kyiv


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("due", "now", "zone", "wall", "moved"),
    [
        # as ordered, on the wall clock of the account: Kyiv is two hours ahead in winter, three in summer
        ("2026-12-01 09:00", "2026-12-01 08:00", KYIV, "2026-12-01 11:00:00", False),
        ("2026-07-01 09:00", "2026-07-01 08:00", KYIV, "2026-07-01 12:00:00", False),
        ("2026-12-01 09:00", "2026-12-01 08:00", "America/New_York", "2026-12-01 04:00:00", False),
        # parts of a second are not sent, and never make a date earlier
        ("2026-12-01 09:00:00.25", "2026-12-01 08:00", KYIV, "2026-12-01 11:00:01", False),
        # it has passed: a minute from now
        ("2026-12-01 07:00", "2026-12-01 08:00", KYIV, "2026-12-01 10:01:00", True),
        ("2026-12-01 08:00:59", "2026-12-01 08:00", KYIV, "2026-12-01 10:01:00", True),
        # the clock goes forward on 28 March 2027 at 03:00 to 04:00: there is no 03:30, and none is sent
        ("2027-03-28 00:59", "2027-03-27 12:00", KYIV, "2027-03-28 02:59:00", False),
        ("2027-03-28 01:30", "2027-03-27 12:00", KYIV, "2027-03-28 04:30:00", False),
        # it goes back on 25 October 2026 at 04:00 to 03:00: 03:30 is there twice, both ahead
        ("2026-10-25 00:30", "2026-10-24 12:00", KYIV, "2026-10-25 03:30:00", False),
        ("2026-10-25 01:30", "2026-10-24 12:00", KYIV, "2026-10-25 03:30:00", False),
        # the second 03:30, when the first has passed already: LiraX may read the first
        ("2026-10-25 01:30", "2026-10-25 00:45", KYIV, "2026-10-25 04:30:00", True),
        # more than two years ahead, which no definition orders
        ("2029-12-01 08:00", "2026-12-01 08:00", KYIV, "2028-11-29 10:00:00", True),
    ],
)
def test_a_task_is_due_on_the_accounts_wall_clock(
    due: str, now: str, zone: str, wall: str, moved: bool
) -> None:
    date = task_date(utc(due), now=utc(now), timezone=zone)
    assert (f"{date.wall:%Y-%m-%d %H:%M:%S}", date.moved) == (wall, moved)


@pytest.mark.parametrize("zone", [KYIV, "Europe/London", "Australia/Lord_Howe", "America/Havana"])
def test_however_lirax_reads_a_date_it_is_later_than_now_and_less_than_two_years_ahead(zone: str) -> None:
    from zoneinfo import ZoneInfo

    place = ZoneInfo(zone)
    for hours in range(0, 24 * 366, 5):
        now = NOW + timedelta(hours=hours, minutes=25)
        for minutes in (-600, 0, 20, 50, 90, 60 * 24 * 729):
            wall = task_date(now + timedelta(minutes=minutes), now=now, timezone=zone).wall
            for fold in (0, 1):
                read = wall.replace(tzinfo=place, fold=fold).astimezone(UTC)
                assert now + SOONEST <= read <= now + LATEST + timedelta(hours=2), (now, wall)


@pytest.mark.parametrize(
    ("text", "whole"),
    [("1250", 1250), ("1 250,50", 1251), ("1250.49", 1250), ("0", 0), ("1250.50 грн", 1251), ("0,5", 1)],
)
def test_a_deal_is_rounded_to_whole_units(text: str, whole: int) -> None:
    assert whole_sum(text) == whole


@pytest.mark.parametrize("text", ["much", "", "-5", "1,250"])
def test_what_is_no_sum_of_a_deal_is_told_in_a_sentence(text: str) -> None:
    with pytest.raises(ValueError, match=" "):
        whole_sum(text)


def test_pauses_grow_from_five_seconds_to_a_quarter_of_an_hour() -> None:
    seconds = [pause_before(tries).total_seconds() for tries in (0, 1, 2, 3, 8, 9, 500)]
    assert seconds == [5, 5, 10, 20, 640, 900, 900]
