"""Pages of a SQLite file keep copies of rows that moved on; they are found, and the file is rewritten."""

import asyncio
import random
import sqlite3
import subprocess
import sys
from operator import itemgetter
from pathlib import Path

import pytest
from sqlalchemy import Connection, text

from engine.database.scrubbing import scrub
from engine.database.sqlite import SqliteDatabase
from engine.database.stale_pages import holds_any

pytestmark = pytest.mark.anyio
PEOPLE = 20_000
GONE = 9_000
SLICE = 1_000


def filled(path: Path) -> list[str]:
    """Numbers that were emptied in a table whose pages have been split again and again."""
    chance = random.Random(5)
    phones = list(dict.fromkeys(f"38067{chance.randrange(10**7):07}" for _ in range(PEOPLE)))
    connection = sqlite3.connect(path, isolation_level=None)
    for pragma in ("journal_mode=WAL", "synchronous=OFF", "secure_delete=ON"):
        connection.execute(f"PRAGMA {pragma}")
    connection.execute(
        "CREATE TABLE person"
        " (id INTEGER PRIMARY KEY, phone TEXT, round INTEGER, data TEXT, UNIQUE (phone, round))"
    )
    connection.execute("BEGIN")
    for start in range(0, len(phones), SLICE):
        rows = [
            (id_, phone, f"name of {phone}") for id_, phone in enumerate(phones[start : start + SLICE], start)
        ]
        rows.sort(key=itemgetter(1))
        connection.executemany("INSERT INTO person VALUES (?, ?, 0, ?)", rows)
    connection.executemany(
        "UPDATE person SET data = data || ' was called twice' WHERE id = ?",
        [(id_,) for id_ in range(PEOPLE // 3)],
    )
    connection.execute("COMMIT")
    gone = chance.sample(phones[8:], GONE)
    emptied = "UPDATE person SET phone = '', round = -id, data = '{}' WHERE phone = ?"
    connection.executemany(emptied, [(phone,) for phone in gone])
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    return gone


def left_in(path: Path, words: list[str]) -> int:
    held = path.read_bytes()
    return sum(word.encode() in held for word in words)


async def test_copies_of_deleted_rows_are_found_and_go(tmp_path: Path) -> None:
    path = tmp_path / "old.db"
    gone = filled(path)
    held = path.read_bytes()
    words = [word for word in gone if word.encode() in held]
    assert words  # if SQLite once wipes these too, nothing here is needed any more
    with path.open("rb") as file:
        assert holds_any(file, {word.encode() for word in words})
    database = SqliteDatabase(path)
    assert await scrub(database, tables=[], words=words)
    await database.close()
    assert left_in(path, gone) == 0


async def test_what_is_only_in_live_rows_makes_nobody_rewrite_the_file(tmp_path: Path) -> None:
    path = tmp_path / "old.db"
    filled(path)
    database = SqliteDatabase(path)
    assert await scrub(database, tables=[])
    before = path.read_bytes()
    [living] = await database.read(
        lambda reading: list(reading.exec_driver_sql("SELECT phone FROM person WHERE id = 7").scalars())
    )
    assert await scrub(database, tables=[], words=[living])
    await database.close()
    assert path.read_bytes() == before


async def test_a_reader_that_stays_is_told_and_not_waited_for_for_ever(tmp_path: Path) -> None:
    path = tmp_path / "old.db"
    filled(path)
    database = SqliteDatabase(path)
    reader = sqlite3.connect(path, isolation_level=None)
    reader.execute("BEGIN")
    reader.execute("SELECT count(*) FROM person").fetchone()
    await database.write(lambda writing: writing.exec_driver_sql("DELETE FROM person WHERE id = 1") and None)
    assert not await scrub(database, tables=[], tries=2)
    reader.execute("COMMIT")
    reader.close()
    assert await scrub(database, tables=[])
    await database.close()


COUNT = "SELECT count(*) FROM person"
LOOK = f"import sqlite3, sys; print(sqlite3.connect(sys.argv[1]).execute('{COUNT}').fetchone()[0])"


def seen_from_outside(path: Path) -> int:
    """What another program reads, which removes the log if it takes itself for the only one."""
    said = subprocess.run([sys.executable, "-c", LOOK, str(path)], capture_output=True, check=True, text=True)
    return int(said.stdout)


async def test_what_is_written_after_a_scrub_is_there_for_other_programs_too(tmp_path: Path) -> None:
    path = tmp_path / "busy.db"
    database = SqliteDatabase(path)

    def add(connection: Connection) -> None:
        connection.execute(text("CREATE TABLE IF NOT EXISTS person (phone TEXT)"))
        connection.execute(text("INSERT INTO person VALUES ('380671234567')"))

    try:
        await database.write(add)
        assert await scrub(database, tables=[], words={"380501112233"})
        assert await asyncio.to_thread(seen_from_outside, path) == 1
        await database.write(add)
        assert await asyncio.to_thread(seen_from_outside, path) == 2
    finally:
        await database.close()
