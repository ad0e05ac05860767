"""The one database of a simulation: real SQLite in memory, with faults at every statement and commit.

All processes of one simulation share it; each job runs whole, so transactions are as serial as SQLite's own.
`Disk` is what survives a crash, `SimDatabase` is what one process sees of it.
"""

import asyncio
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from random import Random
from typing import Any, NoReturn, TypeVar, cast

import orjson
from sqlalchemy import Connection, StaticPool, create_engine
from sqlalchemy.exc import DatabaseError, OperationalError

from campaigns.store.erased import KEYED_HASH
from campaigns.store.workers import CLOCK
from engine.database.port import Lane
from engine.errors import DatabaseTrouble
from engine.secrets import keyed_hash
from tests.databases import migrated_file
from tests.simulation.chance import happens
from tests.simulation.loop import Life

T = TypeVar("T")

SECRET_KEY = "the-secret-key-of-the-simulation-is-long-enough"
BUSY, FULL = "database is locked", "database or disk is full"
BUSY_TRIES = 4
OPEN = "BEGIN IMMEDIATE"


@dataclass(frozen=True)
class DiskFaults:
    """Shares of jobs or statements that meet with each fault."""

    slow: float = 0.0  # a job waits up to `slow_seconds`
    slow_seconds: float = 2.0
    statement: float = 0.0  # a statement fails: the file is busy, or the disk full
    commit: float = 0.0  # a commit fails, nothing is written
    lost_commit: float = 0.0  # all is written, but the caller is told that the connection was lost
    crash_before: float = 0.0  # killed right before the commit
    crash_after: float = 0.0  # killed when all is written, before anybody knows


class _Known:
    """The engine and its one connection, for the whole process: what SQLAlchemy has compiled stays."""

    def __init__(self) -> None:
        self.raw = sqlite3.connect(
            ":memory:",
            check_same_thread=False,
            isolation_level=None,
            factory=_Fallible,
            cached_statements=2000,
        )
        self.raw.execute("PRAGMA foreign_keys=ON")
        template = sqlite3.connect(migrated_file())
        self.template = sqlite3.connect(":memory:")
        template.backup(self.template)
        template.close()
        self.engine = create_engine(
            "sqlite://",
            creator=lambda: self.raw,
            poolclass=StaticPool,
            json_serializer=lambda value: orjson.dumps(value).decode(),
            json_deserializer=orjson.loads,
        )


class _Fallible(sqlite3.Connection):
    """Asks `failing` before every statement of SQLAlchemy's; a sentence of it is the error."""

    failing: Callable[[], str | None] | None = None

    def cursor(self, factory: Any = None) -> Any:
        return super().cursor(sqlite3.Cursor if self.failing is None else _FallibleCursor)


class _FallibleCursor(sqlite3.Cursor):
    def execute(self, statement: str, parameters: Any = ()) -> Any:
        self._may_fail()
        return super().execute(statement, parameters)

    def executemany(self, statement: str, rows: Any) -> Any:
        self._may_fail()
        return super().executemany(statement, rows)

    def _may_fail(self) -> None:
        failing = cast(_Fallible, self.connection).failing
        words = None if failing is None else failing()
        if words is not None:
            raise sqlite3.OperationalError(words)


_known: list[_Known] = []


class Disk:
    def __init__(
        self,
        chance: Random,
        *,
        clock: Callable[[], datetime],
        committed: Callable[[], None],
        kill: Callable[[Life], None],
    ) -> None:
        if not _known:
            _known.append(_Known())
        self._shared = _known[0]
        self.raw = self._shared.raw
        self._shared.template.backup(self.raw)
        self._connection = self._shared.engine.connect().execution_options(
            **{CLOCK: clock, KEYED_HASH: keyed_hash(SECRET_KEY)}
        )
        self._random = chance
        self._committed = committed
        self.kill = kill
        self.faults = DiskFaults()
        self.statements_failed = 0

    def close(self) -> None:
        self.raw.failing = None
        self._connection.close()

    def write(self, job: Callable[[Connection], T], *, life: Life | None) -> T:
        """Raises Killed when the process dies of it: before the commit, or after."""
        assert life is None or not life.dead, "a dead process writes"
        before = self.raw.total_changes
        faults = self.faults
        with self._transaction():
            answer = self._done(job, life=life)
            if life is not None and happens(self._random, faults.crash_before):
                raise Killed
            if life is not None and happens(self._random, faults.commit):
                raise OperationalError("COMMIT", {}, sqlite3.OperationalError(FULL))
        if self.raw.total_changes != before:
            self._committed()
        if life is not None and happens(self._random, faults.crash_after):
            raise Killed
        if life is not None and happens(self._random, faults.lost_commit):
            raise OperationalError("COMMIT", {}, sqlite3.OperationalError("the connection was lost"))
        return answer

    def read(self, job: Callable[[Connection], T], *, life: Life | None) -> T:
        changes = self.raw.total_changes
        with self._transaction():
            answer = self._done(job, life=life)
        assert self.raw.total_changes == changes, f"{job} was to read, and wrote"
        return answer

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        """By hand: SQLAlchemy's own, opened once and never ended, costs a tenth of all time otherwise."""
        self.raw.execute(OPEN)
        try:
            yield
        except BaseException:
            self._connection.rollback()
            if self.raw.in_transaction:  # nothing of SQLAlchemy's had begun
                self.raw.execute("ROLLBACK")
            raise
        assert not self._connection.in_nested_transaction()
        self.raw.execute("COMMIT")

    def _done(self, job: Callable[[Connection], T], *, life: Life | None) -> T:
        self.raw.failing = self._failing if life is not None and self.faults.statement else None
        try:
            return job(self._connection)
        finally:
            self.raw.failing = None

    def _failing(self) -> str | None:
        if not happens(self._random, self.faults.statement):
            return None
        self.statements_failed += 1
        return BUSY if self._random.random() < 0.7 else FULL


class Killed(Exception):
    """The process is to die here; it never learns of it."""


class SimDatabase:
    """What the house of one process is given."""

    dialect = "sqlite"

    def __init__(self, disk: Disk, life: Life, chance: Random) -> None:
        self._disk = disk
        self._life = life
        self._random = chance

    async def write(self, job: Callable[[Connection], T], *, lane: Lane = Lane.COMMAND) -> T:
        await self._travel()
        for tries_left in reversed(range(BUSY_TRIES)):
            try:
                answer = self._disk.write(job, life=self._life)
                break
            except Killed:
                self._disk.kill(self._life)
            except DatabaseError as error:
                if BUSY not in str(error.orig) or not tries_left:
                    self._explain(error)
            await self._rest()
        await self._travel()
        return answer

    async def read(self, job: Callable[[Connection], T]) -> T:
        await self._travel()
        return self._read_now(job)

    async def last_look(self, job: Callable[[Connection], T]) -> T:
        return self._read_now(job)

    async def close(self) -> None:
        return None

    def _read_now(self, job: Callable[[Connection], T]) -> T:
        try:
            return self._disk.read(job, life=self._life)
        except DatabaseError as error:
            self._explain(error)

    def _explain(self, error: DatabaseError) -> NoReturn:
        """As the real one: a sentence where the file is at fault, the error itself where the job is."""
        if isinstance(error, OperationalError):
            raise DatabaseTrouble(f"the database: {error.orig}") from error
        raise error

    async def _travel(self) -> None:
        """There and back: others may come first."""
        faults = self._disk.faults
        if happens(self._random, faults.slow):
            await asyncio.sleep(self._random.uniform(0, faults.slow_seconds))
        else:
            await asyncio.sleep(0)

    async def _rest(self) -> None:
        await asyncio.sleep(self._random.uniform(0, 0.2))
