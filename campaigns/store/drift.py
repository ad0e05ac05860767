"""Comparisons of webhooks, events and call history, kept for people to look at."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, delete, select, update

from campaigns.rules.vocabulary import AccountId
from campaigns.store.dialects import insert_one, upsert
from campaigns.store.inbox import FINISHED, ORPHAN
from campaigns.tables import Attempt, Campaign, Drift, HistoryHealth, Inbox

_table = Drift.__table__  # type: ignore[attr-defined]
_columns = _table.c
_attempt = Attempt.__table__.c  # type: ignore[attr-defined]
_campaign = Campaign.__table__.c  # type: ignore[attr-defined]
_inbox = Inbox.__table__.c  # type: ignore[attr-defined]
_health = HistoryHealth.__table__  # type: ignore[attr-defined]
KEPT = 60  # comparisons of an account


class DriftRow(NamedTuple):
    id: int
    account_id: AccountId
    made_at: datetime
    since: datetime
    until: datetime
    body: Mapping[str, Any]


class CallNamed(NamedTuple):
    """What people know a call by."""

    attempt_id: int
    recipient_id: int
    phone: str
    campaign_id: int
    campaign: str
    claimed_at: datetime
    result: str | None


def keep(
    connection: Connection,
    account_id: AccountId,
    *,
    made_at: datetime,
    since: datetime,
    until: datetime,
    body: Mapping[str, Any],
) -> None:
    values = {"account_id": account_id, "made_at": made_at, "since": since, "until": until}
    insert_one(connection, _table, {**values, "body": dict(body)})
    mine = select(_columns.id).where(_columns.account_id == account_id)
    newest = mine.order_by(_columns.made_at.desc(), _columns.id.desc()).limit(KEPT)
    connection.execute(delete(_table).where(_columns.account_id == account_id, _columns.id.not_in(newest)))


def latest(connection: Connection, account_id: AccountId, *, limit: int) -> list[DriftRow]:
    """The newest first."""
    query = select(*(_columns[name] for name in DriftRow._fields)).where(_columns.account_id == account_id)
    rows = connection.execute(query.order_by(_columns.made_at.desc(), _columns.id.desc()).limit(limit))
    return [DriftRow(*row) for row in rows]


def named(connection: Connection, attempt_ids: Sequence[int]) -> dict[int, CallNamed]:
    """By attempt, as far as they are still there."""
    rows = connection.execute(
        select(
            _attempt.id,
            _attempt.recipient_id,
            _attempt.phone,
            _attempt.campaign_id,
            _campaign.name,
            _attempt.claimed_at,
            _attempt.result,
        )
        .join(Campaign, _campaign.id == _attempt.campaign_id)
        .where(_attempt.id.in_(list(attempt_ids)))
    )
    return {row[0]: CallNamed(*row) for row in rows}


def orphaned_webhooks(
    connection: Connection, account_id: AccountId, *, since: datetime, until: datetime
) -> list[datetime]:
    """When finished webhooks came that are still nobody's."""
    rows = connection.execute(
        select(_inbox.received_at)
        .where(
            _inbox.account_id == account_id,
            _inbox.verdict == ORPHAN,
            _inbox.cmd == FINISHED,
            _inbox.received_at >= since,
            _inbox.received_at <= until,
        )
        .order_by(_inbox.received_at)
    )
    return list(rows.scalars())


def turn_to_compare(
    connection: Connection, account_id: AccountId, *, seen: datetime | None, until: datetime
) -> bool:
    """Whether it is ours to compare up to that moment: of several engines that saw the same, one."""
    first = upsert(connection, _health).values(account_id=account_id)
    connection.execute(first.on_conflict_do_nothing(index_elements=["account_id"]))
    unchanged = _health.c.compared_at.is_not_distinct_from(seen)
    query = update(_health).where(_health.c.account_id == account_id, unchanged)
    return bool(connection.execute(query.values(compared_at=until)).rowcount)
