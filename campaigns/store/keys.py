"""API keys. Only the SHA-256 of a key is kept, with the first letters that tell it from others."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, select

from campaigns.rules.vocabulary import Scope
from campaigns.store.dialects import insert_one
from campaigns.tables import ApiKey

_table = ApiKey.__table__  # type: ignore[attr-defined]
_columns = _table.c


class KeyRow(NamedTuple):
    id: int
    scope: Scope


def add_key(
    connection: Connection, key_hash: str, *, name: str, prefix: str, scope: Scope, now: datetime
) -> int:
    values = {"name": name, "key_hash": key_hash, "prefix": prefix, "scope": scope.value, "created_at": now}
    return insert_one(connection, _table, values)


def find_key(connection: Connection, key_hash: str) -> KeyRow | None:
    """The key with this hash; None when there is none, or it has been revoked."""
    chosen = select(_columns.id, _columns.scope).where(
        _columns.key_hash == key_hash, _columns.revoked_at.is_(None)
    )
    row = connection.execute(chosen).first()
    return None if row is None else KeyRow(row.id, Scope(row.scope))
