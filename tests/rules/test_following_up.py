"""Which rules follow from what happened."""

import pytest

from campaigns.rules.following_up import outcome_named, rules_numbered, rules_of_call, rules_of_state
from campaigns.rules.policy import KeyPress, Rule, When
from campaigns.rules.vocabulary import CallResult, RecipientState
from tests.rules.standings import a_policy, on_key, on_result, on_state

R, S = CallResult, RecipientState


@pytest.mark.parametrize(
    ("when", "keys", "fires"),
    [
        (When(key="1"), [("Menu", "0", "1")], True),
        (When(key="1"), [("Menu", "0", "2"), ("Other", "00", "1")], True),  # any key of the call
        (When(key="1"), [], False),
        (When(key="1"), [("Menu", "0", "11")], False),
        (When(key="1", ivr="Menu"), [("Menu", "0", "1")], True),
        (When(key="1", ivr="Menu"), [("Other", "0", "1")], False),
        (When(key="1", ivr="Menu"), [("Other", "0", "1"), ("Menu", "0", "2")], False),  # one press, all of it
        (When(key="1", entry="09"), [("Menu", "09", "1")], True),
        (When(key="1", entry="09"), [("Menu", "9", "1")], False),  # leading zeros matter
        (When(key="1", ivr="Menu", entry="0"), [("Menu", "1", "1"), ("Other", "0", "1")], False),
        (When(key="1", ivr="Menu", entry="0"), [("Menu", "1", "1"), ("Menu", "0", "1")], True),
        (When(key="*"), [("Menu", "0", "*")], True),
    ],
)
def test_a_key_rule_matches_one_press_whole(
    when: When, keys: list[tuple[str, str, str]], fires: bool
) -> None:
    policy = a_policy(rules=(Rule(when, sms="Hello"),))
    presses = [KeyPress(*press) for press in keys]
    assert bool(rules_of_call(policy, result=R.ANSWERED_SHORT, keys=presses, fired=())) is fires


RULES = (
    on_key("1", sms="0"),
    on_result(R.BUSY, sms="1"),
    on_result(R.NO_ANSWER, sms="2"),
    on_state(S.EXHAUSTED, sms="3"),
    on_result(R.BUSY, sms="4"),
    on_key("1", sms="5"),
)


@pytest.mark.parametrize(
    ("result", "keys", "fired", "now"),
    [
        (R.BUSY, "", (), [1, 4]),  # several may apply, in order
        (R.BUSY, "1", (), [0, 1, 4, 5]),
        (R.NO_ANSWER, "", (), [2]),
        (R.ANSWERED_FULL, "", (), []),
        (R.BUSY, "", (2,), []),  # refined after the rule of the first word has fired
        (R.NO_ANSWER, "1", (1, 4), [0, 5]),  # keys still count then
        (R.BUSY, "1", (0, 5), [1, 4]),  # no result rule has fired yet
        (R.BUSY, "1", (0, 1, 4, 5), []),
        (R.BUSY, "", (99,), [1, 4]),  # a number that the definition does not have
    ],
)
def test_each_rule_fires_once_for_a_call(
    result: CallResult, keys: str, fired: tuple[int, ...], now: list[int]
) -> None:
    presses = [KeyPress("Menu", "0", key) for key in keys]
    rules = rules_of_call(a_policy(rules=RULES), result=result, keys=presses, fired=fired)
    assert [rule.number for rule in rules] == now


def test_rules_of_a_state_are_those_that_name_it() -> None:
    policy = a_policy(rules=RULES)
    fired = {state: [rule.number for rule in rules_of_state(policy, state)] for state in S}
    assert fired == {state: [3] if state is S.EXHAUSTED else [] for state in S}


@pytest.mark.parametrize(
    ("rules", "outcome"),
    [
        ([], None),
        ([on_key("1", sms="Hello")], None),
        ([on_key("1", suppress=True)], "opted_out"),
        ([on_key("1", outcome="a"), on_key("1", outcome="b")], "a"),
        ([on_key("1", suppress=True), on_key("1", outcome="b")], "b"),
    ],
)
def test_the_first_outcome_counts(rules: list[Rule], outcome: str | None) -> None:
    policy = a_policy(rules=tuple(rules))
    assert outcome_named(rules_numbered(policy, range(len(rules)))) == outcome


def test_a_number_that_the_definition_does_not_have_is_passed_over() -> None:
    assert rules_numbered(a_policy(rules=()), [0, 3]) == ()
