"""Every profile in the box is complete, and a file that is not complete is refused."""

from datetime import date, timedelta

import pytest

from campaigns.profiles import legal_hours, profile_named, profile_names
from campaigns.profiles.reading import BadProfile, read_profile
from campaigns.public_holidays import known_countries
from campaigns.rules.caps import ContactCaps
from campaigns.rules.profiles import ConsentRule
from campaigns.rules.windows import Hours

EXAMPLE = """
title = "An example"
reviewed = 2026-11-23
[[versions]]
since = 2020-01-01
laws = ["The Example Act, article 1"]
hours = ["09:00-12:00", "14:00-20:00"]
days = ["mon"]
consent = "written"
contacts_per_day = 2
warnings = ["Be kind."]
[versions.because]
hours = "article 1"
days = "article 2"
consent = "article 3"
contacts_per_day = "article 4"
"""


SEVEN_A_WEEK = ContactCaps(per_week=7, after_conversation=timedelta(days=7))


def test_the_profiles_of_the_contract_are_in_the_box() -> None:
    assert profile_names() == ("ua-debt", "ua-marketing", "uk-ofcom", "us-regf", "us-tcpa")


@pytest.mark.parametrize("name", profile_names())
def test_every_profile_is_complete(name: str) -> None:
    profile = profile_named(name)
    assert profile.title
    assert profile.reviewed >= date(2026, 11, 23)
    for terms in profile.versions:
        assert terms.since <= profile.reviewed
        assert terms.laws
        assert terms.warnings
        assert all(text == text.strip() for text in (*terms.laws, *terms.because.values()))
        assert terms.holidays is None or terms.holidays in known_countries()
        assert all(0 <= hours.opens < hours.closes <= 1440 for hours in terms.hours)
        assert terms.consent is not ConsentRule.WRITTEN or terms.texts_without_consent == 0
        assert any("stop" in warning for warning in terms.warnings), "how a person says stop is told"
    assert [law.since for law in legal_hours(profile)] == [terms.since for terms in profile.versions]


@pytest.mark.parametrize(
    ("name", "since", "hours", "days", "caps", "consent", "abandoned", "texts", "holidays"),
    [
        ("ua-debt", "2021-07-14", "09:00-20:00", 5, ContactCaps(per_day=2), "none", None, 5, "UA"),
        ("ua-marketing", "2023-05-30", "09:00-20:00", 7, ContactCaps(), "written", None, 0, "UA"),
        ("us-tcpa", "2013-10-16", "08:00-21:00", 7, ContactCaps(), "written", 0.03, 0, None),
        ("us-tcpa", "2025-04-11", "08:00-21:00", 7, ContactCaps(), "written", 0.03, 0, None),
        ("us-regf", "2021-11-30", "08:00-21:00", 7, SEVEN_A_WEEK, "none", None, None, None),
        ("uk-ofcom", "2017-03-01", "09:00-20:00", 7, ContactCaps(), "written", 0, 0, "GB"),
    ],
)
def test_what_each_version_of_the_profiles_allows(
    name: str,
    since: str,
    hours: str,
    days: int,
    caps: ContactCaps,
    consent: str,
    abandoned: float | None,
    texts: int | None,
    holidays: str | None,
) -> None:
    terms = next(each for each in profile_named(name).versions if each.since == date.fromisoformat(since))
    opens, closes = (int(part[:2]) * 60 for part in hours.split("-"))
    assert (terms.hours, len(terms.days)) == ((Hours(opens, closes),), days)
    assert (terms.caps, terms.consent, terms.max_abandoned) == (caps, consent, abandoned)
    assert (terms.texts_without_consent, terms.holidays) == (texts, holidays)


def test_no_version_of_a_profile_is_without_its_row_above() -> None:
    assert {name: len(profile_named(name).versions) for name in profile_names()} == {
        "ua-debt": 1,
        "ua-marketing": 1,
        "uk-ofcom": 1,
        "us-regf": 1,
        "us-tcpa": 2,
    }


@pytest.mark.parametrize(
    ("name", "holiday", "workday"),
    [
        ("ua-debt", "2026-08-24", "2026-08-25"),  # Independence
        ("ua-marketing", "2026-08-24", "2026-08-25"),
        ("ua-marketing", "2026-04-12", "2026-04-19"),  # Easter by the Julian rule
        ("uk-ofcom", "2026-12-25", "2026-12-24"),
        ("uk-ofcom", "2026-04-03", "2026-04-02"),  # Good Friday
    ],
)
def test_nobody_is_called_on_the_holidays_of_a_profile(name: str, holiday: str, workday: str) -> None:
    for law in legal_hours(profile_named(name)):
        assert date.fromisoformat(holiday) in law.holidays
        assert date.fromisoformat(workday) not in law.holidays


@pytest.mark.parametrize("name", ["us-tcpa", "us-regf"])
def test_profiles_whose_law_names_no_holidays_have_none(name: str) -> None:
    assert [law.holidays for law in legal_hours(profile_named(name))] == [frozenset()] * len(
        profile_named(name).versions
    )


def test_regulation_f_rests_seven_days_after_a_conversation() -> None:
    caps = profile_named("us-regf").versions[-1].caps
    assert caps.per_week == 7
    assert caps.after_conversation is not None
    assert caps.after_conversation.days == 7


def test_a_file_is_read() -> None:
    [terms] = read_profile("example", EXAMPLE).versions
    assert terms.hours == (Hours(540, 720), Hours(840, 1200))
    assert terms.caps.per_day == terms.contacts_per_day == 2


@pytest.mark.parametrize(
    ("was", "becomes"),
    [
        ('title = "An example"\n', ""),
        ('title = "An example"', 'title = ""'),
        ("reviewed = 2026-11-23", 'reviewed = "lately"'),
        ("since = 2020-01-01", 'since = "2020"'),
        ('laws = ["The Example Act, article 1"]', "laws = []"),
        ('"09:00-12:00"', '"9-12"'),
        ('consent = "article 3"\n', ""),  # a limit without its law
        ('days = "article 2"', 'days = ""'),
        ("contacts_per_day = 2", "contacts_per_hour = 2"),
        ("contacts_per_day = 2", 'contacts_per_day = "two"'),
        ('consent = "written"', 'consent = "none"'),  # a law for what is no limit
    ],
)
def test_a_file_that_says_less_or_something_else_is_refused(was: str, becomes: str) -> None:
    assert was in EXAMPLE
    with pytest.raises(BadProfile):
        read_profile("example", EXAMPLE.replace(was, becomes))


def test_two_versions_of_one_day_are_refused() -> None:
    with pytest.raises(BadProfile):
        read_profile("example", EXAMPLE + EXAMPLE[EXAMPLE.index("[[versions]]") :])
