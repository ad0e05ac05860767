"""Late evidence: a call that was declared never to have rung, or unknown, rings or rang after all.

Its person must not be called a second time meanwhile: a retry that waits is called off. A retry that is
already under way stays: both are kept and counted, and the clash is told (reliability note, A6, A12).
"""

import structlog

from campaigns.rules.reasons import Waiting
from campaigns.rules.standing import Claimed, Delayed
from campaigns.rules.vocabulary import QUEUED_STATES, AttemptState, RecipientState
from campaigns.store import attempts, campaigns
from campaigns.store.attempts import AttemptRow
from campaigns.store.recipients import RecipientRow
from engine.apply.change import Change
from engine.apply.recipients import happen

log = structlog.get_logger(__name__)

TWICE = "it was taken for never placed, and another call was made before it was heard of"


def rings_after_all(change: Change, attempt: AttemptRow, row: RecipientRow) -> None:
    """An event or an answer tells that the request was taken; how the call ends is not known yet."""
    free = not attempts.numbers_open(change.connection, [attempt.phone])
    if row.standing.state is RecipientState.CALLING:
        clash(change, attempt, TWICE)
    elif row.standing.state not in QUEUED_STATES:
        return  # nobody calls this person again
    elif (
        attempt.state is AttemptState.UNKNOWN or not free
    ):  # it counts already, or may not be a second open one
        until = change.now + change.house.settings.max_call
        happen(change, row, Delayed(until, Waiting.NUMBER_BUSY))
    else:
        _place_again(change, attempt)
        happen(change, row, Claimed())


def _place_again(change: Change, attempt: AttemptRow) -> None:
    attempts.save(
        change.connection,
        attempt.id,
        state=AttemptState.PLACED.value,
        result=None,
        ended_at=None,
        detail=None,
        deadline=change.now + change.house.settings.max_call,
    )
    if attempt.result is not None:
        change.count(attempt.campaign_id, campaigns.RESULT, attempt.result.value, -1)
    change.count(attempt.campaign_id, campaigns.CALLS, "placed")
    change.count(attempt.campaign_id, campaigns.CALLS, "in_flight")
    log.warning("a call that was taken for never placed rings", attempt_id=attempt.id)


def clash(change: Change, attempt: AttemptRow, what: str) -> None:
    """Keep that two sources contradict each other; what was decided stands."""
    log.error("evidence contradicts what was decided", attempt_id=attempt.id, conflict=what)
    kept = (attempt.detail or "").split(CONFLICT)[0].rstrip()
    attempts.save(change.connection, attempt.id, detail=f"{kept} {CONFLICT}{what}".strip())


CONFLICT = "Conflict: "
