"""SQLite: one thread owns the only writing connection; readers have their own.

Jobs wait in lanes. Each turn takes what waits, runs it in one BEGIN IMMEDIATE transaction, commits once, then
answers all: many small writers share one fsync. When a job fails all is undone, and each runs again alone: it
takes nothing with it. Two writing connections would starve each other (decision 0003).
"""

import asyncio
import os
import queue
import sqlite3
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import count
from pathlib import Path
from typing import Any, TypeVar

import orjson
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import DatabaseError, OperationalError

from engine.database.port import Lane
from engine.errors import DatabaseTrouble

T = TypeVar("T")

READERS = 4
GROUP = 64  # jobs of one commit; more would make the first of them wait
BUSY_SECONDS = 5.0
THREAD_TURN = 0.0002  # seconds; each statement lets go of the interpreter, and 5 ms are long to get it back
LOCKED_SECONDS = 30.0  # how long a foreign lock is waited for before the job is given up
OPENING_SECONDS = 5.0  # the same while the file is opened: somebody waits for the first word

_Job = tuple[int, int, Callable[[Connection], Any], "Future[Any]"]


class SqliteDatabase:
    dialect = "sqlite"

    def __init__(self, path: Path) -> None:
        sys.setswitchinterval(THREAD_TURN)
        self.path = path
        self._writing = _engine(path, readonly=False)
        self._reading = _engine(path, readonly=True)
        self._jobs: queue.PriorityQueue[_Job] = queue.PriorityQueue()
        self._order = count()
        self._closed = False
        self._descriptor: int | None = None
        self._patience = OPENING_SECONDS
        self._readers = ThreadPoolExecutor(READERS, thread_name_prefix="dzvin-read")
        self._writer = threading.Thread(target=self._work, name="dzvin-write", daemon=True)
        self._writer.start()

    def opened(self) -> None:
        """The file is known to be in order: from now on a foreign lock is waited for."""
        self._patience = LOCKED_SECONDS

    async def write(self, job: Callable[[Connection], T], *, lane: Lane = Lane.COMMAND) -> T:
        if self._closed:
            raise DatabaseTrouble(f"{self.path} is closed")
        future: Future[T] = Future()
        self._jobs.put((lane, next(self._order), job, future))
        return await asyncio.wrap_future(future)

    async def read(self, job: Callable[[Connection], T]) -> T:
        if self._closed:
            raise DatabaseTrouble(f"{self.path} is closed")
        return await asyncio.get_running_loop().run_in_executor(self._readers, self.read_now, job)

    async def last_look(self, job: Callable[[Connection], T]) -> T:
        return self.read_now(job)

    def read_now(self, job: Callable[[Connection], T]) -> T:
        """As `read`, at once and in this very thread."""
        try:
            with self._reading.connect() as connection:
                return job(connection)
        except DatabaseError as error:
            if (trouble := _trouble(self.path, error)) is None:
                raise
            raise trouble from error

    async def upkeep(self, job: Callable[[sqlite3.Connection], T]) -> T:
        """Run `job` on the one writing connection between two transactions, as what rewrites the file needs.

        Whoever writes waits until it has ended.
        """
        return await self.write(_Upkeep(job), lane=Lane.IMPORT)

    def carry(self, **options: Any) -> None:
        """From now on every connection has these options with it, for whoever is given one."""
        for engine in (self._writing, self._reading):
            engine.update_execution_options(**options)

    def descriptor(self) -> int:
        """Of the file, for who must look past SQLite. Nobody closes it before the end.

        When a process closes any descriptor of a file, POSIX takes all its locks on it away, SQLite's too.
        The next program that looks in would believe itself alone, and remove the log that we go on writing.
        """
        if self._descriptor is None:
            self._descriptor = os.open(self.path, os.O_RDONLY | os.O_CLOEXEC)
        return self._descriptor

    async def close(self) -> None:
        if self._closed:
            return
        self._closed = True
        stop: Future[Any] = Future()
        self._jobs.put((max(Lane) + 1, next(self._order), _nothing, stop))
        await asyncio.wrap_future(stop)
        await asyncio.to_thread(self._writer.join)
        self._readers.shutdown(wait=True)
        self._reading.dispose()
        self._writing.dispose()
        if self._descriptor is not None:
            os.close(self._descriptor)

    def _work(self) -> None:
        running = True
        while running:
            group = self._next_group()
            running = all(job[2] is not _nothing for job in group)
            group_of_jobs = [job for job in group if job[2] is not _nothing and not job[3].cancelled()]
            self._run([job for job in group_of_jobs if not isinstance(job[2], _Upkeep)])
            for job in group_of_jobs:
                if isinstance(job[2], _Upkeep):
                    self._keep_up(job[2], job[3])
            if not running:
                group[-1][3].set_result(None)

    def _next_group(self) -> list[_Job]:
        """Whatever waits now, at least one job; a slice of an import is never put before anybody."""
        group = [self._jobs.get()]
        while len(group) < GROUP and group[-1][0] < Lane.IMPORT:
            try:
                group.append(self._jobs.get_nowait())
            except queue.Empty:
                break
        return group

    def _run(self, group: list[_Job]) -> None:
        given_up = time.monotonic() + self._patience
        while group:
            try:
                answers = self._in_one_transaction(group)
            except BaseException as error:
                if _is_locked(error) and time.monotonic() < given_up:
                    continue
                self._failed(group, error)
            else:
                for (_, _, _, future), value in zip(group, answers, strict=True):
                    if future.set_running_or_notify_cancel():
                        future.set_result(value)
            return

    def _in_one_transaction(self, group: list[_Job]) -> list[Any]:
        with self._writing.begin() as connection:
            return [job(connection) for _, _, job, _ in group]

    def _keep_up(self, upkeep: "_Upkeep", future: "Future[Any]") -> None:
        if not future.set_running_or_notify_cancel():
            return
        connection = self._writing.raw_connection()
        try:
            answer = upkeep.job(connection.driver_connection)
        except sqlite3.Error as error:
            trouble = DatabaseTrouble(f"{self.path}: {error}")
            trouble.__cause__ = error
            future.set_exception(trouble)
        except BaseException as error:
            future.set_exception(error)
        else:
            future.set_result(answer)
        finally:
            connection.close()

    def _failed(self, group: list[_Job], error: BaseException) -> None:
        """Nothing was written. One of several is at fault: alone, each gets its own answer."""
        if len(group) > 1:
            for job in group:
                self._run([job])
            return
        future = group[0][3]
        if not future.set_running_or_notify_cancel():
            return
        trouble = _trouble(self.path, error)
        if trouble is not None:
            trouble.__cause__ = error
        future.set_exception(trouble or error)


class _Upkeep:
    """A job that is no transaction."""

    def __init__(self, job: Callable[[Any], Any]) -> None:
        self.job = job

    def __call__(self, connection: Connection) -> Any:
        raise AssertionError("upkeep runs beside transactions, never in one")


def _nothing(connection: Connection) -> None:
    """The last job: it tells the writer to stop."""


def _is_locked(error: BaseException) -> bool:
    return isinstance(error, OperationalError) and any(word in str(error.orig) for word in ("locked", "busy"))


def _trouble(path: Path, error: BaseException) -> DatabaseTrouble | None:
    """A sentence where the file is at fault; None where it is the job."""
    if _is_locked(error):
        return DatabaseTrouble(f"{path} is locked by another program; close it and try again")
    if isinstance(error, OperationalError):
        return DatabaseTrouble(f"{path}: {error.orig}")
    if type(error) is DatabaseError:  # its other subclasses tell of the job
        return DatabaseTrouble(f"{path}: {error.orig}; is it really the database of dzvin?")
    return None


def _engine(path: Path, *, readonly: bool) -> Engine:
    engine = create_engine(
        f"sqlite:///{path}",
        pool_size=READERS + 1 if readonly else 1,  # one more reader than threads: the fence
        max_overflow=0,
        json_serializer=lambda value: orjson.dumps(value).decode(),
        json_deserializer=orjson.loads,
        connect_args={"check_same_thread": False, "timeout": BUSY_SECONDS, "isolation_level": None},
    )

    @event.listens_for(engine, "connect")
    def prepare(connection: sqlite3.Connection, _: object) -> None:
        for pragma in _pragmas(readonly):
            connection.execute(f"PRAGMA {pragma}").close()

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN" if readonly else "BEGIN IMMEDIATE")

    return engine


def _pragmas(readonly: bool) -> list[str]:
    # synchronous=FULL: under NORMAL a power cut may undo a committed intent, and a phone would ring twice.
    common = ["busy_timeout=5000", "foreign_keys=ON", "temp_store=MEMORY"]
    if readonly:
        return [*common, "query_only=ON"]
    # An import adds to an index of numbers all over the place: with a small cache and a checkpoint every 4 MB
    # the same pages are written again and again, which costs a third of its speed.
    return [
        "journal_mode=WAL",
        "synchronous=FULL",
        "secure_delete=ON",
        "cache_size=-48000",  # KiB
        "wal_autocheckpoint=16000",  # pages of 4 KiB
        *common,
    ]
