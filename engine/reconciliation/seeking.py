"""From our rows to what is looked for in history, and from history's rows to those that are compared."""

from datetime import datetime, timedelta

from campaigns.rules.call_ids import plain
from campaigns.rules.history_verdicts import Case, Waits
from campaigns.rules.matching import Listed, Sought
from campaigns.rules.vocabulary import ANSWERED, OPEN_ATTEMPTS, AccountId, AttemptState
from campaigns.store.attempts import AttemptRow
from campaigns.store.reconciliation import ByHand
from engine.errors import CannotDo
from engine.house import House
from engine.lirax.errors import Unavailable
from engine.lirax.history import Direction, HistoryCall, HistoryClient
from engine.settings import Settings

LATE_RING = timedelta(hours=1)  # so long after it was given up a request may still have rung a phone


def waits_of(settings: Settings) -> Waits:
    return Waits(
        ambiguity=settings.ambiguity_wait,
        longest_call=settings.max_call,
        unknown_after=settings.unknown_after,
        answer=settings.lirax_timeout,
    )


def case_of(attempt: AttemptRow, waits: Waits) -> Case:
    given_up = attempt.state not in OPEN_ATTEMPTS
    return Case(
        sought_of(attempt, waits),
        attempt.state,
        since=max(filter(None, (attempt.requested_at, attempt.event_heard_at))),
        asked_at=attempt.history_asked_at,
        absent_at=attempt.absent_at,
        closed_at=attempt.ended_at if given_up else None,
    )


def sought_of(attempt: AttemptRow, waits: Waits, *, clock_set_after: int | None = None) -> Sought:
    heard = [moment for moment in (attempt.event_heard_at, attempt.finished_heard_at) if moment is not None]
    began_by = min(heard, default=None)
    until = attempt.requested_at + waits.answer + waits.before_absence
    if attempt.state in (AttemptState.UNPLACED, AttemptState.UNKNOWN) and attempt.ended_at is not None:
        until = max(until, attempt.ended_at + LATE_RING)
    return Sought(
        key=key_of(attempt),
        phone=attempt.phone,
        asked_at=attempt.requested_at,
        until=began_by or until,
        call_ids=tuple(plain(id_) for id_ in (attempt.callid, attempt.history_id) if id_),
        began_by=began_by,
        ended_at=attempt.ended_at if attempt.state is AttemptState.DONE else None,
        answered=attempt.result in ANSWERED,
        by_this_clock=clock_set_after is None or attempt.id > clock_set_after,
    )


def key_of(attempt: AttemptRow) -> str:
    return f"attempt {attempt.id}"


def sought_by_hand(call: ByHand, waits: Waits, *, by_this_clock: bool) -> Sought:
    heard = [moment for moment in (call.answered_at, call.ended_at) if moment is not None]
    return Sought(
        key=f"by hand {call.id}",
        phone=call.phone,
        asked_at=call.created_at,
        until=call.created_at + waits.answer + waits.before_absence,
        call_ids=(call.callid_plain,) if call.callid_plain else (),
        began_by=min(heard, default=None),
        by_this_clock=by_this_clock,
    )


async def rows_between(
    house: House, client: HistoryClient, *, since: datetime, until: datetime
) -> list[Listed]:
    """All rows of that time. Raises LiraxError where history cannot be had whole."""
    return [listed_of(call) async for call in client.calls(since=since, until=until)]


def client_of(house: House, account_id: AccountId) -> HistoryClient | None:
    """None where the account has no history, or is gone."""
    try:
        return house.accounts.history(account_id)
    except CannotDo:
        return None


def listed_of(call: HistoryCall) -> Listed:
    return Listed(
        call_id=call.call_id,
        moments=tuple(moment for moment in call.moments if moment is not None),
        outgoing=None if call.direction is None else call.direction is Direction.OUT,
        phone=call.dnis,
        connected=call.connected,
        duration=None if call.duration is None else timedelta(seconds=call.duration),
        recording=call.recording,
        ext=call.ani,
    )


def no_history(name: str) -> Unavailable:
    return Unavailable(
        f"the LiraX account “{name}” has no call history: set its address and login", kind="not_configured"
    )
