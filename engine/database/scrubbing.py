"""Sees to it that what was deleted does not stand in the database's files any more.

SQLite: the log is written back and emptied; the file is rewritten where it holds old copies of deleted rows.
PostgreSQL: the tables are rewritten, for a table keeps what was deleted until its room is needed, and the
planner's statistics keep examples. Its log and its backups are beyond us.
"""

import asyncio
import os
import sqlite3
from collections.abc import Collection, Sequence

import structlog
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from engine.database.port import Database
from engine.database.postgres import PostgresDatabase
from engine.database.sqlite import SqliteDatabase
from engine.database.stale_pages import holds_any
from engine.errors import DatabaseTrouble

log = structlog.get_logger(__name__)

TRIES = 20  # a reader may need what is to go; a long one is not waited for
PAUSE_SECONDS = 0.25
BUSY_MILLISECONDS = 200  # for which everybody who writes waits
LOCK_SECONDS = 5  # how long a table that is to be rewritten is waited for, with everybody who comes after


async def scrub(
    database: Database, *, tables: Sequence[str], words: Collection[str] | None = None, tries: int = TRIES
) -> bool:
    """Whether nothing is left; if not, somebody still reads what was deleted, and it must be tried again.

    `words` are what was deleted, where that is known: then a SQLite file is rewritten only if it has to be.
    """
    try:
        if isinstance(database, SqliteDatabase):
            return await _scrub_sqlite(database, words=words, tries=tries)
        if isinstance(database, PostgresDatabase):
            return await _scrub_postgres(database, tables=tables, tries=tries)
    except (DatabaseTrouble, DBAPIError, OSError) as error:
        log.warning("the files of the database could not be scrubbed; trying again later", reason=str(error))
        return False
    return True  # one that keeps no files, as in the simulation


async def _scrub_sqlite(database: SqliteDatabase, *, words: Collection[str] | None, tries: int) -> bool:
    if not await _written_back(database, tries=tries):
        return False
    if words is not None:
        wanted = {word.encode() for word in words}
        if not await asyncio.to_thread(_still_holds, database, wanted):
            return True
    await database.upkeep(lambda connection: connection.execute("VACUUM").close())
    return await _written_back(database, tries=tries)


def _still_holds(database: SqliteDatabase, words: set[bytes]) -> bool:
    with os.fdopen(database.descriptor(), "rb", closefd=False) as file:
        return holds_any(file, words)


async def _written_back(database: SqliteDatabase, *, tries: int) -> bool:
    """Whether the log is empty."""
    for _ in range(tries):
        if await database.upkeep(_write_back):
            return True
        await asyncio.sleep(PAUSE_SECONDS)
    return False


def _write_back(connection: sqlite3.Connection) -> bool:
    connection.execute(f"PRAGMA busy_timeout={BUSY_MILLISECONDS}").close()
    try:
        busy, _, _ = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    finally:
        connection.execute("PRAGMA busy_timeout=5000").close()
    return not busy


async def _scrub_postgres(database: PostgresDatabase, *, tables: Sequence[str], tries: int) -> bool:
    async with database.engine.connect() as opened:
        connection = await opened.execution_options(isolation_level="AUTOCOMMIT")
        await connection.execute(text(f"SET lock_timeout = '{LOCK_SECONDS}s'"))
        try:
            if not await _earlier_ones_have_ended(connection, tries=tries):
                return False
            quote = connection.dialect.identifier_preparer.quote
            for name in tables:
                await connection.execute(text(f"VACUUM (FULL, ANALYZE) {quote(name)}"))
            await connection.execute(text("VACUUM FULL pg_statistic"))
            await _checkpoint(connection)
        finally:
            await connection.execute(text("SET lock_timeout = DEFAULT"))
    return True


async def _earlier_ones_have_ended(connection: AsyncConnection, *, tries: int) -> bool:
    """What a transaction that goes on can still see is kept even when its table is rewritten."""
    begun = (await connection.execute(text("SELECT clock_timestamp()"))).scalar_one()
    earlier = text(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
        " AND xact_start < :begun AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
    )
    for _ in range(tries):
        if (await connection.execute(earlier, {"begun": begun})).scalar_one() == 0:
            return True
        await asyncio.sleep(PAUSE_SECONDS)
    return False


async def _checkpoint(connection: AsyncConnection) -> None:
    """So that the old files go at once, and not with the next checkpoint; not everybody may ask for it."""
    try:
        await connection.execute(text("CHECKPOINT"))
    except DBAPIError:
        log.info("the old files go with the next checkpoint: only a superuser may ask for one")
