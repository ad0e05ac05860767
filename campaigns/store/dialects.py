"""Where SQLite and PostgreSQL need another word for the same thing."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, Table, insert
from sqlalchemy.dialects import postgresql, sqlite


def insert_one(connection: Connection, table: Table, values: Mapping[str, Any]) -> int:
    """The id of the new row."""
    return int(connection.execute(insert(table).values(**values).returning(table.c.id)).scalar_one())


def upsert(connection: Connection, table: Table) -> Any:
    """An `insert` that knows `on_conflict_do_nothing` and `on_conflict_do_update`."""
    maker = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
    return maker(table)
