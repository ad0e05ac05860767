"""Compares what webhooks, events and call history told of the calls of some time; heals what history can."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import Connection

from campaigns.rules.drift import CallSources, Sources, Stranger, drift_of
from campaigns.rules.matching import EARLY, FARTHEST, unclaimed
from campaigns.rules.vocabulary import AccountId, AttemptState
from campaigns.store import drift
from campaigns.store import reconciliation as store
from campaigns.store.attempts import AttemptRow
from engine.database.port import Lane
from engine.house import House
from engine.lirax.errors import LiraxError
from engine.reconciliation.deciding import in_slices
from engine.reconciliation.looking import Seen, keep_health, see_between
from engine.reconciliation.seeking import client_of, waits_of
from engine.reconciliation.telling import tell_found

MOST = 100_000  # calls compared at once, the newest


@dataclass(frozen=True)
class Report:
    account_id: AccountId
    made_at: datetime
    since: datetime
    until: datetime
    body: dict[str, Any]


@dataclass(frozen=True)
class _History:
    """`word` is None where there is none, '' where it was seen, else why it was not."""

    seen: Seen | None
    word: str | None


async def compare(house: House, account_id: AccountId, *, since: datetime, until: datetime) -> Report:
    """Kept for the account's page as well."""
    made_at = house.clock.now()
    history = await _look(house, account_id, since=since, until=until)
    if history.seen is not None:
        await _heal(house, account_id, history.seen)
    told = await house.database.read(
        partial(_told, house, account_id, history, since=since, until=until, asked_at=made_at)
    )
    report = Report(account_id, made_at, since, until, drift_of(told))
    keep = partial(
        drift.keep, account_id=account_id, made_at=made_at, since=since, until=until, body=report.body
    )
    await house.database.write(keep, lane=Lane.IMPORT)
    return report


async def _look(house: House, account_id: AccountId, *, since: datetime, until: datetime) -> _History:
    client = client_of(house, account_id)
    if client is None:
        return _History(None, None)
    try:
        seen = await see_between(
            house,
            client,
            account_id,
            since=since - EARLY - FARTHEST,
            until=until + waits_of(house.settings).before_absence + FARTHEST,
            phones=[],
            newest=MOST,
        )
    except LiraxError as error:
        trouble = str(error).rstrip(".")
        at = house.clock.now()
        await house.database.write(partial(store.trouble_of, account_id=account_id, at=at, trouble=trouble))
        return _History(None, trouble)
    await keep_health(house, account_id, seen, blind=False)
    return _History(seen, "")


async def _heal(house: House, account_id: AccountId, seen: Seen) -> None:
    closed = (AttemptState.DONE, AttemptState.UNKNOWN, AttemptState.UNPLACED)
    new = [
        attempt
        for attempt, _ in seen.known
        if attempt.history_at is None and attempt.state in closed and seen.row_of(attempt) is not None
    ]
    if new:
        await in_slices(house, new, partial(tell_found, house, seen), lane=Lane.IMPORT)
        house.bells.after_change()


def _told(
    house: House,
    account_id: AccountId,
    history: _History,
    connection: Connection,
    *,
    since: datetime,
    until: datetime,
    asked_at: datetime,
) -> Sources:
    rows = store.claimed_between(connection, account_id, since=since, until=until, newest=MOST)
    came = drift.orphaned_webhooks(connection, account_id, since=since, until=until)
    return Sources(
        calls=[_sources(attempt) for attempt in rows if attempt.state is not AttemptState.PLACING],
        webhooks=[Stranger(at, "a finished webhook of an id that nobody knows") for at in came],
        rows=_strange_rows(history.seen, since=since, until=until),
        history=history.word,
        asked_at=asked_at,
        late_after=waits_of(house.settings).before_absence,
    )


def _sources(attempt: AttemptRow) -> CallSources:
    told = attempt.evidence
    return CallSources(
        attempt_id=attempt.id,
        state=attempt.state,
        requested_at=attempt.requested_at,
        ended_at=attempt.ended_at,
        webhook_at=attempt.finished_heard_at,
        event_at=attempt.event_heard_at,
        in_history=attempt.history_at is not None,
        told_by_history_alone=told.connected is not None and told.success is None and told.status is None,
    )


def _strange_rows(seen: Seen | None, *, since: datetime, until: datetime) -> Sequence[Stranger]:
    if seen is None:
        return ()
    found = []
    for row in unclaimed(seen.rows, seen.found):
        at = min(row.moments) - seen.clock.middle
        if since <= at <= until:
            found.append(Stranger(at, f"a call to {masked(row.phone or '')}"))
    return sorted(found, key=lambda stranger: stranger.at)


def masked(phone: str) -> str:
    """Enough to recognise a number by that one knows."""
    return f"{phone[:5]}***{phone[-2:]}" if len(phone) > 8 else "***"
