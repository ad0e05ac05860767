"""What LiraX has, account by account, as it was last read."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, select

from campaigns.rules.directories import ENTRIES, Directories, Entry, Listed
from campaigns.rules.vocabulary import AccountId, DirectoryKind
from campaigns.store.dialects import upsert
from campaigns.tables import Directory

_table = Directory.__table__  # type: ignore[attr-defined]
_columns = _table.c
_OF_ACCOUNT = select(_columns.kind, _columns.entries, _columns.fetched_at, _columns.trouble).where(
    _columns.account_id == bindparam("account")
)


def read(connection: Connection, account_id: AccountId) -> Directories:
    """Every list of the account; those never read are empty and without a moment."""
    known = set(DirectoryKind)
    rows = connection.execute(_OF_ACCOUNT, {"account": account_id}).all()
    return Directories(
        **{
            kind: Listed(_entries(DirectoryKind(kind), entries), fetched_at, trouble)
            for kind, entries, fetched_at, trouble in rows
            if kind in known
        }
    )


def save(
    connection: Connection,
    account_id: AccountId,
    kind: DirectoryKind,
    *,
    entries: Iterable[Entry],
    now: datetime,
) -> None:
    """What LiraX lists now."""
    plain = [entry._asdict() for entry in entries]
    values = {"entries": plain, "fetched_at": now, "trouble": None}
    _write(connection, account_id, kind, values, otherwise={})


def fail(connection: Connection, account_id: AccountId, kind: DirectoryKind, *, trouble: str) -> None:
    """It could not be read; what was read before stays."""
    _write(connection, account_id, kind, {"trouble": trouble}, otherwise={"entries": []})


def _write(
    connection: Connection,
    account_id: AccountId,
    kind: DirectoryKind,
    values: dict[str, Any],
    *,
    otherwise: dict[str, Any],
) -> None:
    statement = (
        upsert(connection, _table)
        .values(account_id=account_id, kind=kind.value, **values, **otherwise)
        .on_conflict_do_update(index_elements=["account_id", "kind"], set_=values)
    )
    connection.execute(statement)


def _entries(kind: DirectoryKind, kept: Sequence[dict[str, Any]]) -> tuple[Any, ...]:
    return tuple(ENTRIES[kind](**entry) for entry in kept)
