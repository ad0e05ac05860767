"""The one writer of a SQLite file: groups, failures, foreign locks, a full disk, an older program."""

import asyncio
import sqlite3
import threading
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, text

from engine.database.lock import FileLock
from engine.database.opening import open_database
from engine.database.port import Database, Lane
from engine.errors import DatabaseTrouble

pytestmark = pytest.mark.anyio


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    opened = await open_database(f"sqlite:///{tmp_path / 'dzvin.db'}", upgrade=True)
    await opened.write(
        lambda connection: connection.execute(text("CREATE TABLE note (word TEXT UNIQUE)")) and None
    )
    yield opened
    await opened.close()


def write(word: str, *, size: int = 1) -> Callable[[Connection], Any]:
    def job(connection: Connection) -> str:
        connection.execute(text("INSERT INTO note VALUES (:word)"), {"word": word * size})
        return word

    return job


async def words(database: Database) -> list[str]:
    query = text("SELECT word FROM note ORDER BY word")
    return list(await database.read(lambda reading: reading.execute(query).scalars().all()))


async def test_a_job_that_fails_takes_none_of_its_group_with_it(database: Database) -> None:
    hold, held = threading.Event(), threading.Event()

    def keep_busy(connection: Connection) -> None:
        held.set()
        hold.wait(5)

    def fail(connection: Connection) -> None:
        connection.execute(text("INSERT INTO note VALUES ('half done')"))
        raise ValueError("of its own")

    busy = asyncio.create_task(database.write(keep_busy))
    await asyncio.to_thread(held.wait, 5)
    jobs = [write("a"), fail, write("b"), write("a"), write("c")]
    group = [asyncio.create_task(database.write(job)) for job in jobs]
    await asyncio.sleep(0)
    hold.set()
    answers = await asyncio.gather(*group, return_exceptions=True)
    await busy
    assert [str(answer)[:6] for answer in answers] == ["a", "of its", "b", "(sqlit", "c"]
    assert await words(database) == ["a", "b", "c"]


async def test_a_statement_that_does_not_exist_fails_alone(database: Database) -> None:
    def wrong(connection: Connection) -> None:
        connection.execute(text("SELECT nothing FROM nowhere"))

    answers = await asyncio.gather(
        database.write(write("a")),
        database.write(wrong),
        database.write(write("b")),
        return_exceptions=True,
    )
    assert isinstance(answers[1], DatabaseTrouble)
    assert await words(database) == ["a", "b"]


async def test_a_file_locked_by_another_program_is_waited_for(database: Database, tmp_path: Path) -> None:
    other = sqlite3.connect(tmp_path / "dzvin.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    writing = asyncio.create_task(database.write(write("patient")))
    done, _ = await asyncio.wait({writing}, timeout=0.3)
    assert not done
    assert await words(database) == []  # reading goes on
    other.execute("COMMIT")
    other.close()
    assert await writing == "patient"


async def test_a_full_disk_is_told_and_leaves_what_was_there(database: Database) -> None:
    def fill_up(connection: Connection) -> None:
        pages = connection.execute(text("PRAGMA page_count")).scalar_one()
        connection.execute(text(f"PRAGMA max_page_count = {pages + 4}"))

    await database.write(write("before"))
    await database.write(fill_up)
    answers = await asyncio.gather(
        *(database.write(write(letter, size=100_000)) for letter in "ab"),
        database.write(write("small")),
        return_exceptions=True,
    )
    assert [type(answer) for answer in answers] == [DatabaseTrouble, DatabaseTrouble, str]
    assert "full" in str(answers[0])
    assert await words(database) == ["before", "small"]
    await database.write(
        lambda connection: connection.execute(text("PRAGMA max_page_count = 100000")) and None
    )
    await database.write(write("after", size=10_000))
    assert len(await words(database)) == 3


async def test_webhooks_go_before_imports(database: Database) -> None:
    hold, held, order = threading.Event(), threading.Event(), []

    def keep_busy(connection: Connection) -> None:
        held.set()
        hold.wait(5)

    def note(lane: Lane) -> Callable[[Connection], None]:
        return lambda connection: order.append(lane)

    busy = asyncio.create_task(database.write(keep_busy))
    await asyncio.to_thread(held.wait, 5)
    lanes = [Lane.IMPORT, Lane.COMMAND, Lane.WEBHOOK, Lane.PLACEMENT]
    waiting = [asyncio.create_task(database.write(note(lane), lane=lane)) for lane in lanes]
    await asyncio.sleep(0)
    hold.set()
    await asyncio.gather(busy, *waiting)
    assert order == sorted(lanes)


async def test_a_closed_database_says_so(tmp_path: Path) -> None:
    database = await open_database(f"sqlite:///{tmp_path / 'dzvin.db'}", upgrade=True)
    await database.close()
    await database.close()
    with pytest.raises(DatabaseTrouble, match="is closed"):
        await database.write(write("late"))


def test_a_lock_is_had_by_one_and_tells_where_that_one_listens(tmp_path: Path) -> None:
    file = tmp_path / "dzvin.db"
    first, second = FileLock(file), FileLock(file)
    assert first.acquire()
    assert not second.acquire()
    first.announce("http://127.0.0.1:8000", "a key")
    holder = second.holder()
    assert holder is not None
    assert (holder.url, holder.key) == ("http://127.0.0.1:8000", "a key")
    assert (tmp_path / "dzvin.db.lock").stat().st_mode & 0o777 == 0o600
    first.release()
    first.release()
    assert second.acquire()
    second.release()
