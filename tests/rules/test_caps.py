"""How often one number may be called: days of the person, weeks of 168 hours, rests after conversations."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaigns.rules.caps import (
    NO_CAPS,
    WEEK,
    ContactCaps,
    Rung,
    caps_in_words,
    caps_of,
    frees_at,
    lookback,
    merge_caps,
    moment_of_call,
    next_day,
)

KYIV, NEW_YORK = "Europe/Kyiv", "America/New_York"
DAILY, TWICE, WEEKLY = ContactCaps(per_day=1), ContactCaps(per_day=2), ContactCaps(per_week=3)
RESTING = ContactCaps(after_conversation=timedelta(days=7))
QUARTER = timedelta(minutes=15)
FIRST = datetime(2024, 1, 1, tzinfo=UTC)


def kyiv(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-{text}").replace(tzinfo=ZoneInfo(KYIV))


NOW = kyiv("12-03 15:00")


@pytest.mark.parametrize(
    ("caps", "calls", "free"),
    [
        (NO_CAPS, ["12-03 14:00"] * 50, None),
        (DAILY, [], None),
        (DAILY, ["12-03 00:00"], "12-04 00:00"),  # the first minute of the person's day counts
        (DAILY, ["12-02 23:59"], None),
        (DAILY, ["12-03 14:00", "12-03 09:00"], "12-04 00:00"),
        (TWICE, ["12-03 14:00"], None),
        (TWICE, ["12-03 14:00", "12-02 14:00"], None),
        (TWICE, ["12-03 14:00", "12-03 09:00"], "12-04 00:00"),
        (WEEKLY, ["12-03 14:00", "12-02 14:00"], None),
        (WEEKLY, ["12-03 14:00", "12-02 14:00", "11-28 10:00"], "12-05 10:00"),  # 168 h after the third
        (WEEKLY, ["12-03 14:00", "12-02 14:00", "11-26 15:00"], None),  # exactly 168 h ago
        (WEEKLY, ["12-03 14:00", "12-02 14:00", "11-26 15:01"], "12-03 15:01"),
        (merge_caps(DAILY, WEEKLY), ["12-03 14:00", "12-02 14:00", "11-28 10:00"], "12-05 10:00"),
        (DAILY, ["12-03 16:00"], "12-04 00:00"),  # in the future: a clock was set back since
        (DAILY, ["12-04 14:00"], "12-05 00:00"),
        (WEEKLY, ["12-09 14:00", "12-08 14:00", "12-07 14:00"], "12-14 14:00"),
        (RESTING, ["12-03 14:00"], None),  # nobody picked up
    ],
)
def test_the_next_call_leaves_when_every_cap_is_free(
    caps: ContactCaps, calls: list[str], free: str | None
) -> None:
    made = [Rung(kyiv(text)) for text in calls]
    assert frees_at(made, caps, zones=[KYIV], at=NOW) == (None if free is None else kyiv(free))


def test_after_a_conversation_the_number_rests() -> None:
    calls = [Rung(kyiv("12-03 14:00")), Rung(kyiv("12-01 10:00"), talked=True)]
    assert frees_at(calls, RESTING, zones=[KYIV], at=NOW) == kyiv("12-08 10:00")


def test_a_day_must_be_over_in_every_zone_the_person_may_be_in() -> None:
    called = [Rung(kyiv("12-03 06:30"))]  # 23:30 of 2 December in New York, where that day is over
    assert frees_at(called, DAILY, zones=[NEW_YORK], at=NOW) is None
    assert frees_at(called, DAILY, zones=[NEW_YORK, KYIV], at=NOW) == kyiv("12-04 00:00")
    called = [Rung(kyiv("12-03 08:30"))]  # 01:30 of 3 December in New York
    both = frees_at(called, DAILY, zones=[KYIV, NEW_YORK], at=NOW)
    assert both == datetime(2026, 12, 4, tzinfo=ZoneInfo(NEW_YORK))


@pytest.mark.parametrize(
    ("zone", "moment", "begins"),
    [
        (KYIV, "2026-03-28T12:00+00:00", "2026-03-28T22:00+00:00"),  # the day of 23 hours begins as usual
        (KYIV, "2026-03-29T12:00+00:00", "2026-03-29T21:00+00:00"),
        (KYIV, "2026-10-25T12:00+00:00", "2026-10-25T22:00+00:00"),  # after 25 hours
        ("Africa/Cairo", "2026-04-23T12:00+00:00", "2026-04-23T22:00+00:00"),  # no midnight: 01:00 is first
        ("America/Havana", "2026-10-31T12:00+00:00", "2026-11-01T04:00+00:00"),  # two: the first counts
    ],
)
def test_a_day_begins_at_its_first_instant(zone: str, moment: str, begins: str) -> None:
    assert next_day(datetime.fromisoformat(moment), zone=zone) == datetime.fromisoformat(begins)


@given(
    zone=st.sampled_from(sorted(available_timezones())),
    moment=st.integers(0, 7 * 366 * 24 * 60).map(lambda n: FIRST + timedelta(minutes=n)),
)
def test_the_next_day_is_the_next_day_everywhere(zone: str, moment: datetime) -> None:
    begins, place = next_day(moment, zone=zone), ZoneInfo(zone)
    before = begins - timedelta(seconds=1)
    assert begins > moment
    assert begins.astimezone(place).date() == moment.astimezone(place).date() + timedelta(days=1)
    assert before.astimezone(place).date() == moment.astimezone(place).date()


@given(
    calls=st.lists(st.integers(0, 20_000).map(lambda minutes: NOW - timedelta(minutes=minutes)), max_size=12),
    per_day=st.none() | st.integers(1, 3),
    per_week=st.none() | st.integers(1, 5),
)
def test_a_call_that_leaves_when_it_may_breaks_no_cap(
    calls: list[datetime], per_day: int | None, per_week: int | None
) -> None:
    caps = ContactCaps(per_day=per_day, per_week=per_week)
    leaves = frees_at([Rung(at) for at in calls], caps, zones=[KYIV], at=NOW) or NOW
    place = ZoneInfo(KYIV)
    same_day = [at for at in calls if at.astimezone(place).date() == leaves.astimezone(place).date()]
    same_week = [at for at in calls if at > leaves - WEEK]
    assert per_day is None or len(same_day) < per_day
    assert per_week is None or len(same_week) < per_week
    assert frees_at([Rung(at) for at in calls], caps, zones=[KYIV], at=leaves) is None


@pytest.mark.parametrize(
    ("began", "ended", "moment"),
    [
        ("12-03 10:00", "12-03 10:02", "12-03 10:02"),
        ("12-03 10:00", "12-04 10:15", "12-03 10:15"),  # given up as unknown a day later
        ("12-03 10:00", "12-03 09:01", "12-03 10:00"),  # the clock was set back while it rang
    ],
)
def test_a_call_counts_from_the_last_moment_it_may_have_rung(began: str, ended: str, moment: str) -> None:
    found = moment_of_call(began_at=kyiv(began), ended_at=kyiv(ended), longest=QUARTER)
    assert found == kyiv(moment)


@pytest.mark.parametrize(
    ("each", "together"),
    [
        ((), NO_CAPS),
        ((DAILY, NO_CAPS), DAILY),
        ((TWICE, DAILY), DAILY),
        ((DAILY, WEEKLY), ContactCaps(1, 3)),
        ((RESTING, ContactCaps(after_conversation=timedelta(days=1))), RESTING),  # the longer rest
    ],
)
def test_of_several_caps_the_strictest_holds(each: tuple[ContactCaps, ...], together: ContactCaps) -> None:
    assert merge_caps(*each) == together


def test_calls_are_looked_back_for_as_far_as_a_cap_can_reach() -> None:
    assert lookback(NO_CAPS) == timedelta(0)
    assert lookback(DAILY) == timedelta(days=2)
    assert lookback(WEEKLY) == lookback(RESTING) == WEEK


@pytest.mark.parametrize(
    ("caps", "told"),
    [
        (NO_CAPS, None),
        (DAILY, "at most 1 call a day"),
        (ContactCaps(2, 3), "at most 2 calls a day and 3 calls in any 7 days"),
        (RESTING, "not within 7d of a conversation"),
        (
            ContactCaps(1, None, timedelta(hours=1)),
            "at most 1 call a day, and not within 1h of a conversation",
        ),
    ],
)
def test_caps_are_told_in_words(caps: ContactCaps, told: str | None) -> None:
    assert caps_in_words(caps) == told


def test_caps_are_kept_as_a_document() -> None:
    assert caps_of(None) == caps_of({}) == NO_CAPS
    assert caps_of({"per_day": 1, "after_conversation": "7d"}) == ContactCaps(1, None, timedelta(days=7))
