"""Where SQLite and PostgreSQL need another word for the same thing, and statements that are made only once.

To build a statement costs SQLAlchemy ten times what SQLite needs to run it. So those that run for every call
stand ready, with named places for their values.
"""

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import Connection, CursorResult, Table, bindparam, insert, update
from sqlalchemy.dialects import postgresql, sqlite


def insert_one(connection: Connection, table: Table, values: Mapping[str, Any]) -> int:
    """The id of the new row."""
    return int(connection.execute(insert(table).values(**values).returning(table.c.id)).scalar_one())


def upsert(connection: Connection, table: Table) -> Any:
    """An `insert` that knows `on_conflict_do_nothing` and `on_conflict_do_update`."""
    maker = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
    return maker(table)


class Upsert:
    """An upsert that stands ready for both databases; `finish` says what to do on conflict."""

    def __init__(self, table: Table, finish: Callable[[Any], Any]) -> None:
        makers = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}
        self._ready = {name: finish(maker(table)) for name, maker in makers.items()}

    def run(self, connection: Connection, values: Any) -> CursorResult[Any]:
        """`values` by column: of one row, or of each in a list."""
        return connection.execute(self._ready[connection.dialect.name], values)


class Save:
    """Writes some columns of the row with that id."""

    def __init__(self, table: Table) -> None:
        self._ready = update(table).where(table.c.id == bindparam("row_id"))

    def __call__(self, connection: Connection, row_id: int, values: Mapping[str, Any]) -> None:
        connection.execute(self._ready, {"row_id": row_id, **values})
