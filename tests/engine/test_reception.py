"""Webhooks are kept for good, many to one commit, and in the spool while the database is away."""

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeVar

import pytest
from sqlalchemy import Connection

from campaigns.rules.vocabulary import AccountId
from campaigns.store import inbox
from campaigns.store.inbox import Arrival
from engine.database.opening import open_database
from engine.database.port import Database, Lane
from engine.errors import DatabaseTrouble
from engine.reception import CROWD, GROUP, MOST_WAITING, Reception
from engine.spool import files
from tests.builders import an_account
from tests.databases import fresh_file

pytestmark = pytest.mark.anyio
T = TypeVar("T")

NOON = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)


class Unsteady:
    """A real database that is away, slow, or loses its answer, when told so."""

    def __init__(self, real: Database) -> None:
        self._real = real
        self.dialect = real.dialect
        self.away = False
        self.hangs = False
        self.loses_answers = 0
        self.commits = 0

    async def write(self, job: Callable[[Connection], T], *, lane: Lane = Lane.COMMAND) -> T:
        if self.hangs:
            await asyncio.Event().wait()
        if self.away:
            raise DatabaseTrouble("nobody answers")
        found = await self._real.write(job, lane=lane)
        self.commits += 1
        if self.loses_answers:
            self.loses_answers -= 1
            raise DatabaseTrouble("the connection was lost after the commit")
        return found

    async def read(self, job: Callable[[Connection], T]) -> T:
        return await self._real.read(job)

    async def last_look(self, job: Callable[[Connection], T]) -> T:
        return await self._real.last_look(job)

    async def close(self) -> None:
        await self._real.close()


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Unsteady]:
    opened = await open_database(fresh_file(tmp_path), upgrade=False)
    await opened.write(lambda connection: an_account(connection))
    yield Unsteady(opened)
    await opened.close()


def a_reception(database: Database, folder: Path, **named: float) -> Reception:
    return Reception(
        database,
        folder=folder / "spool",
        ring=lambda: None,
        patience=named.get("patience", 3.0),
        most_bytes=int(named.get("most_bytes", files.MOST_BYTES)),
    )


def an_arrival(number: int, *, key: str | None = None, account: int = 1) -> Arrival:
    body = {"cmd": "event", "callid": f"c{number}"}
    return Arrival(
        AccountId(account), "event", key, f"c{number}", body, NOON + timedelta(milliseconds=number)
    )


async def stored(database: Database) -> list[str]:
    rows = await database.read(lambda reading: inbox.waiting(reading, limit=100_000))
    return [row.body["callid"] for row in rows]


async def until_drained(reception: Reception) -> None:
    async with asyncio.timeout(10):
        while reception.is_behind:
            await asyncio.sleep(0.01)


def descriptors() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


def names(*numbers: int) -> list[str]:
    return [f"c{number}" for number in numbers]


async def test_many_that_come_at_once_are_one_commit_or_a_few(database: Unsteady, tmp_path: Path) -> None:
    reception = a_reception(database, tmp_path)
    await asyncio.gather(*(reception.take(an_arrival(number)) for number in range(500)))
    assert await stored(database) == names(*range(500))
    assert database.commits == -(-500 // GROUP)
    await reception.close()
    assert not (tmp_path / "spool").exists()


async def test_while_the_database_is_away_the_spool_keeps_them_and_later_ones_queue_behind(
    database: Unsteady, tmp_path: Path
) -> None:
    reception = a_reception(database, tmp_path)
    await reception.take(an_arrival(0))
    database.away = True
    for number in (1, 2):
        await reception.take(an_arrival(number))
    assert reception.is_behind
    assert reception.spooled_bytes > 0
    database.away = False
    await reception.take(an_arrival(3))
    await until_drained(reception)
    await reception.take(an_arrival(4))
    assert await stored(database) == names(0, 1, 2, 3, 4)
    rows = await database.read(lambda reading: inbox.waiting(reading, limit=10))
    assert [row.received_at for row in rows] == [an_arrival(number).received_at for number in range(5)]
    assert reception.spooled_bytes == 0
    await reception.close()


async def test_a_database_that_hangs_is_not_waited_for(database: Unsteady, tmp_path: Path) -> None:
    reception = a_reception(database, tmp_path, patience=0.05)
    database.hangs = True
    async with asyncio.timeout(2):
        await reception.take(an_arrival(1))
    await reception.close()
    database.hangs = False
    heir = a_reception(database, tmp_path)
    heir.look_for_left()
    await until_drained(heir)
    assert await stored(database) == names(1)
    await heir.close()


async def test_a_drain_that_is_cut_half_way_doubles_nothing(database: Unsteady, tmp_path: Path) -> None:
    """The lines were stored, and the process was killed before the file was emptied."""
    spool = files.new_file(tmp_path / "spool")
    reception = a_reception(database, tmp_path)
    database.away = True
    await asyncio.gather(*(reception.take(an_arrival(number)) for number in range(300)))
    [kept] = [path for path in files.all_files(tmp_path / "spool") if path != spool.path]
    copy = kept.read_bytes()
    database.away = False
    await until_drained(reception)
    await reception.close()
    spool.close()
    (tmp_path / "spool" / "99999-dead.spool").write_bytes(copy)
    heir = a_reception(database, tmp_path)
    heir.look_for_left()
    await until_drained(heir)
    assert await stored(database) == names(*range(300))
    assert files.all_files(tmp_path / "spool") == []
    await heir.close()


async def test_a_commit_whose_answer_was_lost_doubles_no_webhook_with_a_key(
    database: Unsteady, tmp_path: Path
) -> None:
    reception = a_reception(database, tmp_path)
    database.loses_answers = 1
    await reception.take(an_arrival(1, key="k1"))
    await until_drained(reception)
    assert await stored(database) == names(1)
    await reception.close()


async def test_a_living_process_drains_what_a_dead_one_left(database: Unsteady, tmp_path: Path) -> None:
    dead, living = a_reception(database, tmp_path), a_reception(database, tmp_path)
    database.away = True
    await dead.take(an_arrival(1))
    await living.take(an_arrival(2))
    await dead.close()
    database.away = False
    await until_drained(living)
    living.look_for_left()
    await until_drained(living)
    assert sorted(await stored(database)) == names(1, 2)
    await living.close()


async def test_when_neither_keeps_it_nobody_is_told_that_it_is_kept(
    database: Unsteady, tmp_path: Path
) -> None:
    reception = a_reception(database, tmp_path, most_bytes=400)
    database.away = True
    await reception.take(an_arrival(1))
    with pytest.raises(DatabaseTrouble, match="neither the database nor the spool"):
        await asyncio.gather(*(reception.take(an_arrival(number)) for number in range(2, 9)))
    database.away = False
    await until_drained(reception)
    assert "c1" in await stored(database)
    await reception.take(an_arrival(9))
    assert (await stored(database))[-1] == "c9"
    await reception.close()


async def test_a_folder_that_cannot_be_made_is_told(database: Unsteady, tmp_path: Path) -> None:
    (tmp_path / "spool").write_text("a file stands in the way")
    reception = a_reception(database, tmp_path)
    database.away = True
    with pytest.raises(DatabaseTrouble):
        await reception.take(an_arrival(1))
    database.away = False
    (tmp_path / "spool").unlink()
    await reception.close()


async def test_a_crowd_goes_to_the_spool_with_one_sync_and_more_than_that_is_turned_away(
    database: Unsteady, tmp_path: Path
) -> None:
    reception = a_reception(database, tmp_path)
    crowd = [asyncio.ensure_future(reception.take(an_arrival(number))) for number in range(MOST_WAITING)]
    await asyncio.sleep(0)
    with pytest.raises(DatabaseTrouble, match="more webhooks come"):
        await reception.take(an_arrival(MOST_WAITING))
    await asyncio.gather(*crowd)
    assert reception.is_behind or database.commits >= MOST_WAITING // GROUP
    await until_drained(reception)
    assert await stored(database) == names(*range(MOST_WAITING))
    assert MOST_WAITING > CROWD
    await reception.close()


async def test_what_the_database_refuses_is_set_aside_and_stops_nobody(
    database: Unsteady, tmp_path: Path
) -> None:
    """An account that is gone: its webhook breaks the whole group, and lands in a file of its own."""
    reception = a_reception(database, tmp_path)
    coming = [an_arrival(1), an_arrival(2, account=77), an_arrival(3)]
    await asyncio.gather(*map(reception.take, coming))
    await until_drained(reception)
    assert await stored(database) == names(1, 3)
    assert b'"c2"' in (tmp_path / "spool" / files.SET_ASIDE).read_bytes()
    await reception.close()


async def test_who_goes_away_while_waiting_hurts_nobody(database: Unsteady, tmp_path: Path) -> None:
    reception = a_reception(database, tmp_path)
    waiting = [asyncio.create_task(reception.take(an_arrival(number))) for number in range(3)]
    await asyncio.sleep(0)
    waiting[1].cancel()
    await asyncio.gather(waiting[0], waiting[2])
    assert await stored(database) == names(0, 1, 2)
    await reception.close()


async def test_the_files_hold_no_more_descriptors_than_they_need(database: Unsteady, tmp_path: Path) -> None:
    before = descriptors()
    for _ in range(5):
        reception = a_reception(database, tmp_path)
        database.away = True
        await reception.take(an_arrival(1, key="one"))
        database.away = False
        await until_drained(reception)
        await reception.close()
    assert descriptors() <= before + 1


async def test_a_full_database_sends_them_to_the_spool_until_there_is_room(
    database: Unsteady, tmp_path: Path
) -> None:
    def limit(pages: str) -> Callable[[Connection], None]:
        def job(connection: Connection) -> None:
            connection.exec_driver_sql(f"PRAGMA max_page_count={pages}")

        return job

    reception = a_reception(database, tmp_path)
    await database.write(limit("1"))  # as many as there are: SQLite answers as on a full disk
    number = 0
    while not reception.is_behind:
        await reception.take(an_arrival(number))
        number += 1
    await database.write(limit("1000000"))
    await until_drained(reception)
    assert await stored(database) == names(*range(number))
    await reception.close()
