"""Webhooks as they came: stored before LiraX gets its 200, applied once afterwards."""

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, func, select, text, update

from campaigns.rules.vocabulary import AccountId
from campaigns.store.dialects import upsert
from campaigns.tables import Inbox

_table = Inbox.__table__  # type: ignore[attr-defined]
_columns = _table.c
_WAITING = text("applied_at IS NULL AND NOT dead")


APPLIED, ORPHAN, IGNORED, STORED = "applied", "orphan", "ignored", "stored"
"""What became of a webhook; an orphan is kept for an id that may still become known."""


class InboxRow(NamedTuple):
    id: int
    account_id: AccountId
    cmd: str
    body: Mapping[str, str]
    received_at: datetime
    tries: int


_SELECT = select(*(_columns[name] for name in InboxRow._fields))


def add(
    connection: Connection,
    *,
    account_id: AccountId,
    cmd: str,
    dedupe_key: str | None,
    subject: str | None,
    body: Mapping[str, str],
    now: datetime,
) -> bool:
    """Whether it is new; a webhook with a key seen before is not stored again."""
    statement = (
        upsert(connection, _table)
        .values(
            account_id=account_id,
            cmd=cmd,
            dedupe_key=dedupe_key,
            subject=subject,
            body=dict(body),
            received_at=now,
            tries=0,
            dead=False,
        )
        .on_conflict_do_nothing()
    )
    return connection.execute(statement).rowcount > 0


def waiting(connection: Connection, *, limit: int) -> list[InboxRow]:
    """What has not been applied yet, in the order it came."""
    rows = connection.execute(
        _SELECT.where(_WAITING).order_by(_columns.id).limit(limit).with_for_update(skip_locked=True)
    )
    return [InboxRow(*row) for row in rows]


def orphans(connection: Connection, account_id: AccountId, *, cmd: str, subject: str) -> list[InboxRow]:
    """Webhooks kept because nobody knew their id then, and which speak of this one."""
    rows = connection.execute(
        _SELECT.where(
            _columns.account_id == account_id,
            _columns.subject == subject,
            _columns.cmd == cmd,
            _columns.verdict == ORPHAN,
        ).order_by(_columns.id)
    )
    return [InboxRow(*row) for row in rows]


def recent_orphans(
    connection: Connection, account_id: AccountId, *, cmd: str, since: datetime
) -> list[InboxRow]:
    """Webhooks that nobody knew the id of, received from then on."""
    rows = connection.execute(
        _SELECT.where(
            _columns.account_id == account_id,
            _columns.received_at >= since,
            _columns.cmd == cmd,
            _columns.verdict == ORPHAN,
        ).order_by(_columns.id)
    )
    return [InboxRow(*row) for row in rows]


def settle(connection: Connection, inbox_id: int, *, verdict: str, now: datetime) -> None:
    """It has been looked at: applied, orphan (kept for a later id), ignored or stored."""
    connection.execute(
        update(_table).where(_columns.id == inbox_id).values(verdict=verdict, applied_at=now, error=None)
    )


def failed(connection: Connection, inbox_id: int, *, error: str, last_try: int) -> None:
    """One more try has failed; after `last_try` of them it is set aside."""
    connection.execute(
        update(_table)
        .where(_columns.id == inbox_id)
        .values(error=error[:500], tries=_columns.tries + 1, dead=_columns.tries + 1 >= last_try)
    )


def how_many_waiting(connection: Connection) -> int:
    return connection.execute(select(func.count()).where(_WAITING).select_from(_table)).scalar_one()
