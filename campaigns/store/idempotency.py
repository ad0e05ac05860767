"""Kept answers of requests that must have one effect however often they are sent.

A row is written before anything is done. `began` tells its owner: whoever takes a stale row over moves it,
and the earlier owner finds that the row is no longer its own.
"""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement, Connection, and_, delete, select, update

from campaigns.store.dialects import upsert
from campaigns.tables import Idempotency

_table = Idempotency.__table__  # type: ignore[attr-defined]
_columns = _table.c


class Kept(NamedTuple):
    """`answer` is the body as it was sent; None while the first request is under way."""

    body_hash: str
    status: int | None
    answer: str | None
    began: datetime


def begin(connection: Connection, key_id: int, key: str, *, body_hash: str, now: datetime) -> bool:
    """Whether the row is ours; False when there was one already."""
    values = {"key_id": key_id, "key": key, "body_hash": body_hash, "created_at": now}
    return connection.execute(upsert(connection, _table).values(values).on_conflict_do_nothing()).rowcount > 0


def find(connection: Connection, key_id: int, key: str) -> Kept | None:
    row = connection.execute(select(_table).where(_columns.key_id == key_id, _columns.key == key)).first()
    if row is None:
        return None
    return Kept(row.body_hash, row.status, row.answer["body"] if row.answer else None, row.created_at)


def take_over(connection: Connection, key_id: int, key: str, *, began: datetime, now: datetime) -> bool:
    """Whether the unfinished row is ours now; False when somebody was faster, or its owner has finished."""
    moved = update(_table).where(_unfinished(key_id, key, began)).values(created_at=now)
    return connection.execute(moved).rowcount > 0


def keep(connection: Connection, key_id: int, key: str, *, began: datetime, status: int, answer: str) -> bool:
    """Whether the answer is kept; False when the row was taken over meanwhile."""
    kept = update(_table).where(_unfinished(key_id, key, began))
    return connection.execute(kept.values(status=status, answer={"body": answer})).rowcount > 0


def forget(connection: Connection, key_id: int, key: str, *, began: datetime) -> None:
    """Give the key free again: nothing was done."""
    connection.execute(delete(_table).where(_unfinished(key_id, key, began)))


def forget_older(connection: Connection, *, before: datetime) -> None:
    connection.execute(delete(_table).where(_columns.created_at < before))


def _unfinished(key_id: int, key: str, began: datetime) -> ColumnElement[bool]:
    return and_(
        _columns.key_id == key_id,
        _columns.key == key,
        _columns.created_at == began,
        _columns.status.is_(None),
    )
