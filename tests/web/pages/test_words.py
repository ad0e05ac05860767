"""Words, numbers and moments as people read them."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from types import MappingProxyType

import pytest

from campaigns.rules.policy import Call, Order, Pace, Policy, RetryPolicy, Rule, When
from campaigns.rules.vocabulary import (
    OPEN_ATTEMPTS,
    CallResult,
    CampaignState,
    EffectKind,
    Outcome,
    RecipientState,
)
from campaigns.rules.windows import CallingWindow, Hours
from web.pages.moments import about, clock_moment, lasting, short_moment
from web.pages.telling import facts_of
from web.pages.templating import named, share
from web.pages.throttle import Throttle
from web.pages.words import CAMPAIGN, OPEN_CALL, OUTCOME, RECIPIENT, RESULT, Tone, Word, word_of_call

NOW = datetime(2026, 12, 1, 12, 0, tzinfo=UTC)  # 14:00 in Kyiv, a Tuesday


@pytest.mark.parametrize(
    ("words", "states"),
    [
        (CAMPAIGN, CampaignState),
        (RECIPIENT, RecipientState),
        (RESULT, CallResult),
        (OUTCOME, Outcome),
        (OPEN_CALL, OPEN_ATTEMPTS),
    ],
)
def test_every_word_has_its_meaning_and_tone(words: Mapping[str, Word], states: type[StrEnum]) -> None:
    assert set(words) == set(states)


def test_a_call_is_told_by_its_result_or_by_where_it_stands() -> None:
    assert word_of_call("done", "busy")[0] == "busy"
    assert word_of_call("placed", None) == ("placed", OPEN_CALL["placed"])
    assert word_of_call("ambiguous", None)[1].tone is Tone.WAIT


@pytest.mark.parametrize(
    ("part", "whole", "told"),
    [
        (0, 0, "0 %"),
        (0, 5, "0 %"),
        (1, 3, "33 %"),
        (1, 1000, "<1 %"),
        (999, 1000, "99 %"),  # not finished, so never 100 %
        (5, 5, "100 %"),
    ],
)
def test_a_share_never_rounds_to_nobody_or_everybody(part: int, whole: int, told: str) -> None:
    assert share(part, whole).replace("\N{NO-BREAK SPACE}", " ") == told


@pytest.mark.parametrize(
    ("moment", "short"),
    [
        (NOW, "14:00"),
        (NOW + timedelta(hours=10), "Wed 2 Dec 00:00"),  # midnight in Kyiv, not in UTC
        (NOW - timedelta(hours=14, minutes=1), "Mon 30 Nov 23:59"),
        (datetime(2027, 1, 4, 7, 0, tzinfo=UTC), "Mon 4 Jan 2027 09:00"),
    ],
)
def test_a_moment_is_told_on_the_clock_of_the_campaign(moment: datetime, short: str) -> None:
    assert short_moment(moment, zone="Europe/Kyiv", now=NOW) == short


def test_a_call_is_told_to_the_second_and_an_end_only_about() -> None:
    at = NOW + timedelta(hours=1, seconds=7)
    assert clock_moment(at, zone="Europe/Kyiv", now=NOW) == "15:00:07"
    assert about(at, zone="Europe/Kyiv", now=NOW) == "today about 15:00"
    assert about(at + timedelta(days=1), zone="Europe/Kyiv", now=NOW) == "tomorrow about 15:00"
    assert about(at + timedelta(days=2), zone="Europe/Kyiv", now=NOW) == "Thu 3 Dec about 15:00"


@pytest.mark.parametrize(
    ("seconds", "told"),
    [(10, "less than a minute"), (720, "12 min"), (7200, "2 h"), (7859, "2 h 10 min")],
)
def test_what_takes_time_is_told_in_hours_and_minutes(seconds: int, told: str) -> None:
    assert lasting(timedelta(seconds=seconds)) == told


@pytest.mark.parametrize(
    ("data", "name"),
    [
        ({"name": "Olena"}, "Olena"),
        ({"ПІБ": "Олена Шевченко", "city": "Київ"}, "Олена Шевченко"),
        ({"Ім’я": "Олена"}, "Олена"),
        ({"name": "", "ФИО": "Елена"}, "Елена"),
        ({"city": "Київ"}, ""),
        (None, ""),
    ],
)
def test_a_person_is_named_as_the_list_names_them(data: object, name: str) -> None:
    assert named(data) == name


def test_a_definition_is_told_back_in_plain_words() -> None:
    policy = Policy(
        name="X",
        account="default",
        from_ext="101",
        call=Call(play="hello.mp3", connect=None, success_after=timedelta(seconds=15)),
        window=CallingWindow(
            hours=(Hours(540, 720), Hours(840, 1440)), days=frozenset({0, 1, 2, 3, 4}), timezone=None
        ),
        account_timezone="Europe/Kyiv",
        pace=Pace(lines=5, per_minute=30),
        retry=RetryPolicy(
            attempts=3,
            delay=timedelta(hours=2),
            by_result=MappingProxyType({CallResult.BUSY: timedelta(minutes=15), CallResult.NO_ANSWER: None}),
        ),
        rules=(
            Rule(When(key="1", ivr="Menu"), outcome="promised_to_pay", sms="Дякуємо!"),
            Rule(When(result=CallResult.NO_ANSWER), orders=(Order(EffectKind.TASK, {}),)),
            Rule(When(state=RecipientState.EXHAUSTED), suppress=True),
        ),
    )
    assert [tuple(fact) for fact in facts_of(policy)] == [
        ("The call", "From 101; plays hello.mp3; listened means at least 15s."),
        ("Calling hours", "Mon–Fri 09:00–12:00 and 14:00–24:00, each person's own time zone."),
        ("Tries", "Up to 3 calls a person, 2h apart; after busy 15m; after no answer no further call."),
        ("Calling a person ends", "when the message was listened to."),
        ("Pace", "at most 5 calls at once and at most 30 a minute"),
        ("Key 1 in Menu", "The outcome is promised to pay; SMS “Дякуємо!”"),
        ("After no answer", "Task"),
        ("When exhausted", "Never call or text again"),
    ]


def test_each_failure_beyond_the_fifth_doubles_the_delay_up_to_five_minutes() -> None:
    throttle = Throttle()
    waits = []
    for moment in range(14):
        waits.append(throttle.wait_seconds(account="a", address="b", moment=moment / 100))
        throttle.tried(account="a", address="b", moment=moment / 100)
    assert waits == [0, 0, 0, 0, 0, 10, 20, 40, 80, 160, 300, 300, 300, 300]
    assert throttle.wait_seconds(account="a", address="b", moment=301) == 0
    assert throttle.wait_seconds(account="other", address="c", moment=0.2) == 0


def test_what_succeeded_is_forgiven_and_what_failed_elsewhere_is_not() -> None:
    throttle = Throttle()
    for number in range(21):
        throttle.tried(account=f"user{number}", address="b", moment=0)
    throttle.succeeded(account="user20", address="b")
    assert throttle.wait_seconds(account="user20", address="b", moment=1) == 9
