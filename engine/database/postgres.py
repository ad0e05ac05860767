"""PostgreSQL: each job in a transaction of its own, run again after a deadlock or a lost serialisation."""

import asyncio
import random
from collections.abc import Callable
from typing import Any, TypeVar

import orjson
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from engine.database.durability import insist_on_durable_commits
from engine.database.port import Lane
from engine.database.trouble import is_connection_trouble, is_repeatable
from engine.errors import DatabaseTrouble

T = TypeVar("T")

TRIES = 10
LONGEST_PAUSE = 1.0  # seconds between two tries; drawn by lot, so that rivals do not meet again


class PostgresDatabase:
    dialect = "postgresql"

    def __init__(self, url: str, *, connections: int = 10) -> None:
        self.engine: AsyncEngine = create_async_engine(
            url,
            pool_size=connections,
            max_overflow=0,
            pool_pre_ping=True,
            json_serializer=lambda value: orjson.dumps(value).decode(),
            json_deserializer=orjson.loads,
            connect_args={
                "timeout": 10,
                "server_settings": {
                    "application_name": "dzvin",
                    "idle_in_transaction_session_timeout": "60000",
                },
            },
        )
        insist_on_durable_commits(self.engine)

    async def write(self, job: Callable[[Connection], T], *, lane: Lane = Lane.COMMAND) -> T:
        for attempt in range(1, TRIES + 1):
            try:
                async with self.engine.begin() as connection:
                    return await connection.run_sync(job)
            except DBAPIError as error:
                if is_repeatable(error) and attempt < TRIES:
                    await asyncio.sleep(random.uniform(0, min(0.01 * 2**attempt, LONGEST_PAUSE)))  # noqa: S311
                    continue
                if is_repeatable(error) or is_connection_trouble(error):
                    raise _trouble(error) from error
                raise
            except (OSError, TimeoutError) as error:
                raise _trouble(error) from error
        raise AssertionError("unreachable: the last try returns or raises")

    async def read(self, job: Callable[[Connection], T]) -> T:
        try:
            async with self.engine.connect() as connection:
                return await connection.run_sync(job)
        except DBAPIError as error:
            if is_connection_trouble(error):
                raise _trouble(error) from error
            raise
        except (OSError, TimeoutError) as error:
            raise _trouble(error) from error

    async def last_look(self, job: Callable[[Connection], T]) -> T:
        return await self.read(job)

    def carry(self, **options: Any) -> None:
        """From now on every connection has these options with it, for whoever is given one."""
        self.engine.sync_engine.update_execution_options(**options)

    async def close(self) -> None:
        await self.engine.dispose()


def _trouble(error: BaseException) -> DatabaseTrouble:
    said = str(getattr(error, "orig", error)).splitlines() or [type(error).__name__]
    return DatabaseTrouble(f"the PostgreSQL database cannot be used: {said[0]}")
