"""Who is the one engine of a database. On SQLite the file's lock has settled it already; on PostgreSQL an
advisory lock does, held by a connection of its own: a second engine says so and stands by.
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import Protocol

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

LOCK_NUMBER = 0x647A76696E  # "dzvin" in ASCII: any number will do that is always the same
LOOK_SECONDS = 2.0


class Stage(Protocol):
    async def enter(self, waiting: Callable[[str], None]) -> None:
        """Returns once we are the one engine; tells `waiting` why not yet."""
        ...

    async def lost(self) -> None:
        """Returns when we are the one engine no more."""
        ...

    async def leave(self) -> None: ...


class FileStage:
    """The lock of the SQLite file is ours for as long as we live."""

    async def enter(self, waiting: Callable[[str], None]) -> None:
        return None

    async def lost(self) -> None:
        await asyncio.Event().wait()

    async def leave(self) -> None:
        return None


class PostgresStage:
    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._connection: AsyncConnection | None = None

    async def enter(self, waiting: Callable[[str], None]) -> None:
        while True:
            try:
                if await self._try():
                    return
                waiting("another engine works on this database; this one takes over when that one ends")
            except (SQLAlchemyError, OSError, TimeoutError) as error:
                await self.leave()
                waiting(f"the database cannot be used: {str(error).splitlines()[0]}")
            await asyncio.sleep(LOOK_SECONDS)

    async def _try(self) -> bool:
        if self._connection is None:
            connection = await self._engine.connect()
            self._connection = await connection.execution_options(isolation_level="AUTOCOMMIT")
        query = text("SELECT pg_try_advisory_lock(:number)")
        return bool((await self._connection.execute(query, {"number": LOCK_NUMBER})).scalar())

    async def lost(self) -> None:
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            try:
                assert self._connection is not None
                await self._connection.execute(text("SELECT 1"))
            except (SQLAlchemyError, OSError, TimeoutError):
                await self.leave()
                return

    async def leave(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(SQLAlchemyError, OSError, TimeoutError):
                await connection.invalidate()
                await connection.close()
