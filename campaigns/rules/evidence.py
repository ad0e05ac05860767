"""What happened to a call, told from what LiraX said of it.

`make2calls_finished` says whether the person picked up and whether they listened long enough; only `event`
says why somebody did not pick up. Call history says whether anybody talked and how long; of keys, and of why
nobody picked up, it knows nothing. Sources: LiraX reference, section 7, C22; contract, section 5.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from campaigns.rules.policy import KeyPress
from campaigns.rules.vocabulary import CallResult

SUCCESS = "Success"
UNANSWERED = {
    "Busy": CallResult.BUSY,
    "NotAvailable": CallResult.UNREACHABLE,
    "NotAllowed": CallResult.NOT_ALLOWED,
}


@dataclass(frozen=True)
class Evidence:
    """All that is known of one call so far; None where nothing has been said yet."""

    success: bool | None = None  # make2calls_finished
    duration_success: bool | None = None  # make2calls_finished
    status: str | None = None  # event
    duration: timedelta | None = None  # event
    picked_up: bool = False  # event: somebody did, so the person did, who is called first
    connected: bool | None = None  # call history
    talked: timedelta | None = None  # call history


def result_of(evidence: Evidence, *, success_after: timedelta, joins: bool = False) -> CallResult | None:
    """What the call came to, or None while that cannot be told.

    `joins` is True where the person was to be joined with somebody: then `success=0` may mean that nobody
    was there for a person who had picked up.
    """
    if evidence.success is False:
        if joins and answered_alone(evidence):
            return CallResult.ANSWERED_SHORT
        return UNANSWERED.get(evidence.status or "", CallResult.NO_ANSWER)
    if evidence.success is True or evidence.status == SUCCESS:
        return _answered(evidence, success_after)
    if evidence.status in UNANSWERED:
        return UNANSWERED[evidence.status]
    if evidence.connected is None:
        return None
    return _answered(evidence, success_after) if evidence.connected else CallResult.NO_ANSWER


def contradiction(known: Evidence, news: Evidence) -> str | None:
    """What the news say against what is known, in words; None where both can be true."""
    if None not in (known.success, news.success) and known.success is not news.success:
        return f"a finished webhook said success={known.success:d}, a later one success={news.success:d}"
    picked_up = known.success or known.status == SUCCESS
    if picked_up and news.connected is False:
        return "a webhook told that the person picked up, call history that nobody did"
    if known.success is False and known.status in UNANSWERED and news.connected:
        return "webhooks told that nobody picked up, call history that somebody did"
    return None


def answered_alone(evidence: Evidence) -> bool:
    """Whether the person picked up, and LiraX says that both did not."""
    return evidence.success is False and (evidence.status == SUCCESS or evidence.picked_up)


def _answered(evidence: Evidence, success_after: timedelta) -> CallResult:
    long_enough = evidence.duration_success
    if long_enough is None:
        long_enough = (evidence.duration or evidence.talked or timedelta(0)) >= success_after
    return CallResult.ANSWERED_FULL if long_enough else CallResult.ANSWERED_SHORT


def merge_keys(known: Sequence[KeyPress], more: Sequence[KeyPress]) -> tuple[KeyPress, ...]:
    """Keys of one call from two reports of it, in the order they were pressed.

    An event tells the last key only, the finished webhook all of them: a report that holds the other is the
    whole. Where neither does, both count.
    """
    if holds(more, known):
        return tuple(more)
    if holds(known, more):
        return tuple(known)
    return (*known, *(press for press in more if press not in known))


def holds(whole: Sequence[KeyPress], part: Sequence[KeyPress]) -> bool:
    """Whether all of `part` stands in `whole`, in that order: both may be reports of one call."""
    rest = iter(whole)
    return all(press in rest for press in part)
