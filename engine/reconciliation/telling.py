"""Applies what a look into call history tells: a call is there, it is not, or nobody can tell."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from functools import partial
from typing import Any, assert_never

from sqlalchemy import Connection

from campaigns.rules.evidence import Evidence
from campaigns.rules.history_verdicts import Case, Sight, Verdict, verdict_of
from campaigns.rules.matching import Listed, began_at
from campaigns.rules.recordings import with_recording
from campaigns.rules.vocabulary import OPEN_ATTEMPTS, AccountId, AttemptId
from campaigns.store import attempts
from campaigns.store import reconciliation as store
from campaigns.store.attempts import AttemptRow
from engine.apply import calls
from engine.apply.apart import apart
from engine.apply.binding import bind_found
from engine.apply.change import Change
from engine.house import House
from engine.reconciliation.looking import Seen
from engine.reconciliation.seeking import sought_of, waits_of

ABSENT = "call history does not show it: the request never reached LiraX"
NOT_SHOWN = "LiraX took the call, but neither a webhook nor call history told what became of it"
NOT_BELIEVED = "call history cannot be believed, and nothing else told what became of this call"
SAYS_LITTLE = "call history shows the call, but not whether anybody talked"
NOTHING = timedelta(0)


class Word(StrEnum):
    """What a look decided of a call."""

    FOUND = "found"  # history shows it
    UNPLACED = "unplaced"  # history does not: it never rang
    UNKNOWN = "unknown"  # nobody can tell
    WAITING = "waiting"  # not decided yet


@dataclass(frozen=True)
class Told:
    attempt_id: AttemptId
    word: Word


def tell_found(house: House, seen: Seen, rows: Sequence[AttemptRow], connection: Connection) -> list[Told]:
    """Apply what history shows of these calls; each is one of those it shows."""
    told = []
    for attempt in rows:
        word = apart(house, connection, partial(_found, attempt.id, seen=seen), attempt_id=attempt.id)
        told.append(Told(attempt.id, word or Word.WAITING))
    store.looked_for(connection, [attempt.id for attempt in rows], at=seen.at)
    return told


def tell_missing(
    house: House,
    seen: Seen,
    missing: Sequence[tuple[AttemptRow, Case]],
    connection: Connection,
) -> list[Told]:
    """Decide what it means for each of these calls that history does not show it."""
    told = []
    for attempt, case in missing:
        judge = partial(_missing, attempt.id, case=case, seen=seen)
        word = apart(house, connection, judge, attempt_id=attempt.id)
        told.append(Told(attempt.id, word or Word.WAITING))
    blind = {attempt.id for attempt, case in missing if seen.sight(case) is Sight.BLIND}
    believed = [attempt.id for attempt, _ in missing if attempt.id not in blind]
    store.looked_for(connection, believed, at=seen.at, absent_at=seen.at)
    store.looked_for(connection, sorted(blind), at=seen.at)
    return told


def bind_finished(
    house: House, account_id: AccountId, found: Sequence[AttemptId], connection: Connection
) -> int:
    """Give to calls that history has shown the finished webhooks that came before anybody knew their id."""
    rows = [attempts.get(connection, attempt_id) for attempt_id in found]
    return bind_found(house, connection, account_id, [row for row in rows if row is not None])


def _found(attempt_id: AttemptId, change: Change, *, seen: Seen) -> Word:
    """The call is over; whether anybody talked is told as far as the row tells."""
    attempt = attempts.get(change.connection, attempt_id)
    row = None if attempt is None else seen.row_of(attempt)
    if attempt is None or row is None:
        return Word.WAITING
    if attempt.history_at is None:
        take_in_row(change, attempt, row, seen)
        attempt = attempts.get(change.connection, attempt_id) or attempt
    waits = waits_of(change.house.settings)
    if attempt.state in OPEN_ATTEMPTS and seen.at >= attempt.requested_at + waits.before_absence:
        calls.nobody_can_tell(change, attempt, detail=SAYS_LITTLE)
        return Word.UNKNOWN
    return Word.FOUND


def take_in_row(change: Change, attempt: AttemptRow, row: Listed, seen: Seen) -> None:
    sought = sought_of(attempt, waits_of(change.house.settings))
    ended_at = min(change.now, began_at(sought, row, seen.clock) + (row.duration or NOTHING))
    columns = columns_of(change, attempt, row, seen)
    news = Evidence(connected=row.connected, talked=row.duration)
    calls.evidence(change, attempt, news=news, keys=(), at=ended_at, finished=False, **columns)


def columns_of(change: Change, attempt: AttemptRow, row: Listed, seen: Seen) -> dict[str, Any]:
    """What is kept of the row beside how the call went."""
    columns: dict[str, Any] = {
        "history_at": change.now,
        "history_id": row.call_id,
        "history_asked_at": seen.at,
        "absent_at": None,
    }
    recording = with_recording(attempt.recording, row.recording)
    if recording != attempt.recording:
        columns["recording"] = recording
    return columns


def _missing(attempt_id: AttemptId, change: Change, *, case: Case, seen: Seen) -> Word:
    """What it means depends on how long ago the request left, and on whether history can be believed."""
    attempt = attempts.get(change.connection, attempt_id)
    if attempt is None or attempt.state is not case.state:
        return Word.WAITING  # something else has told of it meanwhile
    waits, sight = waits_of(change.house.settings), seen.sight(case)
    verdict = verdict_of(case, sight, look_at=seen.at, waits=waits)
    match verdict:
        case Verdict.ABSENT:
            rest = attempt.requested_at + change.min_gap - change.now
            calls.unplaced(change, attempt, detail=ABSENT, rest=max(rest, NOTHING))
            return Word.UNPLACED
        case Verdict.UNKNOWN:
            detail = NOT_BELIEVED if sight is Sight.BLIND else NOT_SHOWN
            calls.nobody_can_tell(change, attempt, detail=detail)
            return Word.UNKNOWN
        case Verdict.LATER:
            return Word.WAITING
        case _:
            assert_never(verdict)
