"""What becomes of a recipient: every event, every state, in one place.

`decide` takes the recipient as it stands, what happened, the campaign's policy and the time, and returns
what is to be saved. It never looks anything up. Source: contract, section 5; design, section 4.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import assert_never

from campaigns.rules.calling_hours import next_permitted
from campaigns.rules.following_up import (
    Fired,
    outcome_named,
    rules_numbered,
    rules_of_call,
    rules_of_state,
)
from campaigns.rules.policy import KeyPress
from campaigns.rules.reasons import Waiting
from campaigns.rules.retrying import next_attempt_at
from campaigns.rules.standing import (
    FIRST,
    RETRY,
    Cancelled,
    Circumstances,
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
    ANSWERED,
    FINAL_STATES,
    QUEUED_STATES,
    CallResult,
    Goal,
    Outcome,
    RecipientState,
)
from campaigns.rules.windows import CallingWindow

KEPT_REASONS = (Waiting.RETRY, Waiting.CAP, Waiting.CONSENT)
"""Of a pause that ends outside calling hours it is told why the person pauses, not what lies at its end."""

GUESSES = (Waiting.NUMBER_BUSY, Waiting.CONSENT)
"""Nobody knows when these end: `until` is only when to look again, and nobody expires on it."""


def decide(standing: Standing, event: Event, circumstances: Circumstances) -> Decision:
    """What is to be saved; raises Impossible where the event cannot happen in that state."""
    match event:
        case Claimed():
            _demand(standing, QUEUED_STATES, event)
            return Decision(
                replace(standing, state=RecipientState.CALLING, due_at=None, closes_at=None, wait_reason=None)
            )
        case Ended():
            _demand(standing, {RecipientState.CALLING}, event)
            return _after_call(standing, event, circumstances, fired=(), counts=True)
        case Refined():
            return _refined(standing, event, circumstances)
        case Unplaced():
            _demand(standing, {RecipientState.CALLING}, event)
            return _back_in_the_queue(standing, event, circumstances)
        case Delayed():
            _demand(standing, QUEUED_STATES, event)
            return _delayed(standing, event, circumstances)
        case Suppressed() | Cancelled() | Expired():
            _demand(standing, QUEUED_STATES, event)
            state, outcome = _ends_as(event)
            return _end(standing, state, circumstances, outcome=outcome)
        case _:
            assert_never(event)


def end_without_rules(
    standing: Standing, event: Suppressed | Cancelled | Expired, *, now: datetime
) -> Standing:
    """As `decide`, where nobody can read the campaign's policy: no rule of the final state fires."""
    _demand(standing, QUEUED_STATES, event)
    state, outcome = _ends_as(event)
    return _ended(standing, state, outcome=outcome, now=now)


def _ends_as(event: Suppressed | Cancelled | Expired) -> tuple[RecipientState, Outcome]:
    match event:
        case Suppressed():
            return RecipientState.SUPPRESSED, Outcome.OPTED_OUT
        case Cancelled():
            return RecipientState.CANCELLED, Outcome.CANCELLED
        case Expired():
            return RecipientState.EXPIRED, Outcome.EXPIRED


def _demand(
    standing: Standing, states: frozenset[RecipientState] | set[RecipientState], event: Event
) -> None:
    if standing.state not in states:
        raise Impossible(f"{type(event).__name__} cannot happen to a recipient that is {standing.state}")


def _after_call(
    standing: Standing,
    event: Ended | Refined,
    circumstances: Circumstances,
    *,
    fired: tuple[int, ...],
    counts: bool,
) -> Decision:
    """The rules of this call first, then the goal, then the retry rule."""
    policy = circumstances.policy
    rung = event.result is not CallResult.REJECTED
    best = event.earned if isinstance(event, Refined) else standing.best
    standing = replace(
        standing,
        attempts=standing.attempts + (1 if counts and rung else 0),
        best=better(best, event.result),
        last_result=event.result,
    )
    rules = rules_of_call(policy, result=event.result, keys=event.keys, fired=fired)
    earlier = event.named if isinstance(event, Ended) else None
    if event.result is CallResult.REJECTED and earlier is None:
        return _refused(standing, rules, circumstances)
    if earlier or outcome_named(rules) or _reached_by(policy.goal, event):
        return _end(standing, RecipientState.DONE, circumstances, named=earlier, rules=rules)
    return _again_or_end(standing, event, circumstances, rules)


def _again_or_end(
    standing: Standing, event: Ended | Refined, circumstances: Circumstances, rules: tuple[Fired, ...]
) -> Decision:
    policy = circumstances.policy
    at = next_attempt_at(
        event.result,
        attempts=standing.attempts,
        policy=policy.retry,
        ended_at=event.at,
        min_gap=circumstances.min_gap,
    )
    if at is not None and event.bar is None:
        return _wait(standing, at, circumstances, reason=Waiting.RETRY, turn=RETRY, rules=rules)
    if event.bar is RecipientState.SUPPRESSED:
        return _end(standing, event.bar, circumstances, outcome=Outcome.OPTED_OUT, rules=rules)
    if event.result is CallResult.UNKNOWN:
        named_unknown = CallResult.UNKNOWN in policy.retry.by_result
        state = RecipientState.EXHAUSTED if named_unknown else RecipientState.DONE
        return _end(standing, state, circumstances, outcome=standing.best or Outcome.UNKNOWN, rules=rules)
    return _end(standing, RecipientState.EXHAUSTED, circumstances, rules=rules)


def _refused(standing: Standing, rules: tuple[Fired, ...], circumstances: Circumstances) -> Decision:
    """LiraX said 400: nobody's phone rang, and asking again would not help."""
    if standing.attempts:
        return _end(standing, RecipientState.EXHAUSTED, circumstances, rules=rules)
    return _end(standing, RecipientState.INVALID, circumstances, outcome=Outcome.INVALID, rules=rules)


def _refined(standing: Standing, event: Refined, circumstances: Circumstances) -> Decision:
    """The last call's word follows the evidence; who was taken off for another reason stays off."""
    refinable = {RecipientState.WAITING, RecipientState.DONE, RecipientState.EXHAUSTED}
    if not event.counted:
        refinable |= {RecipientState.PENDING}
    if event.latest and standing.state in refinable and not _ended_by_rule(standing, event, circumstances):
        return _after_call(standing, event, circumstances, fired=event.fired, counts=not event.counted)
    return _rules_only(standing, event, circumstances)


def _ended_by_rule(standing: Standing, event: Refined, circumstances: Circumstances) -> bool:
    """Whether a rule that has fired, of this call or of the final state, ended the calling."""
    policy = circumstances.policy
    return (
        outcome_named((*rules_numbered(policy, event.fired), *rules_of_state(policy, standing.state)))
        is not None
    )


def _rules_only(standing: Standing, event: Refined, circumstances: Circumstances) -> Decision:
    """Keys that came late still do what they say: who waits for a call and says stop gets none."""
    rules = rules_of_call(circumstances.policy, result=event.result, keys=event.keys, fired=event.fired)
    last = event.latest and standing.state is not RecipientState.CALLING
    standing = replace(
        standing,
        attempts=standing.attempts + (0 if event.counted else 1),
        best=better(event.earned, event.result),
        last_result=event.result if last else standing.last_result,
    )
    if standing.state in QUEUED_STATES and outcome_named(rules) is not None:
        return _end(standing, RecipientState.DONE, circumstances, rules=rules)
    return Decision(_named_by_the_first(standing, event, circumstances, rules), call_rules=rules)


def _named_by_the_first(
    standing: Standing, event: Refined, circumstances: Circumstances, rules: tuple[Fired, ...]
) -> Standing:
    """Of the rules of one call the first of the definition names the outcome, also when it fires late."""
    policy = circumstances.policy
    if standing.outcome is None or standing.outcome != outcome_named(rules_numbered(policy, event.fired)):
        return standing
    numbers = sorted({*event.fired, *(fired.number for fired in rules)})
    return replace(standing, outcome=outcome_named(rules_numbered(policy, numbers)))


def _back_in_the_queue(standing: Standing, event: Unplaced, circumstances: Circumstances) -> Decision:
    if event.named is not None or event.reached:
        return _end(standing, RecipientState.DONE, circumstances, named=event.named)
    if event.bar is not None:
        suppressed = event.bar is RecipientState.SUPPRESSED
        outcome = Outcome.OPTED_OUT if suppressed else Outcome.CANCELLED
        return _end(standing, event.bar, circumstances, outcome=outcome)
    turn = RETRY if standing.attempts else FIRST
    at = circumstances.now + event.rest
    return _wait(standing, at, circumstances, reason=Waiting.UNPLACED, turn=turn)


def _delayed(standing: Standing, event: Delayed, circumstances: Circumstances) -> Decision:
    """Look again at `until`."""
    until = event.until
    if event.reason in GUESSES and next_slot(until, circumstances) is None:
        slot = next_slot(circumstances.now, circumstances)
        if slot is not None:
            _, closes_at = slot
            return Decision(
                replace(standing, due_at=closes_at, closes_at=closes_at, wait_reason=event.reason)
            )
    return _wait(standing, until, circumstances, reason=event.reason, turn=standing.turn)


def _wait(
    standing: Standing,
    at: datetime,
    circumstances: Circumstances,
    *,
    reason: Waiting,
    turn: int,
    rules: tuple[Fired, ...] = (),
) -> Decision:
    """In the queue from the first permitted moment; `expired` where no such moment is left."""
    slot = next_slot(at, circumstances)
    if slot is None:
        return _end(standing, RecipientState.EXPIRED, circumstances, outcome=Outcome.EXPIRED, rules=rules)
    due_at, closes_at = slot
    state = RecipientState.WAITING if standing.attempts else RecipientState.PENDING
    waiting = replace(
        standing,
        state=state,
        outcome=None,
        due_at=due_at,
        closes_at=closes_at,
        turn=turn,
        wait_reason=Waiting.HOURS if due_at > at and reason not in KEPT_REASONS else reason,
        finished_at=None,
    )
    return Decision(waiting, call_rules=rules)


def next_slot(at: datetime, circumstances: Circumstances) -> tuple[datetime, datetime] | None:
    """The first moment from `at` on when the person may be called, and the last moment of that opening."""
    policy, person = circumstances.policy, circumstances.person
    earliest = max(at, circumstances.now, policy.start or at)
    limits = [limit for limit in (policy.end, person.not_after) if limit is not None]
    permitted = next_permitted(
        policy.window,
        zones_for(policy.window, person),
        at=earliest,
        not_before=person.not_before,
        not_after=min(limits) if limits else None,
    )
    return None if permitted is None else (permitted.at, permitted.until)


def zones_for(window: CallingWindow, person: Person) -> tuple[str, ...]:
    """The zones whose clocks decide: the window's own; else, or under a law, all the person may be in."""
    if window.timezone and not (window.law and person.zones):
        return (window.timezone,)
    return person.zones


def _end(
    standing: Standing,
    state: RecipientState,
    circumstances: Circumstances,
    *,
    named: str | None = None,
    outcome: str | None = None,
    rules: tuple[Fired, ...] = (),
) -> Decision:
    """The final standing. What a rule named counts before `outcome`, and that before what was earned."""
    assert state in FINAL_STATES
    state_rules = rules_of_state(circumstances.policy, state)
    named = named or outcome_named(rules) or outcome_named(state_rules)
    ended = _ended(standing, state, outcome=named or outcome, now=circumstances.now)
    return Decision(ended, call_rules=rules, state_rules=state_rules)


def _ended(standing: Standing, state: RecipientState, *, outcome: str | None, now: datetime) -> Standing:
    return replace(
        standing,
        state=state,
        outcome=str(outcome or standing.best or Outcome.UNREACHED),
        due_at=None,
        closes_at=None,
        turn=FIRST,
        wait_reason=None,
        finished_at=now,
    )


def _reached_by(goal: Goal, event: Ended | Refined) -> bool:
    if isinstance(event, Ended) and event.reached:
        return True
    return reached(goal, event.result, keys=event.keys, abandoned=event.abandoned)


def reached(goal: Goal, result: CallResult, *, keys: Sequence[KeyPress], abandoned: bool) -> bool:
    """Whether a call that came to this ends the calling."""
    match goal:
        case Goal.ANSWERED:
            return result in ANSWERED and not abandoned
        case Goal.LISTENED:
            return result is CallResult.ANSWERED_FULL
        case Goal.KEY:
            return bool(keys)
        case _:
            assert_never(goal)


def better(best: Outcome | None, result: CallResult) -> Outcome | None:
    """What is earned after a call with that result, where `best` was earned before."""
    if result is CallResult.ANSWERED_FULL:
        return Outcome.LISTENED
    if result is CallResult.ANSWERED_SHORT and best is not Outcome.LISTENED:
        return Outcome.ANSWERED
    return best
