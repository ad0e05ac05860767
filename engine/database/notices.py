"""Words that one process calls out to all others of a PostgreSQL, over LISTEN and NOTIFY.

Hints only: they are lost while a connection is, so whoever listens also looks by itself now and then.
"""

import asyncio
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Any

import structlog
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

log = structlog.get_logger(__name__)

CHANNEL = "dzvin"
LOOK_SECONDS = 5.0  # how soon it is noticed that the connection is gone
LOST = (SQLAlchemyError, OSError, TimeoutError)


class Notices:
    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def tell(self, words: Iterable[str]) -> None:
        """Call the words out; silently not, while the database is away."""
        query = text("SELECT pg_notify(:channel, :words)")
        with suppress(*LOST):
            async with self._engine.begin() as connection:
                await connection.execute(query, {"channel": CHANNEL, "words": " ".join(sorted(words))})

    async def hear(self, word_heard: Callable[[str], None]) -> None:
        """Hands on each word that is called out, whatever becomes of the connection; until cancelled."""

        def heard(connection: object, process: int, channel: str, words: str) -> None:
            for word in words.split():
                word_heard(word)

        while True:
            try:
                async with self._engine.connect() as connection:
                    await self._listen(connection, heard)
            except LOST as error:
                log.info("no longer listening for other processes; trying again", reason=str(error))
            await asyncio.sleep(LOOK_SECONDS)

    async def _listen(self, connection: AsyncConnection, heard: Callable[..., None]) -> None:
        driver: Any = (await connection.get_raw_connection()).driver_connection
        try:
            await driver.add_listener(CHANNEL, heard)
            while not driver.is_closed():
                await asyncio.sleep(LOOK_SECONDS)
                await driver.execute("SELECT 1", timeout=LOOK_SECONDS)
        finally:
            await connection.invalidate()  # nobody else is to be given a connection that listens
