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


def first_version(connection: Connection) -> None:
    """An empty database as revision 0001 made it."""
    found = inspect(connection).get_table_names()
    if connection.dialect.name == "sqlite":
        connection.execute(text("PRAGMA defer_foreign_keys=ON"))
    for name in found:
        cascade = "" if connection.dialect.name == "sqlite" else " CASCADE"
        connection.execute(text(f'DROP TABLE "{name}"{cascade}'))
    migrate(connection, to="0001")


def an_effect(connection: Connection) -> None:
    """A note that was ordered while the first version ran."""
    moment = "0" if connection.dialect.name == "sqlite" else "now()"
    for statement in (
        "INSERT INTO account (id, name, lirax_url, timezone) VALUES (7, 'a', 'u', 'UTC')",
        "INSERT INTO campaign (id, name, account_id, state, definition, fingerprint, had_recipients, credit,"
        " created_at)"
        f" VALUES (5, 'c', 7, 'running', '{{}}', 'f', true, 0, {moment})",
        "INSERT INTO recipient (id, campaign_id, phone, round, state, attempts, calls, turn, data)"
        " VALUES (3, 5, '380671234567', 0, 'done', 1, 1, 1, '{}')",
        "INSERT INTO effect (id, cause, campaign_id, recipient_id, kind, body, state, tries, created_at)"
        f" VALUES (1, 'x', 5, 3, 'note', '{{}}', 'queued', 0, {moment})",
    ):
        connection.execute(text(statement))


async def test_an_effect_of_the_first_version_belongs_to_its_campaigns_account(database: Database) -> None:
    await database.write(first_version)
    await database.write(an_effect)
    await database.write(migrate)
    query = text("SELECT account_id, campaign_id, recipient_id FROM effect")
    assert await database.read(lambda connection: tuple(connection.execute(query).one())) == (7, 5, 3)
    assert await database.read(is_current)
