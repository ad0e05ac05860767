"""What the engine and the pages ask of a database: write in one transaction, read in one snapshot."""

from collections.abc import Callable
from enum import IntEnum
from typing import Protocol, TypeVar

from sqlalchemy import Connection

T = TypeVar("T")


class Lane(IntEnum):
    """Who goes first at the one writer of SQLite. PostgreSQL has many writers and ignores it."""

    WEBHOOK = 0  # LiraX waits for our 200
    PLACEMENT = 1  # claims and results of requests
    COMMAND = 2  # a person waits
    IMPORT = 3  # slices of lists, bulk work


class Database(Protocol):
    """A job is a function of a SQLAlchemy connection: it runs whole in one transaction, or not at all.

    A job may be run again from its start after a deadlock or a lost serialisation, so it must do nothing
    but speak to its connection. It never talks to the network and never waits.
    """

    dialect: str  # sqlite | postgresql

    async def write(self, job: Callable[[Connection], T], *, lane: Lane = Lane.COMMAND) -> T:
        """What `job` returned, once that is durable. Raises what it raised, with nothing written."""
        ...

    async def read(self, job: Callable[[Connection], T]) -> T:
        """What `job` returned from one consistent snapshot, of all that was written before the call."""
        ...

    async def last_look(self, job: Callable[[Connection], T]) -> T:
        """What `job` returns, for a fence: on SQLite, whose writes all pass through this process, within the
        very tick, nobody's turn between; on PostgreSQL after a round trip.
        """
        ...

    async def close(self) -> None: ...
