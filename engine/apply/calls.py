"""What LiraX, or time, says of an attempt: the attempt's own state machine (reliability note, 2.1).

placing ──taken──► placed ──evidence──► done          placing ──refused (400)──► rejected
   │ unclear ► ambiguous ──evidence──► placed | done     │ never sent, 401 ────► unplaced
ambiguous, placed ──nobody can tell──► unknown           ambiguous ──absent from healthy history──► unplaced
unknown, unplaced ──late evidence──► done                 unplaced ──it rings after all──► placed
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from campaigns.rules.deciding import better
from campaigns.rules.evidence import Evidence, answered_alone, contradiction, result_of
from campaigns.rules.following_up import opts_out
from campaigns.rules.policy import KeyPress, Policy
from campaigns.rules.standing import (
    Ended,
    Event,
    Refined,
    Unplaced,
)
from campaigns.rules.vocabulary import (
    ANSWERED,
    OPEN_ATTEMPTS,
    AttemptState,
    CallResult,
    CampaignState,
    RecipientState,
)
from campaigns.store import attempts, campaigns, lines, recipients, suppressions
from campaigns.store.attempts import AttemptRow
from campaigns.store.recipients import RecipientRow
from campaigns.store.siblings import Sibling, siblings_of
from engine.apply.change import Change
from engine.apply.earlier import earlier_calls
from engine.apply.knowing import known_columns, taken_in
from engine.apply.recipients import as_documents, happen, number_is_free, suppress
from engine.apply.reopening import clash, rings_after_all

NEVER_TOLD = "no answer, webhook or event ever told what became of this call"
BY_HISTORY = "told by call history, which knows nothing of keys, nor of why nobody picked up"

GIVEN_UP = frozenset({AttemptState.UNPLACED, AttemptState.UNKNOWN})
"""From these late evidence leads on."""

LONGEST_RING = timedelta(seconds=60)  # which history leaves out of a call's duration
UNTOLD = frozenset({AttemptState.PLACING, AttemptState.AMBIGUOUS})
"""While an attempt is in one of these, nothing has shown yet that LiraX took it."""


def taken(change: Change, attempt: AttemptRow, *, provider_id: str, sent_at: datetime) -> None:
    """LiraX took the request and gave it this id."""
    columns: dict[str, Any] = {"provider_id": provider_id, "placed_at": sent_at}
    if attempt.state in UNTOLD:
        columns |= {
            "state": AttemptState.PLACED.value,
            "deadline": sent_at + change.house.settings.unclear_until,
            "detail": None,
        }
    attempts.save(change.connection, attempt.id, **columns)
    if attempt.state is AttemptState.PLACING:
        change.count(attempt.campaign_id, campaigns.CALLS, "placed")
    elif attempt.state is AttemptState.UNPLACED:
        rings_after_all(change, attempt, _recipient(change, attempt))


def unclear(change: Change, attempt: AttemptRow, *, sent_at: datetime, detail: str) -> None:
    """The request may or may not have been taken: nobody touches the number until evidence or time speaks."""
    if attempt.state is not AttemptState.PLACING:
        return
    attempts.save(
        change.connection,
        attempt.id,
        state=AttemptState.AMBIGUOUS.value,
        placed_at=sent_at,
        deadline=sent_at + change.house.settings.unclear_until,
        detail=detail,
    )
    change.count(attempt.campaign_id, campaigns.CALLS, "placed")


def rejected(change: Change, attempt: AttemptRow, *, detail: str) -> None:
    """LiraX said 400: certain, and asking again would not help."""
    if attempt.state not in UNTOLD:
        return
    _not_placed_after_all(change, attempt)
    _close(change, attempt, AttemptState.REJECTED, CallResult.REJECTED, at=change.now, detail=detail)
    row = _recipient(change, attempt)
    earlier = earlier_calls(change, attempt, row)
    event = Ended(CallResult.REJECTED, change.now, named=earlier.named, reached=earlier.reached)
    _tell(change, attempt, row, event, keys=row.keys or [])


def unplaced(change: Change, attempt: AttemptRow, *, detail: str, rest: timedelta = timedelta(0)) -> None:
    """It is certain that the phone never rang; a new attempt may be made after `rest`."""
    if attempt.state not in UNTOLD:
        return
    _not_placed_after_all(change, attempt)
    _close(change, attempt, AttemptState.UNPLACED, CallResult.UNPLACED, at=change.now, detail=detail)
    row = _recipient(change, attempt)
    if row.standing.state is RecipientState.CALLING:
        earlier = earlier_calls(change, attempt, row)
        event = Unplaced(_bar(change, row), earlier.named, rest=rest, reached=earlier.reached)
        happen(change, row, event)


def _not_placed_after_all(change: Change, attempt: AttemptRow) -> None:
    """What may have been taken was counted as placed; now it is certain that it was not."""
    if attempt.state is AttemptState.AMBIGUOUS:
        change.count(attempt.campaign_id, campaigns.CALLS, "placed", -1)


def _placed_after_all(change: Change, attempt: AttemptRow) -> None:
    """LiraX speaks of a call before its answer to the request is here: when it left we know only roughly."""
    if attempt.state is AttemptState.PLACING:
        attempts.save(change.connection, attempt.id, placed_at=attempt.claimed_at)
        change.count(attempt.campaign_id, campaigns.CALLS, "placed")


def nobody_can_tell(change: Change, attempt: AttemptRow, *, detail: str = NEVER_TOLD) -> None:
    """Time is up. What an event told of the end stands; else the result is `unknown`, never a guess."""
    policy = change.policy(attempt.campaign_id)
    result = _result_of(attempt, policy)
    if result is None:
        _end(change, attempt, AttemptState.UNKNOWN, CallResult.UNKNOWN, detail=detail)
    else:
        _end(
            change,
            attempt,
            AttemptState.DONE,
            result,
            detail="told by event; the finished webhook never came",
        )


def evidence(
    change: Change,
    attempt: AttemptRow,
    *,
    news: Evidence,
    keys: tuple[KeyPress, ...],
    at: datetime,
    finished: bool,
    **columns: Any,
) -> None:
    """Something was said of the call. `finished` is the finished webhook's word; `at` when it came.

    `columns` are further columns of the attempt to keep: call id, recording; with `history_at`, it is the
    word of call history, which is written when a call is over, and `at` is when that was.
    """
    before = attempt
    if finished and attempt.finished_heard_at is None:
        columns["finished_heard_at"] = at
    if columns.get("agent"):
        columns["joined_at"] = at
    attempt = taken_in(attempt, news, keys, columns, finished=finished)
    ended_at = attempt.ended_at
    over = finished or news.status is not None or "history_at" in columns
    if over and (ended_at is None or before.state in GIVEN_UP):
        ended_at = at
    elif finished and before.history_at is not None and ended_at is not None:
        ended_at = max(ended_at, min(at, ended_at + LONGEST_RING))
    attempts.save(
        change.connection,
        attempt.id,
        **known_columns(attempt),
        **columns,
        ended_at=ended_at,
    )
    if ended_at is not None:
        lines.release(change.connection, attempt.id)
    told = attempt.evidence
    if before.state in OPEN_ATTEMPTS and told.success is None and told.connected is None:
        _known_to_ring(change, before)
        _heed_opt_out(change, attempt)
        return
    _heed_conflict(change, before, news)
    _conclude(change, before, replace(attempt, ended_at=ended_at))


def _heed_conflict(change: Change, before: AttemptRow, news: Evidence) -> None:
    what = contradiction(before.evidence, news)
    if what is not None and before.state not in OPEN_ATTEMPTS:
        clash(change, before, what)


def _conclude(change: Change, before: AttemptRow, attempt: AttemptRow) -> None:
    """Draw the result from all that is known, where that says anything new."""
    policy = change.policy(attempt.campaign_id)
    result = _result_of(attempt, policy)
    if result is None:
        if before.state in GIVEN_UP and before.may_have_left:
            rings_after_all(change, before, _recipient(change, attempt))
            _heed_opt_out(change, attempt)
    elif before.state in OPEN_ATTEMPTS:
        _end(change, attempt, AttemptState.DONE, result, detail=_told_by(attempt))
    elif (
        result is not before.result
        or attempt.keys != before.keys
        or _found_nobody(change, attempt) is not before.abandoned
    ):
        _refine(change, before, attempt, result)


def is_told(change: Change, attempt: AttemptRow) -> bool:
    """Whether the result can be drawn from what is known already."""
    return _result_of(attempt, change.policy(attempt.campaign_id)) is not None


def _told_by(attempt: AttemptRow) -> str | None:
    told = attempt.evidence
    return BY_HISTORY if told.success is None and told.status is None else None


def _result_of(attempt: AttemptRow, policy: Policy) -> CallResult | None:
    joins = policy.call.connect is not None
    return result_of(attempt.evidence, success_after=policy.call.success_after, joins=joins)


def _found_nobody(change: Change, attempt: AttemptRow) -> bool:
    """Whether the person picked up to be joined with somebody, and nobody was there."""
    policy = change.policy(attempt.campaign_id)
    if policy.call.connect is None or not answered_alone(attempt.evidence):
        return False
    return attempt.agent is None or attempt.agent == policy.call.connect


def _heed_opt_out(change: Change, attempt: AttemptRow) -> None:
    """Who presses the key that says stop is taken at their word at once, not when the call is reported."""
    policy = change.policy(attempt.campaign_id)
    if opts_out(policy, attempt.keys):
        suppress(change, [attempt.phone], reason=f"campaign {policy.name}", source="rule")


def _known_to_ring(change: Change, attempt: AttemptRow) -> None:
    """An event of this call proves that it was placed."""
    if attempt.state is AttemptState.PLACED:
        return
    until = attempt.claimed_at + change.house.settings.unclear_until
    attempts.save(change.connection, attempt.id, state=AttemptState.PLACED.value, deadline=until)
    _placed_after_all(change, attempt)


def _end(
    change: Change, attempt: AttemptRow, state: AttemptState, result: CallResult, *, detail: str | None
) -> None:
    at = attempt.ended_at or change.now
    abandoned = _found_nobody(change, attempt)
    _placed_after_all(change, attempt)
    _close(change, attempt, state, result, at=at, detail=detail)
    if abandoned:
        _mark_abandoned(change, attempt, 1)
    if result in ANSWERED:
        change.count(attempt.campaign_id, campaigns.CALLS, "answered")
    row = _recipient(change, attempt)
    earlier = earlier_calls(change, attempt, row)
    event = Ended(
        result,
        at,
        attempt.keys,
        bar=_bar(change, row),
        named=earlier.named,
        abandoned=abandoned,
        reached=earlier.reached,
    )
    _tell(change, attempt, row, event, keys=[*(row.keys or []), *as_documents(attempt.keys)])


def _mark_abandoned(change: Change, attempt: AttemptRow, amount: int) -> None:
    attempts.save(change.connection, attempt.id, abandoned=amount > 0)
    change.count(attempt.campaign_id, campaigns.CALLS, "abandoned", amount)


def _close(
    change: Change,
    attempt: AttemptRow,
    state: AttemptState,
    result: CallResult,
    *,
    at: datetime,
    detail: str | None,
) -> None:
    """The attempt is over: its line and its number are free."""
    attempts.save(
        change.connection,
        attempt.id,
        state=state.value,
        result=result.value,
        ended_at=at,
        detail=detail,
    )
    lines.release(change.connection, attempt.id)
    change.count(attempt.campaign_id, campaigns.CALLS, "in_flight", -1)
    change.count(attempt.campaign_id, campaigns.RESULT, result.value)
    number_is_free(change, attempt.phone)


def _refine(change: Change, before: AttemptRow, attempt: AttemptRow, result: CallResult) -> None:
    """The word of a call that had ended is corrected; the person follows while no further call was placed."""
    reopened = {} if before.state is AttemptState.DONE else {"detail": _told_by(attempt)}
    attempts.save(
        change.connection, attempt.id, result=result.value, state=AttemptState.DONE.value, **reopened
    )
    if before.result is not None:
        change.count(attempt.campaign_id, campaigns.RESULT, before.result.value, -1)
    change.count(attempt.campaign_id, campaigns.RESULT, result.value)
    was, now_answered = before.result in ANSWERED, result in ANSWERED
    if was is not now_answered:
        change.count(attempt.campaign_id, campaigns.CALLS, "answered", 1 if now_answered else -1)
    abandoned = _found_nobody(change, attempt)
    if abandoned is not before.abandoned:
        _mark_abandoned(change, attempt, 1 if abandoned else -1)
    if before.state is AttemptState.UNPLACED:
        change.count(attempt.campaign_id, campaigns.CALLS, "placed")
    row = _recipient(change, attempt)
    siblings = siblings_of(change.connection, attempt)
    earned = None
    for sibling in siblings:
        earned = earned if sibling.result is None else better(earned, sibling.result)
    event = Refined(
        result,
        attempt.ended_at or change.now,
        attempt.keys,
        fired=before.fired,
        bar=_bar(change, row),
        earned=earned,
        counted=before.state is not AttemptState.UNPLACED,
        latest=not any(
            each.number > attempt.number and each.state is not AttemptState.UNPLACED for each in siblings
        ),
        abandoned=abandoned,
    )
    _tell(change, attempt, row, event, keys=as_documents(_keys_of_all(siblings, attempt)))


def _keys_of_all(siblings: Sequence[Sibling], attempt: AttemptRow) -> list[KeyPress]:
    """What was pressed in all calls that have ended, in order."""
    ended = [(each.number, each.keys) for each in siblings if each.state not in OPEN_ATTEMPTS]
    return [press for _, keys in sorted([*ended, (attempt.number, attempt.keys)]) for press in keys]


def _tell(
    change: Change,
    attempt: AttemptRow,
    row: RecipientRow,
    event: Event,
    *,
    keys: list[dict[str, str]],
) -> None:
    """Let the recipient know, `keys` of all its calls, and keep which rules have fired for this one."""
    decision = happen(change, row, event, attempt_id=attempt.id, keys=keys or None)
    if decision.call_rules:
        fired = {*attempt.fired, *(rule.number for rule in decision.call_rules)}
        attempts.save(change.connection, attempt.id, fired=sorted(fired))


def _recipient(change: Change, attempt: AttemptRow) -> RecipientRow:
    row = recipients.get_for_change(change.connection, attempt.recipient_id)
    assert row is not None, f"attempt {attempt.id} has no recipient"
    return row


def _bar(change: Change, row: RecipientRow) -> RecipientState | None:
    """Why this person may not be called again whatever the retry rule says."""
    if suppressions.among(change.connection, [row.phone]):
        return RecipientState.SUPPRESSED
    ended = (CampaignState.CANCELLED, CampaignState.FINISHED)
    return RecipientState.CANCELLED if change.campaign(row.campaign_id).state in ended else None
