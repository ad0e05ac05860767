"""Hours of the law in calling windows, and which version of a profile counts at which moment."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from campaigns.rules.calling_hours import next_permitted, opening_at
from campaigns.rules.caps import ContactCaps
from campaigns.rules.profiles import (
    ConsentRule,
    Profile,
    Terms,
    asks_consent,
    caps_at,
    contacts_allowed,
    fits,
    least_abandoned,
    terms_at,
    texts_allowed,
)
from campaigns.rules.windows import CallingWindow, Hours, LegalHours
from tests.rules.calling_windows import EVERY_DAY, a_window, utc

KYIV, NEW_YORK = ("Europe/Kyiv",), ("America/New_York",)
BEFORE = LegalHours(date(2020, 1, 1), (Hours(540, 1200),), EVERY_DAY, frozenset({date(2026, 12, 25)}))
AFTER = LegalHours(date(2026, 12, 2), (Hours(600, 1080),), frozenset(range(5)), frozenset())
CHANGES = (BEFORE, AFTER)  # 09:00-20:00 every day; from 2 December on 10:00-18:00 on workdays


def under(*law: LegalHours, timezone: str | None = None, hours: str = "00:00-24:00") -> CallingWindow:
    return replace(a_window(hours), law=law, timezone=timezone)


@pytest.mark.parametrize(
    ("window", "zones", "at", "expected"),
    [
        # 1 December 2026 is a Tuesday; Kyiv is UTC+2: 09:00-20:00 is 07:00-18:00
        (under(BEFORE), KYIV, "2026-12-01 00:00", ("2026-12-01 07:00", "2026-12-01 17:59")),
        # the stricter of window and law on either end
        (
            under(BEFORE, hours="08:00-12:00"),
            KYIV,
            "2026-12-01 00:00",
            ("2026-12-01 07:00", "2026-12-01 09:59"),
        ),
        (
            under(BEFORE, hours="15:00-23:00"),
            KYIV,
            "2026-12-01 00:00",
            ("2026-12-01 13:00", "2026-12-01 17:59"),
        ),
        # nothing in common on the first day; the next version's hours are no better
        (under(BEFORE, hours="20:00-22:00"), KYIV, "2026-12-01 00:00", None),
        # a window of a zone of its own: 09:00-18:00 in Kyiv is 07:00-16:00, the law in New York 14:00-01:00
        (
            under(BEFORE, timezone="Europe/Kyiv", hours="09:00-18:00"),
            NEW_YORK,
            "2026-12-01 00:00",
            ("2026-12-01 14:00", "2026-12-01 15:59"),
        ),
        # a number that may lie in two zones: the law of both
        (under(BEFORE), (*KYIV, *NEW_YORK), "2026-12-01 00:00", ("2026-12-01 14:00", "2026-12-01 17:59")),
        # the holiday of the law
        (under(BEFORE), KYIV, "2026-12-24 18:00", ("2026-12-26 07:00", "2026-12-26 17:59")),
        # the version changes at local midnight: 1 December by the old one, 2 December 10:00-18:00
        (under(*CHANGES), KYIV, "2026-12-01 17:59", ("2026-12-02 08:00", "2026-12-02 15:59")),
        (under(*CHANGES), NEW_YORK, "2026-12-02 00:30", ("2026-12-02 00:30", "2026-12-02 00:59")),
        # 5 December is a Saturday: open before the change, closed after it
        (under(*CHANGES), KYIV, "2026-12-05 00:00", ("2026-12-07 08:00", "2026-12-07 15:59")),
        # a day before the first version: that one counts, not nothing
        (under(BEFORE), KYIV, "2019-07-01 00:00", ("2019-07-01 06:00", "2019-07-01 16:59")),
        # 29 March 2026 Kyiv goes from UTC+2 to UTC+3: 09:00 is 07:00 the day before, 06:00 that day
        (under(BEFORE), KYIV, "2026-03-28 18:00", ("2026-03-29 06:00", "2026-03-29 16:59")),
    ],
)
def test_a_request_leaves_when_window_and_law_allow_it(
    window: CallingWindow, zones: tuple[str, ...], at: str, expected: tuple[str, str] | None
) -> None:
    permitted = next_permitted(window, zones, at=utc(at))
    assert permitted == (expected and (utc(expected[0]), utc(expected[1])))


def test_a_moment_outside_the_law_is_in_no_opening() -> None:
    window = under(*CHANGES)
    assert opening_at(window, KYIV, at=utc("2026-12-01 17:30")) is not None  # 19:30 in Kyiv
    assert opening_at(window, KYIV, at=utc("2026-12-02 17:30")) is None


def terms(since: str, **more: object) -> Terms:
    values: dict[str, Any] = {
        "laws": ("Act",),
        "hours": (Hours(540, 1200),),
        "days": EVERY_DAY,
        "holidays": None,
        "consent": ConsentRule.NONE,
        "caps": ContactCaps(),
        "contacts_per_day": None,
        "texts_without_consent": None,
        "max_abandoned": None,
        "warnings": (),
        "because": {},
        **more,
    }
    return Terms(since=date.fromisoformat(since), **values)


OLD = terms("2020-01-01", max_abandoned=0.05)
NEW = terms(
    "2026-12-02",
    consent=ConsentRule.WRITTEN,
    caps=ContactCaps(per_day=1),
    contacts_per_day=2,
    texts_without_consent=5,
    max_abandoned=0.03,
)
PROFILE = Profile("example", "An example", date(2026, 11, 23), (OLD, NEW))


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        ("2019-01-01 00:00", (OLD,)),
        ("2026-12-01 09:59", (OLD,)),
        ("2026-12-01 10:00", (OLD, NEW)),  # 2 December has begun on the first islands, UTC+14
        ("2026-12-02 11:59", (OLD, NEW)),  # and not yet on the last ones, UTC-12
        ("2026-12-02 12:00", (NEW,)),
    ],
)
def test_around_a_change_both_versions_count(at: str, expected: tuple[Terms, ...]) -> None:
    assert terms_at(PROFILE, utc(at)) == expected
    changed = NEW in expected
    assert asks_consent(PROFILE, utc(at)) is changed
    assert (ContactCaps(per_day=1) in caps_at(PROFILE, utc(at))) is changed
    assert contacts_allowed(PROFILE, utc(at)) == (2 if changed else None)
    assert texts_allowed(PROFILE, utc(at)) == (5 if changed else None)


def test_later_versions_are_those_not_yet_in_force() -> None:
    assert PROFILE.later_than(date(2026, 12, 1)) == (NEW,)
    assert PROFILE.later_than(date(2026, 12, 2)) == ()


def test_without_a_profile_nothing_is_asked() -> None:
    at = utc("2026-12-01 12:00")
    assert not asks_consent(None, at)
    assert (caps_at(None, at), contacts_allowed(None, at), texts_allowed(None, at)) == ((), None, None)
    assert least_abandoned(None) is None


def test_the_strictest_share_of_all_versions_counts() -> None:
    assert least_abandoned(PROFILE) == 0.03


@pytest.mark.parametrize(
    ("asked", "allowed", "good"),
    [
        ("09:00-20:00", "09:00-20:00", True),
        ("10:00-11:00", "09:00-20:00", True),
        ("08:59-11:00", "09:00-20:00", False),
        ("10:00-20:01", "09:00-20:00", False),
        ("10:00-15:00", "09:00-12:00 14:00-20:00", False),
        ("14:00-15:00", "09:00-12:00 14:00-20:00", True),
    ],
)
def test_hours_fit_within_what_is_allowed(asked: str, allowed: str, good: bool) -> None:
    assert fits(a_window(asked).hours, a_window(*allowed.split()).hours) is good
