"""Every event at every state, and what each way of ending a call makes of a person."""

from collections.abc import Iterator
from copy import deepcopy
from dataclasses import replace
from datetime import timedelta

import pytest

from campaigns.rules.deciding import decide
from campaigns.rules.policy import RetryPolicy
from campaigns.rules.reasons import Waiting
from campaigns.rules.standing import (
    FIRST,
    RETRY,
    Cancelled,
    Claimed,
    Decision,
    Delayed,
    Ended,
    Event,
    Expired,
    Impossible,
    Person,
    Refined,
    Standing,
    Suppressed,
    Unplaced,
)
from campaigns.rules.vocabulary import (
    FINAL_STATES,
    QUEUED_STATES,
    CallResult,
    Goal,
    Outcome,
    RecipientState,
)
from tests.rules.standings import HOUR, NOW, circumstances, on_key, on_result, on_state, pressed, standing

R, S = CallResult, RecipientState
TOLD_AFTER_A_RING = [result for result in R if result not in (R.REJECTED, R.UNPLACED)]
BARS = (None, S.CANCELLED, S.SUPPRESSED)

EVENTS: list[Event] = [
    Claimed(),
    Suppressed(),
    Cancelled(),
    Expired(),
    Delayed(NOW + HOUR, Waiting.HOURS),
    Delayed(NOW + HOUR, Waiting.NUMBER_BUSY),
    *(Unplaced(bar=bar) for bar in BARS),
    Unplaced(named="promised"),
    *(Ended(result, NOW, bar=bar) for result in R if result is not R.UNPLACED for bar in BARS),
    Ended(R.BUSY, NOW, named="promised"),
    *(
        Refined(result, NOW, bar=bar, latest=latest, counted=counted)
        for result in TOLD_AFTER_A_RING
        for bar in BARS
        for latest in (True, False)
        for counted in (True, False)
    ),
]
POSSIBLE = {
    Claimed: QUEUED_STATES,
    Suppressed: QUEUED_STATES,
    Cancelled: QUEUED_STATES,
    Expired: QUEUED_STATES,
    Delayed: QUEUED_STATES,
    Unplaced: {S.CALLING},
    Ended: {S.CALLING},
    Refined: set(S),
}


def decisions() -> Iterator[tuple[Standing, Event, Decision | None]]:
    for state in S:
        for attempts in (0, 2):
            for event in EVENTS:
                before = standing(state, attempts=attempts)
                try:
                    yield before, event, decide(deepcopy(before), event, circumstances())
                except Impossible:
                    yield before, event, None


def test_every_event_either_decides_or_is_impossible() -> None:
    for before, event, decision in decisions():
        assert (decision is not None) == (before.state in POSSIBLE[type(event)]), (before, event)


def test_every_state_is_reached() -> None:
    reached = {decision.standing.state for _, _, decision in decisions() if decision is not None}
    assert reached == set(S)


def test_who_waits_has_a_time_and_who_is_final_an_outcome() -> None:
    for before, event, decision in decisions():
        if decision is None:
            continue
        after = decision.standing
        assert (after.due_at is None) == (after.closes_at is None) == (after.state not in QUEUED_STATES)
        assert (after.outcome is None) == (after.finished_at is None) == (after.state not in FINAL_STATES)
        assert after.attempts - before.attempts in (0, 1), event


def test_a_final_state_is_left_only_for_a_more_exact_word_of_the_last_call() -> None:
    for before, event, decision in decisions():
        if before.state not in FINAL_STATES or decision is None:
            continue
        assert isinstance(event, Refined)
        if not event.latest or before.state not in (S.DONE, S.EXHAUSTED):
            assert (decision.standing.state, decision.standing.outcome) == (before.state, before.outcome)


def test_nobody_barred_is_ever_put_back_into_the_queue() -> None:
    for before, event, decision in decisions():
        if decision is not None and before.state not in QUEUED_STATES and getattr(event, "bar", None):
            assert decision.standing.state not in QUEUED_STATES, (before, event)


@pytest.mark.parametrize(
    ("result", "attempts", "state", "outcome"),
    [  # `attempts` made before this one, of three
        (R.ANSWERED_FULL, 0, S.DONE, "listened"),
        (R.ANSWERED_SHORT, 0, S.WAITING, None),
        (R.ANSWERED_SHORT, 2, S.EXHAUSTED, "answered"),
        (R.BUSY, 0, S.WAITING, None),
        (R.BUSY, 2, S.EXHAUSTED, "unreached"),
        (R.UNREACHABLE, 2, S.EXHAUSTED, "unreached"),
        (R.NOT_ALLOWED, 2, S.EXHAUSTED, "unreached"),
        (R.NO_ANSWER, 2, S.EXHAUSTED, "unreached"),
        (R.REJECTED, 0, S.INVALID, "invalid"),
        (R.REJECTED, 1, S.EXHAUSTED, "unreached"),
        (R.UNKNOWN, 0, S.DONE, "unknown"),
        (R.UNKNOWN, 2, S.DONE, "unknown"),
    ],
)
def test_how_a_call_ends_decides_what_becomes_of_the_person(
    result: CallResult, attempts: int, state: RecipientState, outcome: str | None
) -> None:
    before = standing(S.CALLING, attempts=attempts)
    after = decide(before, Ended(result, NOW), circumstances()).standing
    assert (after.state, after.outcome, after.last_result) == (state, outcome, result)
    assert after.attempts == attempts + (result is not R.REJECTED)


@pytest.mark.parametrize(
    ("result", "best", "outcome"),
    [
        (R.UNKNOWN, Outcome.ANSWERED, "answered"),  # what an earlier attempt earned
        (R.UNKNOWN, Outcome.LISTENED, "listened"),
        (R.REJECTED, Outcome.ANSWERED, "answered"),
        (R.BUSY, Outcome.LISTENED, "listened"),
        (R.ANSWERED_SHORT, Outcome.LISTENED, "listened"),
    ],
)
def test_what_was_earned_before_is_kept(result: CallResult, best: Outcome, outcome: str) -> None:
    before = standing(S.CALLING, attempts=2, best=best)
    assert decide(before, Ended(result, NOW), circumstances()).standing.outcome == outcome


def test_unknown_is_called_again_where_the_rules_name_it_and_is_exhausted_in_the_end() -> None:
    retry = RetryPolicy(attempts=2, delay=HOUR, by_result={R.UNKNOWN: timedelta(minutes=5)})
    first = decide(standing(S.CALLING), Ended(R.UNKNOWN, NOW), circumstances(retry=retry)).standing
    assert (first.state, first.due_at, first.turn) == (S.WAITING, NOW + timedelta(minutes=5), RETRY)
    last = decide(standing(S.CALLING, attempts=1), Ended(R.UNKNOWN, NOW), circumstances(retry=retry)).standing
    assert (last.state, last.outcome) == (S.EXHAUSTED, "unknown")


@pytest.mark.parametrize(
    ("goal", "result", "keys", "done"),
    [
        (Goal.ANSWERED, R.ANSWERED_SHORT, (), True),
        (Goal.ANSWERED, R.ANSWERED_FULL, (), True),
        (Goal.ANSWERED, R.NO_ANSWER, (), False),
        (Goal.LISTENED, R.ANSWERED_SHORT, ("1",), False),
        (Goal.LISTENED, R.ANSWERED_FULL, (), True),
        (Goal.KEY, R.ANSWERED_FULL, (), False),
        (Goal.KEY, R.ANSWERED_SHORT, ("7",), True),
    ],
)
def test_the_goal_ends_the_calling(goal: Goal, result: CallResult, keys: tuple[str, ...], done: bool) -> None:
    event = Ended(result, NOW, pressed(*keys))
    after = decide(standing(S.CALLING), event, circumstances(goal=goal)).standing
    assert after.state is (S.DONE if done else S.WAITING)


@pytest.mark.parametrize(
    ("event", "state", "outcome"),
    [
        (Ended(R.BUSY, NOW, bar=S.SUPPRESSED), S.SUPPRESSED, "opted_out"),
        (Ended(R.BUSY, NOW, bar=S.CANCELLED), S.EXHAUSTED, "unreached"),  # open calls end by their own result
        (Ended(R.ANSWERED_FULL, NOW, bar=S.CANCELLED), S.DONE, "listened"),
        (Ended(R.ANSWERED_FULL, NOW, bar=S.SUPPRESSED), S.DONE, "listened"),
        (Unplaced(bar=S.CANCELLED), S.CANCELLED, "cancelled"),
        (Unplaced(bar=S.SUPPRESSED), S.SUPPRESSED, "opted_out"),
        (Unplaced(), S.PENDING, None),
    ],
)
def test_what_a_bar_makes_of_an_open_call(event: Event, state: RecipientState, outcome: str | None) -> None:
    after = decide(standing(S.CALLING), event, circumstances()).standing
    assert (after.state, after.outcome, after.attempts) == (state, outcome, isinstance(event, Ended))


def test_what_never_rang_costs_nothing_and_keeps_its_turn() -> None:
    first = decide(standing(S.CALLING), Unplaced(), circumstances()).standing
    again = decide(standing(S.CALLING, attempts=1), Unplaced(), circumstances()).standing
    assert (first.state, first.turn, first.due_at) == (S.PENDING, FIRST, NOW)
    assert (again.state, again.turn, again.attempts) == (S.WAITING, RETRY, 1)


PROMISED = on_key("1", outcome="promised")
STOP = on_key("9", suppress=True)


@pytest.mark.parametrize(
    ("rules", "keys", "outcome", "suppress"),
    [
        ((PROMISED,), "1", "promised", False),
        ((STOP,), "9", "opted_out", True),
        ((on_key("9", suppress=True, outcome="refused"),), "9", "refused", True),
        ((PROMISED, STOP), "19", "promised", True),  # the first outcome counts, both apply
        ((STOP, PROMISED), "19", "promised", True),  # suppressing names no outcome of its own here
        ((on_key("1", outcome="first"), on_key("1", outcome="second")), "1", "first", False),
        ((on_result(R.BUSY, outcome="engaged"),), "", "engaged", False),
        ((on_result(R.BUSY, suppress=True),), "", "opted_out", True),
    ],
)
def test_outcome_and_suppress_end_the_calling(
    rules: tuple[object, ...], keys: str, outcome: str, suppress: bool
) -> None:
    decision = decide(standing(S.CALLING), Ended(R.BUSY, NOW, pressed(*keys)), circumstances(*rules))  # type: ignore[arg-type]
    assert (decision.standing.state, decision.standing.outcome) == (S.DONE, outcome)
    assert decision.suppress is suppress


def test_an_sms_alone_does_not_end_the_calling() -> None:
    decision = decide(standing(S.CALLING), Ended(R.BUSY, NOW), circumstances(on_result(R.BUSY, sms="Hello")))
    assert decision.standing.state is S.WAITING
    assert [fired.number for fired in decision.call_rules] == [0]


def test_a_final_state_fires_its_rules_and_may_be_named() -> None:
    rules = (
        on_state(S.EXHAUSTED, sms="We could not reach you", outcome="unreachable"),
        on_state(S.DONE, sms="!"),
    )
    decision = decide(standing(S.CALLING, attempts=2), Ended(R.BUSY, NOW), circumstances(*rules))
    assert (decision.standing.state, decision.standing.outcome) == (S.EXHAUSTED, "unreachable")
    assert [fired.number for fired in decision.state_rules] == [0]


def test_a_rule_of_the_call_counts_before_one_of_the_state() -> None:
    rules = (on_state(S.DONE, outcome="second"), on_key("1", outcome="first"))
    decision = decide(standing(S.CALLING), Ended(R.BUSY, NOW, pressed("1")), circumstances(*rules))
    assert decision.standing.outcome == "first"


def waiting_after(result: CallResult, **more: object) -> Standing:
    return replace(standing(S.WAITING), attempts=1, last_result=result, turn=RETRY, **more)  # type: ignore[arg-type]


def test_word_and_delay_follow_a_more_exact_result() -> None:
    retry = RetryPolicy(attempts=3, delay=HOUR, by_result={R.BUSY: timedelta(minutes=30)})
    event = Refined(R.BUSY, NOW - timedelta(minutes=10))
    after = decide(waiting_after(R.NO_ANSWER), event, circumstances(retry=retry)).standing
    assert (after.last_result, after.due_at, after.attempts) == (R.BUSY, NOW + timedelta(minutes=20), 1)


def test_a_more_exact_result_may_end_the_calling_or_take_it_up_again() -> None:
    never_busy = RetryPolicy(attempts=3, delay=HOUR, by_result={R.BUSY: None})
    ended = decide(waiting_after(R.NO_ANSWER), Refined(R.BUSY, NOW), circumstances(retry=never_busy)).standing
    assert (ended.state, ended.outcome) == (S.EXHAUSTED, "unreached")
    never_no_answer = RetryPolicy(attempts=3, delay=HOUR, by_result={R.NO_ANSWER: None})
    exhausted = standing(S.EXHAUSTED, attempts=1, last_result=R.NO_ANSWER, outcome="unreached")
    again = decide(exhausted, Refined(R.BUSY, NOW), circumstances(retry=never_no_answer)).standing
    assert (again.state, again.outcome, again.due_at) == (S.WAITING, None, NOW + HOUR)


def test_a_late_answer_replaces_unknown() -> None:
    unknown = standing(S.DONE, attempts=1, last_result=R.UNKNOWN, outcome="unknown")
    after = decide(unknown, Refined(R.ANSWERED_FULL, NOW), circumstances()).standing
    assert (after.state, after.outcome, after.attempts) == (S.DONE, "listened", 1)


def test_a_result_that_turns_out_less_takes_back_what_it_had_earned() -> None:
    listened = standing(S.DONE, attempts=1, last_result=R.ANSWERED_FULL, best=Outcome.LISTENED)
    after = decide(listened, Refined(R.ANSWERED_SHORT, NOW), circumstances()).standing
    assert (after.state, after.best) == (S.WAITING, Outcome.ANSWERED)
    kept = Refined(R.ANSWERED_SHORT, NOW, earned=Outcome.LISTENED)  # by another call
    assert decide(listened, kept, circumstances()).standing.best is Outcome.LISTENED


def test_rules_that_have_fired_stay_fired() -> None:
    rules = (on_result(R.NO_ANSWER, sms="Missed you"), on_result(R.BUSY, sms="You were busy"))
    event = Refined(R.BUSY, NOW, fired=(0,))
    assert decide(waiting_after(R.NO_ANSWER), event, circumstances(*rules)).call_rules == ()
    event = Refined(R.BUSY, NOW)  # no result rule has fired: its own does
    [fired] = decide(waiting_after(R.NO_ANSWER), event, circumstances(*rules)).call_rules
    assert fired.number == 1


def test_an_outcome_once_named_stays() -> None:
    rules = (on_result(R.NO_ANSWER, outcome="missed"), on_key("1", outcome="promised", sms="Thank you"))
    done = standing(S.DONE, attempts=1, last_result=R.NO_ANSWER, outcome="missed")
    decision = decide(done, Refined(R.BUSY, NOW, pressed("1"), fired=(0,)), circumstances(*rules))
    assert (decision.standing.state, decision.standing.outcome) == (S.DONE, "missed")
    assert decision.standing.last_result is R.BUSY
    assert [fired.number for fired in decision.call_rules] == [1]  # its SMS goes out all the same


def test_a_state_rule_that_named_the_outcome_has_ended_the_calling() -> None:
    retry = RetryPolicy(attempts=3, delay=HOUR, by_result={R.NO_ANSWER: None})
    exhausted = standing(S.EXHAUSTED, attempts=1, last_result=R.NO_ANSWER, outcome="unreachable")
    rule = on_state(S.EXHAUSTED, outcome="unreachable")
    after = decide(exhausted, Refined(R.BUSY, NOW), circumstances(rule, retry=retry)).standing
    assert (after.state, after.outcome, after.last_result) == (S.EXHAUSTED, "unreachable", R.BUSY)


@pytest.mark.parametrize("rule", [PROMISED, on_key("1", suppress=True)])
def test_a_key_told_late_ends_the_calling_though_another_call_was_made(rule: object) -> None:
    event = Refined(R.NO_ANSWER, NOW, pressed("1"), latest=False)
    before = waiting_after(R.BUSY)
    after = decide(before, event, circumstances(rule)).standing  # type: ignore[arg-type]
    assert (after.state, after.last_result) == (S.DONE, R.BUSY)
    assert after.outcome in ("promised", "opted_out")


def test_a_key_told_while_the_next_call_rings_ends_the_calling_after_it() -> None:
    ringing = standing(S.CALLING, attempts=1, last_result=R.BUSY)
    event = Refined(R.NO_ANSWER, NOW, pressed("1"), latest=False)
    decision = decide(ringing, event, circumstances(PROMISED))
    assert (decision.standing.state, len(decision.call_rules)) == (S.CALLING, 1)
    for last in (Ended(R.BUSY, NOW, named="promised"), Unplaced(named="promised")):
        after = decide(ringing, last, circumstances(PROMISED)).standing
        assert (after.state, after.outcome) == (S.DONE, "promised")


def test_the_minimum_gap_counts_whatever_the_rules_say() -> None:
    where = circumstances(min_gap=timedelta(minutes=15), retry=RetryPolicy(attempts=2, delay=timedelta(0)))
    ended_at = NOW - timedelta(minutes=5)
    assert decide(standing(S.CALLING), Ended(R.BUSY, ended_at), where).standing.due_at == NOW + timedelta(
        minutes=10
    )


def test_a_time_that_has_passed_is_now() -> None:
    where = circumstances(retry=RetryPolicy(attempts=2, delay=HOUR))
    assert decide(standing(S.CALLING), Ended(R.BUSY, NOW - 2 * HOUR), where).standing.due_at == NOW


def test_who_cannot_be_called_before_the_end_expires() -> None:
    where = circumstances(on_state(S.EXPIRED, sms="Too late"), end=NOW + HOUR)
    decision = decide(standing(S.CALLING), Ended(R.BUSY, NOW), where)
    assert (decision.standing.state, decision.standing.outcome) == (S.EXPIRED, "expired")
    assert [fired.number for fired in decision.state_rules] == [0]
    narrowed = circumstances(person=Person((), not_after=NOW + timedelta(minutes=30)))
    assert decide(standing(S.CALLING), Ended(R.BUSY, NOW), narrowed).standing.state is S.EXPIRED


@pytest.mark.parametrize("reason", [Waiting.NUMBER_BUSY, Waiting.CONSENT])
def test_nobody_expires_on_a_guess_how_long_something_lasts(reason: Waiting) -> None:
    where = circumstances(end=NOW + timedelta(minutes=5))
    event = Delayed(NOW + timedelta(minutes=15), reason)
    after = decide(standing(S.PENDING), event, where).standing
    assert (after.state, after.wait_reason) == (S.PENDING, reason)
    assert after.due_at == after.closes_at == NOW + timedelta(minutes=5)
    closed = circumstances(end=NOW + timedelta(minutes=5), now=NOW + timedelta(minutes=5))
    assert decide(after, event, closed).standing.state is S.EXPIRED
