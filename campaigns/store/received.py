"""What LiraX sent, for people to look at: the last webhooks and what became of each."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, Select, Update, bindparam, func, select, text, true, update

from campaigns.rules.vocabulary import AccountId
from campaigns.store.inbox import DISCARDED, FINISHED, ORPHAN
from campaigns.tables import Inbox

_table = Inbox.__table__  # type: ignore[attr-defined]
_columns = _table.c
# Written out, because SQLite uses a partial index only where it sees the very words of its condition.
_DEAD = text("dead")
_ORPHANED = text(f"verdict = '{ORPHAN}'")
COUNTED = 1000
LONG_UNKNOWN = timedelta(hours=24)  # by then every call of ours has been cleared up
_ANEW = {"applied_at": None, "verdict": None, "dead": False, "tries": 0, "error": None}


class Among(StrEnum):
    """Which webhooks somebody wants to see."""

    ALL = "all"
    ORPHANS = "orphans"  # kept for an id that nobody knows
    DEAD = "dead"  # set aside after so many tries


class Received(NamedTuple):
    id: int
    cmd: str
    body: Mapping[str, Any]
    received_at: datetime
    applied_at: datetime | None
    verdict: str | None
    tries: int
    dead: bool
    error: str | None


class Trouble(NamedTuple):
    """How many wait for an id, and how many were set aside; each counted up to COUNTED."""

    orphans: int
    dead: int


def latest(
    connection: Connection,
    account_id: AccountId,
    *,
    among: Among = Among.ALL,
    before: int | None = None,
    limit: int = 50,
) -> list[Received]:
    """The newest first; only those stored before the webhook `before`."""
    query = select(*(_columns[name] for name in Received._fields))
    query = query.where(_columns.account_id == account_id, _chosen(among))
    if before is not None:
        query = query.where(_columns.id < before)
    # `+ 0` keeps the planner on the index of the few where there is one.
    order = _columns.id if among is Among.ALL else _columns.id + 0
    rows = connection.execute(query.order_by(order.desc()).limit(limit))
    return [Received(**{**row._mapping, "body": _readable(row.body)}) for row in rows]


def _readable(body: Any) -> Mapping[str, Any]:
    """A damaged row is set aside, and must not take the list that shows it along."""
    return body if isinstance(body, Mapping) else {"damaged": str(body)}


def trouble(connection: Connection, account_id: AccountId) -> Trouble:
    return Trouble(*(_count(connection, account_id, among) for among in (Among.ORPHANS, Among.DEAD)))


def long_unknown(connection: Connection, *, now: datetime, account_id: AccountId | None = None) -> int:
    """How many results of calls came a day ago or earlier, and nobody knows whose; counted up to COUNTED.

    Of one account or of all. Other webhooks are not counted: calls that people make by themselves leave such.
    """
    some = select(_columns.id).where(
        _ORPHANED, _columns.cmd == FINISHED, _columns.received_at <= now - LONG_UNKNOWN
    )
    if account_id is not None:
        some = some.where(_columns.account_id == account_id)
    return _number(connection, some)


def again(connection: Connection, account_id: AccountId, inbox_id: int) -> bool:
    """Let the webhook be applied once more; whether there is such a one that was set aside or orphaned."""
    chosen = _of_no_use_yet(account_id)
    return connection.execute(chosen.values(**_ANEW), {"inbox_id": inbox_id}).rowcount > 0


def _of_no_use_yet(account_id: AccountId) -> Update:
    return update(_table).where(
        _columns.id == bindparam("inbox_id"),
        _columns.account_id == account_id,
        (_columns.verdict == ORPHAN) | _columns.dead,
    )


def all_again(connection: Connection, account_id: AccountId) -> int:
    """Let all that were set aside be applied once more; how many."""
    chosen = update(_table).where(_columns.account_id == account_id, _DEAD)
    return connection.execute(chosen.values(**_ANEW)).rowcount


def discard(connection: Connection, account_id: AccountId, inbox_id: int, *, now: datetime) -> bool:
    """Give up a webhook that was set aside or orphaned; whether there is such a one."""
    chosen = _of_no_use_yet(account_id)
    values = {"applied_at": now, "verdict": DISCARDED, "dead": False}
    return connection.execute(chosen.values(**values), {"inbox_id": inbox_id}).rowcount > 0


def _chosen(among: Among) -> ColumnElement[bool]:
    match among:
        case Among.ORPHANS:
            return _ORPHANED  # type: ignore[return-value]
        case Among.DEAD:
            return _DEAD  # type: ignore[return-value]
        case Among.ALL:
            return true()


def _count(connection: Connection, account_id: AccountId, among: Among) -> int:
    return _number(connection, select(_columns.id).where(_columns.account_id == account_id, _chosen(among)))


def _number(connection: Connection, some: Select[tuple[int]]) -> int:
    limited = some.limit(COUNTED).subquery()
    return connection.execute(select(func.count()).select_from(limited)).scalar_one()
