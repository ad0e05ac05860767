"""From nothing to what this program knows, on both databases; what is newer is left alone."""

import pytest
from sqlalchemy import Connection, inspect, text
from sqlmodel import SQLModel

import campaigns.tables  # noqa: F401 - the tables register themselves
from engine.database.migrating import is_current, migrate
from engine.database.opening import open_database
from engine.database.port import Database
from engine.errors import DatabaseTrouble

pytestmark = pytest.mark.anyio


def shape(connection: Connection) -> dict[str, tuple[set[str], set[str]]]:
    """Columns and indexes of every table."""
    seen = inspect(connection)
    return {
        name: (
            {column["name"] for column in seen.get_columns(name)},
            {str(index["name"]) for index in seen.get_indexes(name)},
        )
        for name in seen.get_table_names()
        if name != "alembic_version"
    }


async def test_migrations_make_the_tables_that_are_described(database: Database) -> None:
    found = await database.read(shape)
    assert set(found) == set(SQLModel.metadata.tables)
    for name, described in SQLModel.metadata.tables.items():
        columns, indexes = found[name]
        assert columns == {column.name for column in described.columns}, name
        assert {str(index.name) for index in described.indexes} <= indexes, name


async def test_migrating_again_changes_nothing(database: Database) -> None:
    before = await database.read(shape)
    await database.write(migrate)
    assert await database.read(shape) == before
    assert await database.read(is_current)


async def test_a_database_of_a_newer_program_is_refused(database: Database, database_url: str) -> None:
    def pretend(connection: Connection) -> None:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))

    await database.write(pretend)
    for upgrade in (True, False):
        with pytest.raises(DatabaseTrouble, match="made by a newer version of dzvin"):
            await open_database(database_url, upgrade=upgrade)


async def test_an_old_database_is_not_used_unmigrated(database: Database, database_url: str) -> None:
    await database.write(lambda connection: connection.execute(text("DELETE FROM alembic_version")) and None)
    with pytest.raises(DatabaseTrouble, match="run `dzvin db upgrade` first"):
        await open_database(database_url, upgrade=False)
