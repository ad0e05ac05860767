"""`profile`: what it fills in, and that a definition may only be stricter."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from campaigns.definition import Definition, outline, policy_of, read_definition
from campaigns.profiles import NOT_LEGAL_ADVICE, profile_names
from campaigns.rules.policy import Policy
from campaigns.rules.windows import Hours
from tests.definition.reading_aloud import KYIV, MINIMAL, minimal, problem_of, problems_of

Look = Callable[[Policy], Any]
SMS = "sms: {modem: '380671234567'}\n"
AGENTS = "agents: all\n"
WORKDAYS = frozenset(range(5))


def own(policy: Policy) -> Any:
    """Hours, days and zone as the window has them by itself."""
    return policy.window.hours, policy.window.days, policy.window.timezone


@pytest.mark.parametrize(
    ("more", "look", "means"),
    [
        ("", lambda p: (p.profile, p.window.law), (None, ())),
        ("profile: ua-debt\n", lambda p: p.profile.name, "ua-debt"),
        # what is left out is the profile's, by the recipient's own clock
        ("profile: ua-debt\n", own, ((Hours(540, 1200),), WORKDAYS, None)),
        ("profile: us-regf\n", own, ((Hours(480, 1260),), frozenset(range(7)), None)),
        ("profile: ua-debt\nwindow: {days: mon}\n", own, ((Hours(540, 1200),), frozenset({0}), None)),
        # stricter is good, and a zone may be named: the law still goes by the recipient's own
        (
            "profile: ua-debt\nwindow: {hours: '10:00-12:30', timezone: Europe/Kyiv}\n",
            own,
            ((Hours(600, 750),), WORKDAYS, KYIV),
        ),
        (
            "profile: ua-debt\nwindow: {hours: ['09:00-13:00', '14:00-20:00']}\n",
            lambda p: len(p.window.hours),
            2,
        ),
        ("profile: ua-debt\n", lambda p: p.window.legal_hours_on(date(2026, 12, 1)), (Hours(540, 1200),)),
        ("profile: ua-debt\n", lambda p: p.window.legal_hours_on(date(2026, 12, 5)), ()),  # a Saturday
        ("profile: ua-debt\n", lambda p: p.window.legal_hours_on(date(2026, 12, 25)), ()),  # Christmas
        # SMS keep to the same law, their own hours or not
        (f"profile: ua-debt\n{SMS}", lambda p: p.sms.window == p.window, True),
        (
            "profile: ua-debt\nsms: {modem: '380671234567', hours: '10:00-18:00'}\n",
            lambda p: (p.sms.window.hours, p.sms.window.law == p.window.law),
            ((Hours(600, 1080),), True),
        ),
        # who may be abandoned: the profile's share where nobody named one and it matters
        (f"profile: us-tcpa\n{AGENTS}pace: {{per_agent: 1.5}}\n", lambda p: p.pace.max_abandoned, 0.03),
        (
            f"profile: us-tcpa\n{AGENTS}pace: {{per_agent: 1.5, max_abandoned: 1%}}\n",
            lambda p: p.pace.max_abandoned,
            0.01,
        ),
        (f"profile: us-tcpa\n{AGENTS}", lambda p: p.pace.max_abandoned, None),
        (f"profile: uk-ofcom\n{AGENTS}pace: {{per_agent: 0.5}}\n", lambda p: p.pace.per_agent, 0.5),
        ("profile: ua-debt\ncaps: {per_day: 1, per_week: 9}\n", lambda p: p.caps.per_day, 1),
        # consent that the list tells of
        (
            "consent: {given: '{{ consent_date }}', source: Form on example.com}\n",
            lambda p: (p.consent.given, p.consent.source, p.consent.proof),
            ("{{ consent_date }}", "Form on example.com", None),
        ),
        ("consent: {given: 31.01.2026, source: Fair}\n", lambda p: p.consent.given, "31.01.2026"),
    ],
)
def test_a_profile_fills_in_and_stricter_is_good(more: str, look: Look, means: Any) -> None:
    definition = minimal(more)
    assert look(definition.policy) == means
    stored = policy_of(definition.document, account_timezone=KYIV)
    assert look(stored) == means


@pytest.mark.parametrize(
    ("more", "field", "told"),
    [
        ("profile: ua-dept\n", "profile", "did you mean “ua-debt”?"),
        ("profile: ua-debt\nwindow: {hours: '08:59-12:00'}\n", "window.hours", "08:59-12:00 is wider"),
        ("profile: ua-debt\nwindow: {hours: '09:00-20:01'}\n", "window.hours", "09:00-20:00 (Law"),
        (
            "profile: ua-debt\nwindow: {hours: ['09:00-10:00', '20:00-21:00']}\n",
            "window.hours",
            "20:00-21:00 is",
        ),
        ("profile: ua-debt\nwindow: {hours: '00:00-24:00'}\n", "window.hours", "article 25"),
        ("profile: ua-debt\nwindow: {days: [fri, sat, sun]}\n", "window.days", "no calls on sat, sun"),
        ("profile: us-tcpa\nwindow: {hours: '07:30-21:00'}\n", "window.hours", "64.1200(c)(1)"),
        ("profile: us-regf\nwindow: {hours: '08:00-22:00'}\n", "window.hours", "1006.6(b)(1)"),
        (
            "profile: ua-debt\nsms: {modem: '380671234567', hours: '09:00-21:00'}\n",
            "sms.hours",
            "09:00-21:00 is wider",
        ),
        (
            f"profile: us-tcpa\n{AGENTS}pace: {{per_agent: 2, max_abandoned: 5%}}\n",
            "pace.max_abandoned",
            "5% is more than the 3%",
        ),
        (
            f"profile: uk-ofcom\n{AGENTS}pace: {{per_agent: 1.5}}\n",
            "pace.per_agent",
            "1.5 is more than the 1",
        ),
        ("profile: ua-debt\ncaps: {per_day: 3}\n", "caps.per_day", "3 calls a day are more than the 2"),
        ("profile: us-regf\ncaps: {per_week: 8}\n", "caps.per_week", "1006.14(b)(2)(i)(A)"),
        ("consent: {source: Fair}\n", "consent.given", "is required"),
        ("consent: {given: 2026-01-31}\n", "consent.source", "is required"),
        ("consent: {given: soon, source: Fair}\n", "consent.given", "is not a date"),
        ("consent: {given: 2026-01-31, source: Fair, by: me}\n", "consent.by", "is not a key here"),
    ],
)
def test_wider_than_the_profile_is_an_error_that_names_the_law(more: str, field: str, told: str) -> None:
    problem = problem_of(more)
    assert problem.field == field
    assert told in problem.message


def test_everything_that_is_wider_is_told_at_once() -> None:
    text = "profile: ua-debt\nwindow:\n  hours: 08:00-21:00\n  days: [mon, sat]\n"
    found = problems_of(MINIMAL + text)
    assert [(problem.field, problem.line) for problem in found] == [("window.hours", 6), ("window.days", 7)]


@pytest.mark.parametrize("name", profile_names())
def test_check_tells_the_law_the_warnings_and_that_it_is_no_advice(name: str) -> None:
    told = "\n".join(outline(minimal(f"profile: {name}\n")))
    assert NOT_LEGAL_ADVICE in told
    assert f"The profile {name} (" in told
    assert "stop" in told


def test_holidays_are_those_of_the_law_and_of_the_definition() -> None:
    """For a year: those of the Labour Code, and one day of the company."""
    told = minimal("profile: ua-debt\nwindow: {holidays: 2026-12-31}\n").notes
    (holidays,) = (note for note in told if note.startswith("Holidays"))
    assert holidays.startswith(
        "Holidays without calls from 2026-11-23 to 2027-11-23: 2026-12-25, 2026-12-31, 20"
    )
    assert "2027-08-24" in holidays


def test_a_ukrainian_campaign_is_warned_of_resolution_761() -> None:
    for name in ("ua-debt", "ua-marketing"):
        assert any("761" in note for note in minimal(f"profile: {name}\n").notes)


def test_recipients_of_a_definition_have_to_have_the_columns_of_consent() -> None:
    more = "consent: {given: '{{ day }}', source: '{{ form | default(\"Fair\") }}'}\nrecipients:\n"
    problem = problem_of(f"{more}  - {{phone: '0671234567', date: 2026-01-31}}\n")
    assert (problem.field, problem.line) == ("consent.given", 4)
    assert problem.message.startswith("uses {{ day }}, which no recipient has; they have: date, ")
    some = f"{more}  - {{phone: '0671234567', day: 2026-01-31}}\n  - {{phone: '0501112233'}}\n"
    assert minimal(some).recipients is not None


def test_who_needs_consent_is_told_what_follows() -> None:
    told = minimal("profile: ua-marketing\n").notes
    assert any(note.startswith("consent is left out") for note in told)
    assert any(note.startswith("end is left out") for note in told)
    more = "profile: ua-marketing\nend: 2027-01-01 12:00\nconsent: {given: '{{ day }}', source: Form}\n"
    assert not any("is left out" in note for note in minimal(more).notes)


def _on(day: date, more: str) -> Definition:
    return read_definition(
        MINIMAL + more, file=None, form="yaml", beside=None, account_timezone=KYIV, today=day
    )


def test_the_version_that_is_in_force_is_told() -> None:
    before = _on(date(2025, 4, 10), "profile: us-tcpa\n").notes
    after = _on(date(2025, 4, 11), "profile: us-tcpa\n").notes
    assert any("From 2025-04-11 on another version of us-tcpa" in note for note in before)
    assert not any("(a)(10)" in note for note in before)
    assert any("(a)(10)" in note for note in after)
    # a campaign that begins later is compared with what is in force then
    later = _on(date(2025, 4, 10), "profile: us-tcpa\nstart: 2025-05-01 12:00\n").notes
    assert any("(a)(10)" in note for note in later)
