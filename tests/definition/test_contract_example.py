"""The example of the contract, section 4, word by word."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from campaigns.definition import Definition, columns_needed, outline, policy_of, texts_of
from campaigns.definition.outline import ListFigures
from campaigns.rules.policy import Call, Order, Pace, RetryPolicy, Rule, SmsSender, When
from campaigns.rules.vocabulary import CallResult, EffectKind, Goal, RecipientState
from campaigns.rules.windows import CallingWindow, Hours
from tests.definition.reading_aloud import KYIV, read

EXAMPLE = """
name: Payment reminder            # required, unique
account: default
from: "101"
call:
  play: https://files.example.com/reminder.mp3
  # connect: "5001"
  success_after: 15s
  variables:
    money: "{{ amount }}"
    date: "{{ due_date }}"
    time: "12:30"
recipients: debtors.csv
phone_column: phone
country: UA
start: 2026-12-01 09:00
end: 2026-12-05 20:00
window:
  hours: "09:00-20:00"
  days: [mon, tue, wed, thu, fri]
  timezone: Europe/Kyiv
  holidays: UA
pace: {lines: 5, per_minute: 30}
retry:
  attempts: 3
  delay: 2h
  by_result: {busy: 15m, answered_short: 1d, no_answer: never}
goal: listened
rules:
  - when: {key: "1"}
    outcome: promised
    sms: "Дякуємо, {{ name }}! Сума {{ amount }} грн."
  - when: {key: "9"}
    outcome: opted_out
    suppress: true
  - when: {key: "2"}
    task: {ext: "101", text: "Call back {{ name }}", type: call, due: 1h}
  - when: {state: exhausted}
    sms: "We could not reach you about {{ amount }} UAH."
sms: {modem: "380671234567", ext: "101", hours: "09:00-20:00"}
"""
WORKING_DAYS = frozenset(range(5))


@pytest.fixture
def example(tmp_path: Path) -> Definition:
    (tmp_path / "debtors.csv").write_text("phone,name,amount,due_date\n", encoding="utf-8")
    return read(EXAMPLE, beside=tmp_path)


def test_every_value_of_the_example_means_what_it_says(example: Definition) -> None:
    policy = example.policy
    assert (policy.name, policy.account, policy.from_ext) == ("Payment reminder", "default", "101")
    assert policy.call == Call(
        play="https://files.example.com/reminder.mp3",
        connect=None,
        success_after=timedelta(seconds=15),
        variables={"money": "{{ amount }}", "date": "{{ due_date }}", "time": "12:30"},
    )
    assert policy.start == datetime(2026, 12, 1, 7, tzinfo=UTC)  # Kyiv is two hours ahead in winter
    assert policy.end == datetime(2026, 12, 5, 18, tzinfo=UTC)
    assert (policy.country, policy.goal, policy.open) == ("UA", Goal.LISTENED, False)
    assert policy.pace == Pace(lines=5, per_minute=30)
    assert policy.retry == RetryPolicy(
        attempts=3,
        delay=timedelta(hours=2),
        by_result={
            CallResult.BUSY: timedelta(minutes=15),
            CallResult.ANSWERED_SHORT: timedelta(days=1),
            CallResult.NO_ANSWER: None,
        },
    )


def test_the_window_of_the_example_leaves_out_weekends_and_holidays(example: Definition) -> None:
    window = example.policy.window
    assert (window.hours, window.days, window.timezone) == ((Hours(540, 1200),), WORKING_DAYS, KYIV)
    assert date(2026, 12, 25) in window.holidays
    assert date(2026, 12, 24) not in window.holidays


def test_the_rules_of_the_example(example: Definition) -> None:
    task = {"ext": "101", "text": "Call back {{ name }}", "type": "call", "due": "1h"}
    assert example.policy.rules == (
        Rule(When(key="1"), outcome="promised", sms="Дякуємо, {{ name }}! Сума {{ amount }} грн."),
        Rule(When(key="9"), outcome="opted_out", suppress=True),
        Rule(When(key="2"), orders=(Order(EffectKind.TASK, task),)),
        Rule(When(state=RecipientState.EXHAUSTED), sms="We could not reach you about {{ amount }} UAH."),
    )
    window = example.policy.window
    sms_window = CallingWindow((Hours(540, 1200),), WORKING_DAYS, KYIV, window.holidays)
    assert example.policy.sms == SmsSender("380671234567", "101", sms_window)


def test_the_list_stands_beside_the_definition(example: Definition, tmp_path: Path) -> None:
    assert example.recipients == tmp_path / "debtors.csv"
    assert example.phone_column == "phone"
    assert example.play_file is None
    assert "recipients" not in example.document


def test_the_stored_document_gives_the_same_policy(example: Definition) -> None:
    assert policy_of(example.document, account_timezone=KYIV) == example.policy


def test_the_columns_that_texts_use_are_known_with_the_first_field_that_uses_them(
    example: Definition,
) -> None:
    assert columns_needed(example.policy) == {
        "amount": "call.variables.money",
        "due_date": "call.variables.date",
        "name": "rules.0.sms",
    }
    assert [field for field, _ in texts_of(example.policy)] == [
        *("call.variables.money", "call.variables.date", "call.variables.time"),
        *("rules.0.sms", "rules.2.task.text", "rules.3.sms"),
    ]


def test_the_notes_tell_holidays(example: Definition) -> None:
    assert example.notes == ("Holidays without calls from 2026-12-01 to 2026-12-05: none of them.",)


def test_the_outline_tells_in_sentences_what_would_happen(example: Definition) -> None:
    assert outline(example, figures=ListFigures(accepted=20, duplicates=2, rejected=1)) == [
        "Campaign “Payment reminder” of the account default calls from 101.",
        "The list is debtors.csv; its national numbers are those of UA.",
        "Of the list 20 would be called, 2 are duplicates, 1 are rejected.",
        "Who answers hears https://files.example.com/reminder.mp3; 15s count as listened.",
        "The IVR is given money “{{ amount }}”, date “{{ due_date }}” and time “12:30”.",
        "Calls go out 09:00-20:00 on mon, tue, wed, thu and fri, Europe/Kyiv, except on holidays.",
        "The first call is not before 2026-12-01 09:00 (Europe/Kyiv).",
        "Nobody is called after 2026-12-05 20:00 (Europe/Kyiv); who is left ends as expired.",
        "At most 5 calls at once and 30 requests in any minute.",
        "Everybody is called up to 3 times until somebody has listened long enough: again in 15m after "
        "busy, again in 1d after answered_short, never again after no_answer and again in 2h after any other "
        "result.",
        "Rule 0: when the key 1 is pressed, then the outcome is promised and an SMS is sent: "
        "“Дякуємо, {{ name }}! Сума {{ amount }} грн.”.",
        "Rule 1: when the key 9 is pressed, then the outcome is opted_out and "
        "the number is never called or texted again.",
        "Rule 2: when the key 2 is pressed, then 101 gets the task “Call back {{ name }}” (call, due in 1h).",
        "Rule 3: when somebody ends as exhausted, then an SMS is sent: "
        "“We could not reach you about {{ amount }} UAH.”.",
        "SMS leave from 380671234567, 09:00-20:00 on mon, tue, wed, thu and fri.",
        *example.notes,
    ]
