"""Every word of the contract's section 4, good and bad."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from campaigns.definition import policy_of
from campaigns.rules.policy import Policy
from campaigns.rules.vocabulary import CallResult, EffectKind, Goal, RecipientState
from campaigns.rules.windows import Hours
from tests.definition.reading_aloud import KYIV, MINIMAL, minimal, problem_of, problems_of, read

Look = Callable[[Policy], Any]
RULE = "rules:\n  - when: {state: exhausted}\n    "
SMS = "sms: {modem: '380671234567'}\n"


def instant(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[arg-type,misc]


@pytest.mark.parametrize(
    ("more", "look", "means"),
    [
        ("", lambda p: (p.account, p.country, p.goal, p.open), ("default", "UA", Goal.LISTENED, False)),
        ("", lambda p: (p.window.hours, p.window.timezone), ((Hours(480, 1200),), KYIV)),
        ("", lambda p: (p.window.days, p.window.holidays), (frozenset(range(7)), frozenset())),
        ("", lambda p: (p.pace.lines, p.pace.per_minute, p.pace.weight), (None, None, 1)),
        ("", lambda p: (p.retry.attempts, p.retry.delay), (1, timedelta(0))),
        ("", lambda p: (p.start, p.end, p.rules, p.sms), (None, None, (), None)),
        ("account: second office\n", lambda p: p.account, "second office"),
        ("country: pl\n", lambda p: p.country, "PL"),
        ("start: 2026-12-01 09:00\n", lambda p: p.start, instant(2026, 12, 1, 7)),
        ("start: 2026-12-01T09:00:30\n", lambda p: p.start, instant(2026, 12, 1, 7, 0, 30)),
        ("start: 2026-12-01T09:00:00Z\n", lambda p: p.start, instant(2026, 12, 1, 9)),
        ("start: 2026-12-01 09:00+01:00\n", lambda p: p.start, instant(2026, 12, 1, 8)),
        # the hour that comes twice: the first one, still in summer time (+03:00)
        ("end: 2027-10-31 03:30\n", lambda p: p.end, instant(2027, 10, 31, 0, 30)),
        (
            "window: {timezone: Asia/Tokyo}\nstart: 2026-12-01 09:00\n",
            lambda p: p.start,
            instant(2026, 12, 1),
        ),
        ("window: {timezone: recipient}\n", lambda p: p.window.timezone, None),
        (
            "window: {timezone: recipient}\nstart: 2026-12-01 09:00\n",
            lambda p: p.start,
            instant(2026, 12, 1, 7),
        ),
        ("window: {hours: '00:00-24:00'}\n", lambda p: p.window.hours, (Hours(0, 1440),)),
        ("window: {hours: 9:00 – 18:30}\n", lambda p: p.window.hours, (Hours(540, 1110),)),
        (
            "window: {hours: ['14:00-19:30', '09:00-12:00']}\n",
            lambda p: p.window.hours,
            (Hours(540, 720), Hours(840, 1170)),
        ),
        ("window: {hours: ['09:00-12:00', '12:00-14:00']}\n", lambda p: p.window.hours, (Hours(540, 840),)),
        ("window: {days: [sat, sun]}\n", lambda p: p.window.days, frozenset({5, 6})),
        ("window: {days: mon}\n", lambda p: p.window.days, frozenset({0})),
        ("pace: {lines: 5, weight: 3}\n", lambda p: (p.pace.lines, p.pace.weight), (5, 3)),
        ("pace: {per_minute: 30}\n", lambda p: p.pace.per_minute, 30),
        ("retry: {attempts: 3, delay: 90s}\n", lambda p: p.retry.delay, timedelta(seconds=90)),
        (
            "retry: {attempts: 2, by_result: {unknown: 0s, busy: never}}\n",
            lambda p: dict(p.retry.by_result),
            {CallResult.UNKNOWN: timedelta(0), CallResult.BUSY: None},
        ),
        ("goal: answered\n", lambda p: p.goal, Goal.ANSWERED),
        ("goal: key\n", lambda p: p.goal, Goal.KEY),
        ("open: true\n", lambda p: p.open, True),
        (RULE + "outcome: Не відповів\n", lambda p: p.rules[0].outcome, "Не відповів"),
        (RULE + "suppress: true\n", lambda p: p.rules[0].suppress, True),
        (SMS + RULE + "sms: |\n      two\n      lines\n", lambda p: p.rules[0].sms, "two\nlines"),
        (
            "rules:\n- {when: {key: '*', ivr: Menu, entry: '0'}, outcome: a}\n",
            lambda p: p.rules[0].when.ivr,
            "Menu",
        ),
        ("rules:\n- {when: {key: '#'}, outcome: a}\n", lambda p: p.rules[0].when.key, "#"),
        ("rules:\n- {when: {result: busy}, outcome: a}\n", lambda p: p.rules[0].when.result, CallResult.BUSY),
        (
            "rules:\n- {when: {state: done}, outcome: a}\n",
            lambda p: p.rules[0].when.state,
            RecipientState.DONE,
        ),
        (SMS, lambda p: (p.sms.modem, p.sms.ext, p.sms.window == p.window), ("380671234567", "101", True)),
        ("sms: {modem: 380671234567, ext: 102, hours: 10:00-12:00}\n", lambda p: p.sms.ext, "102"),
        (
            "window: {days: mon}\nsms: {modem: 380671234567, hours: [10:00-12:00]}\n",
            lambda p: (p.sms.window.hours, p.sms.window.days),
            ((Hours(600, 720),), frozenset({0})),
        ),
    ],
)
def test_a_word_means_what_the_contract_says(more: str, look: Look, means: object) -> None:
    definition = minimal(more)
    assert look(definition.policy) == means
    assert policy_of(definition.document, account_timezone=KYIV) == definition.policy


@pytest.mark.parametrize(
    ("action", "kind", "fields"),
    [
        ("note: Paid {{ amount }}", EffectKind.NOTE, {"text": "Paid {{ amount }}"}),
        ("campaign: Second call", EffectKind.CAMPAIGN, {"name": "Second call"}),
        ("contact: {name: '{{ name }}'}", EffectKind.CONTACT, {"name": "{{ name }}"}),
        ("message: {ext: 102, text: Hi}", EffectKind.MESSAGE, {"ext": "102", "text": "Hi"}),
        ("message: {text: Hi}", EffectKind.MESSAGE, {"ext": "101", "text": "Hi"}),
        (
            "deal: {name: a, sum: '1 250,5', stage: 2}",
            EffectKind.DEAL,
            {"name": "a", "sum": "1 250,5", "stage": "2", "status": "active"},
        ),
        (
            "deal: {name: a, sum: '{{ s }}', stage: 2}",
            EffectKind.DEAL,
            {"name": "a", "sum": "{{ s }}", "stage": "2", "status": "active"},
        ),
        (
            "deal: {name: a, sum: 5, stage: 2, status: won}",
            EffectKind.DEAL,
            {"name": "a", "sum": "5", "stage": "2", "status": "won"},
        ),
        (
            "task: {ext: 102, text: a, type: 2, due: 90m}",
            EffectKind.TASK,
            {"ext": "102", "text": "a", "type": "meeting", "due": "90m"},
        ),
        ("task: {text: a}", EffectKind.TASK, {"ext": "101", "text": "a", "type": "follow-up", "due": "1d"}),
        (
            "task: {text: a, type: 3}",
            EffectKind.TASK,
            {"ext": "101", "text": "a", "type": "call", "due": "1d"},
        ),
    ],
)
def test_a_further_action_is_an_order_with_all_its_fields(
    action: str, kind: EffectKind, fields: dict[str, str]
) -> None:
    definition = minimal(RULE + action + "\n")
    (order,) = definition.policy.rules[0].orders
    assert (order.kind, dict(order.fields)) == (kind, fields)
    assert policy_of(definition.document, account_timezone=KYIV) == definition.policy


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ("country: XX\n", "country"),
        ("country: UKR\n", "country"),
        ("start: 2026-12-01\n", "start"),
        ("start: 09:00\n", "start"),
        ("start: tomorrow\n", "start"),
        ("start: 2026-02-30 09:00\n", "start"),
        ("start: 2026-12-01 25:00\n", "start"),
        ("start: 2026-12-01 09:00+99:00\n", "start"),
        ("start: 0001-01-01 00:00\n", "start"),
        ("start: 9999-12-31 23:59\n", "start"),
        ("start: 2027-03-28 03:00\n", "start"),  # Kyiv skips 03:00-03:59 that night
        ("end: 2027-03-28 03:59\n", "end"),
        ("start: 2026-12-01 09:00\nend: 2026-12-01 09:00\n", "end"),
        ("start: 2026-12-02 09:00\nend: 2026-12-01 09:00\n", "end"),
        ("window: {hours: 20:00-09:00}\n", "window.hours"),
        ("window: {hours: 09:00-09:00}\n", "window.hours"),
        ("window: {hours: 09:00-24:01}\n", "window.hours"),
        ("window: {hours: 09:60-10:00}\n", "window.hours"),
        ("window: {hours: 24:00-24:00}\n", "window.hours"),
        ("window: {hours: 9-18}\n", "window.hours"),
        ("window: {hours: 0900-1800}\n", "window.hours"),
        ("window: {hours: []}\n", "window.hours"),
        ("window: {hours: [[09:00-10:00]]}\n", "window.hours.0"),
        ("window: {hours: [09:00-12:00, 11:00-13:00]}\n", "window.hours"),
        ("window: {days: []}\n", "window.days"),
        ("window: {days: [mon, monday]}\n", "window.days.1"),
        ("window: {days: [1]}\n", "window.days.0"),
        ("window: {timezone: Kyiv}\n", "window.timezone"),
        ("window: {timezone: ../../etc/passwd}\n", "window.timezone"),
        ("window: {timezone: Europe}\n", "window.timezone"),
        ("window: {timezone: europe/kyiv}\n", "window.timezone"),
        ("window: {holidays: XX}\n", "window.holidays"),
        ("window: {holidays: Ukraine}\n", "window.holidays"),
        ("window: {holidays: [UA, 2026-02-30]}\n", "window.holidays.1"),
        ("window: {holidays: {UA: true}}\n", "window.holidays"),
        ("pace: {lines: 0}\n", "pace.lines"),
        ("pace: {lines: -1}\n", "pace.lines"),
        ("pace: {per_minute: 0}\n", "pace.per_minute"),
        ("pace: {weight: 0}\n", "pace.weight"),
        ("pace: {weight: 99999999999999999999}\n", "pace.weight"),
        ("retry: {attempts: 0}\n", "retry.attempts"),
        ("retry: {delay: -1h}\n", "retry.delay"),
        ("retry: {delay: 5}\n", "retry.delay"),
        ("retry: {delay: 2 hours}\n", "retry.delay"),
        ("retry: {delay: never}\n", "retry.delay"),
        ("retry: {by_result: {busy: soon}}\n", "retry.by_result.busy"),
        ("retry: {by_result: {busy: Never}}\n", "retry.by_result.busy"),
        ("retry: {by_result: never}\n", "retry.by_result"),
        ("goal: success\n", "goal"),
        ("rules: {when: {key: 1}}\n", "rules"),
        ("rules: [{outcome: a}]\n", "rules.0.when"),
        ("rules: [{when: {key: 1}}]\n", "rules.0"),
        ("rules: [{when: {}, outcome: a}]\n", "rules.0.when"),
        ("rules: [{when: {key: 1, state: done}, outcome: a}]\n", "rules.0.when"),
        ("rules: [{when: {result: busy, state: done}, outcome: a}]\n", "rules.0.when"),
        ("rules: [{when: {result: busy, ivr: Menu}, outcome: a}]\n", "rules.0.when.ivr"),
        ("rules: [{when: {state: done, entry: 0}, outcome: a}]\n", "rules.0.when.entry"),
        ("rules: [{when: {key: A}, outcome: a}]\n", "rules.0.when.key"),
        ("rules: [{when: {result: answered}, outcome: a}]\n", "rules.0.when.result"),
        ("rules: [{when: {state: calling}, outcome: a}]\n", "rules.0.when.state"),
        ("rules: [{when: {key: 1}, outcome: [a]}]\n", "rules.0.outcome"),
        ("rules: [{when: {key: 1}, outcome: '{{ name }}'}]\n", "rules.0.outcome"),
        ("rules: [{when: {key: 1}, suppress: maybe}]\n", "rules.0.suppress"),
        (RULE + "sms: Hi\n", "rules.0.sms"),  # no section sms
        (SMS + RULE + "sms: ''\n", "rules.0.sms"),
        (SMS + RULE + "sms: '{% if name %}'\n", "rules.0.sms"),
        (SMS + RULE + "sms: " + "a" * 10_001 + "\n", "rules.0.sms"),
        (RULE + "task: Call back\n", "rules.0.task"),
        (RULE + "task: {ext: 101}\n", "rules.0.task.text"),
        (RULE + "task: {text: a, type: visit}\n", "rules.0.task.type"),
        (RULE + "task: {text: a, type: 4}\n", "rules.0.task.type"),
        (RULE + "task: {text: a, due: 0s}\n", "rules.0.task.due"),
        (RULE + "task: {text: a, due: 730d}\n", "rules.0.task.due"),
        (RULE + "task: {text: a, ext: reception}\n", "rules.0.task.ext"),
        (RULE + "note: '{{ 7*7 }}'\n", "rules.0.note"),
        (RULE + "deal: {name: a, sum: 5}\n", "rules.0.deal.stage"),
        (RULE + "deal: {name: a, sum: much, stage: 1}\n", "rules.0.deal.sum"),
        (RULE + "deal: {name: a, sum: -5, stage: 1}\n", "rules.0.deal.sum"),
        (RULE + "deal: {name: a, sum: 5, stage: won}\n", "rules.0.deal.stage"),
        (RULE + "deal: {name: a, sum: 5, stage: 1, status: closed}\n", "rules.0.deal.status"),
        (RULE + "message: {ext: 101}\n", "rules.0.message.text"),
        (RULE + "contact: {}\n", "rules.0.contact.name"),
        (RULE + "campaign: Reminder\n", "rules.0.campaign"),  # its own name
        (RULE + "campaign: '{{ next }}'\n", "rules.0.campaign"),
        (RULE + "campaign: '{% if %}'\n", "rules.0.campaign"),
        (RULE + "campaign: [a]\n", "rules.0.campaign"),
        ("sms: {ext: 101}\n", "sms.modem"),
        ("sms: {modem: SIM1}\n", "sms.modem"),
        ("sms: {modem: 1, hours: 20:00-08:00}\n", "sms.hours"),
        ("phone_column: [a]\n", "phone_column"),
    ],
)
def test_what_the_contract_does_not_allow_is_one_problem_naming_the_field(more: str, field: str) -> None:
    assert problem_of(more).field == field


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ("name: ''\nfrom: 1\ncall: {connect: 1}", "name"),
        ("name: |\n  a\n  b\nfrom: 1\ncall: {connect: 1}", "name"),
        ("name: " + "a" * 201 + "\nfrom: 1\ncall: {connect: 1}", "name"),
        ("name: a\nfrom: reception\ncall: {connect: 1}", "from"),
        ("name: a\nfrom: 1\ncall: {}", "call"),
        ("name: a\nfrom: 1\ncall: {connect: sales}", "call.connect"),
        ("name: a\nfrom: 1\ncall: {connect: '{{ phone }}'}", "call.connect"),
        ("name: a\nfrom: 1\ncall: {connect: 1, play: https://a.example/b.mp3}", "call"),
        ("name: a\nfrom: 1\ncall: {connect: 1, success_after: 15}", "call.success_after"),
        ("name: a\nfrom: 1\ncall: {connect: 1, success_after: -15s}", "call.success_after"),
        ("name: a\nfrom: 1\ncall: {connect: 1, variables: {sum: 1}}", "call.variables.sum"),
        ("name: a\nfrom: 1\ncall: {connect: 1, variables: {money: '1,250'}}", "call.variables.money"),
        ("name: a\nfrom: 1\ncall: {connect: 1, variables: {date: 12/01/2026}}", "call.variables.date"),
        ("name: a\nfrom: 1\ncall: {connect: 1, variables: {time: 25:00}}", "call.variables.time"),
        ("name: a\nfrom: 1\ncall: {connect: 1, variables: {time: '{{ a|safe }}'}}", "call.variables.time"),
    ],
)
def test_what_is_required_must_be_right(text: str, field: str) -> None:
    (problem,) = problems_of(text)
    assert problem.field == field


@pytest.mark.parametrize(
    ("play", "good"),
    [
        ("https://files.example.com/reminder.mp3", True),
        ("https://files.example.com:8443/a/b.WAV", True),
        ("http://127.0.0.1:8000/a.mp3", True),
        ("http://localhost/a.mp3", True),
        ("http://[::1]/a.mp3", True),
        ("http://files.example.com/a.mp3", False),
        ("http://127.0.0.1.example.com/a.mp3", False),
        ("https://files.example.com/a.ogg", False),
        ("https://files.example.com/", False),
        ("https:///a.mp3", False),
        ("https://[::1/a.mp3", False),
        ("https://files.example.com:port/a.mp3", False),
        ("ftp://files.example.com/a.mp3", False),
        ("file:///etc/a.mp3", False),
        ("https://files.example.com/a b.mp3", False),
    ],
)
def test_an_address_to_play_is_https_and_ends_as_sound(play: str, good: bool) -> None:
    text = f"name: a\nfrom: 1\ncall: {{play: '{play}'}}"
    if good:
        assert read(text).policy.call.play == play
    else:
        (problem,) = problems_of(text)
        assert problem.field == "call.play"


def test_an_hour_skipped_by_summer_time_is_named_with_the_hour_to_write_instead() -> None:
    assert problem_of("start: 2027-03-28 03:30\n").message == (
        "2027-03-28 03:30 never comes in Europe/Kyiv: the clocks go forward then; write 04:30 instead"
    )


def test_a_hosted_address_in_the_stored_document_is_taken_as_it_is() -> None:
    document = minimal().document | {"call": {"play": "http://dzvin.example:8000/audio/x7.mp3"}}
    assert policy_of(document, account_timezone=KYIV).call.play == "http://dzvin.example:8000/audio/x7.mp3"


@pytest.mark.parametrize(
    ("more", "note"),
    [
        ("", "window is left out: calls go out 08:00-20:00 every day, Europe/Kyiv."),
        ("window: {days: mon}\n", "window.hours is left out: calls go out 08:00-20:00."),
        (
            "window: {hours: 09:00-10:00}\ngoal: key\n",
            "goal is key, but no rule names a key: any key pressed ends",
        ),
        ("window: {hours: 09:00-10:00}\nend: 2026-11-22 20:00\n", "end, 2026-11-22 20:00, has passed"),
        (
            "window: {hours: 09:00-10:00}\nend: 2026-11-23 08:00\n",
            "No calling hours lie between start and end",
        ),
        (
            "window: {days: mon, hours: 09:00-10:00}\nstart: 2026-11-24 00:00\nend: 2026-11-29 23:00\n",
            "No calling hours lie between start and end",
        ),
        ("window: {hours: 09:00-10:00}\nretry: {delay: 2h}\n", "retry has no effect: attempts is 1"),
        (
            "window: {hours: 09:00-10:00}\nretry: {attempts: 2, by_result: {rejected: 1h}}\n",
            "retry.by_result.rejected has no effect",
        ),
        (
            "window: {hours: 09:00-10:00, holidays: [2026-12-24, 2027-12-24, 2026-01-01]}\n",
            "Holidays without calls from 2026-11-23 to 2027-11-23: 2026-12-24.",
        ),
        (
            "window: {hours: 09:00-10:00}\n" + RULE + "deal: {name: a, sum: '1 250,50', stage: 1}\n",
            "rules.0.deal.sum: LiraX's deals have whole sums, so it becomes 1251.",
        ),
        (
            "window: {hours: 09:00-10:00}\nphone_column: a\nrecipients: [{phone: 1}]\n",
            "phone_column has no effect",
        ),
    ],
)
def test_what_may_surprise_is_noted(more: str, note: str) -> None:
    (told,) = minimal(more).notes
    assert told.startswith(note)


def test_an_ordinary_definition_has_no_notes() -> None:
    assert minimal("window: {hours: 09:00-10:00}\nend: 2026-11-23 23:00\n").notes == ()


def test_a_country_and_dates_together_are_holidays() -> None:
    holidays = minimal("window: {holidays: [UA, 2026-12-24]}\n").policy.window.holidays
    assert {date(2026, 12, 24), date(2026, 12, 25), date(2027, 8, 24)} <= holidays


def test_the_smallest_definition_is_enough() -> None:
    assert read(MINIMAL).document == {"name": "Reminder", "from": "101", "call": {"connect": "5001"}}
