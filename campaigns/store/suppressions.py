"""The do-not-call list: numbers that nobody calls or texts, from any campaign."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, delete, select

from campaigns.store.dialects import upsert
from campaigns.tables import Suppression

_table = Suppression.__table__  # type: ignore[attr-defined]
_columns = _table.c


def add(connection: Connection, phone: str, *, reason: str | None, source: str, now: datetime) -> bool:
    """Whether the number was not on the list before."""
    statement = (
        upsert(connection, _table)
        .values(phone=phone, reason=reason, source=source, added_at=now)
        .on_conflict_do_nothing()
    )
    return connection.execute(statement).rowcount > 0


def remove(connection: Connection, phone: str) -> bool:
    """Whether the number was on the list."""
    return connection.execute(delete(_table).where(_columns.phone == phone)).rowcount > 0


def among(connection: Connection, phones: Sequence[str]) -> set[str]:
    """Those of these numbers that are on the list."""
    return set(connection.execute(select(_columns.phone).where(_columns.phone.in_(phones))).scalars())


def listed(connection: Connection, *, limit: int, after: str = "") -> list[Suppression]:
    """Entries in the order of their numbers, those after `after`."""
    rows = connection.execute(
        select(_table).where(_columns.phone > after).order_by(_columns.phone).limit(limit)
    )
    return [Suppression(**row._mapping) for row in rows]
