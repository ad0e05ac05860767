"""What was kept for good outlives a power cut; what was not synced does not, so the test could tell."""

import sqlite3
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import asyncpg
import pytest
from sqlalchemy import Connection, text

from campaigns.rules.custody import Mark
from campaigns.rules.vocabulary import AccountId
from campaigns.store import suppressions
from campaigns.store.inbox import Arrival
from engine.custody.high_water import read_mark, write_mark
from engine.database.opening import open_database
from engine.spool import files
from tests.builders import NOON
from tests.killing.cluster import Cluster
from tests.killing.platter import NoPlatter, Platter
from tests.killing.site import free_port

pytestmark = pytest.mark.anyio

ROWS = 30


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Platter]:
    folder = tmp_path / "disk"
    folder.mkdir()
    try:
        platter = Platter(folder)
    except NoPlatter as why:
        pytest.skip(f"no disk of its own: {why}")
    yield platter
    platter.leave()


async def test_every_committed_row_outlives_a_power_cut(disk: Platter) -> None:
    url = f"sqlite:///{disk.folder / 'dzvin.db'}"
    database = await open_database(url, upgrade=True)
    for number in range(ROWS):
        await database.write(partial(forbid, number=number))
    with disk.without_power():
        await database.close()
    database = await open_database(url, upgrade=False)
    try:
        assert await database.read(suppressions.how_many) == ROWS
        assert await database.read(integrity) == "ok"
    finally:
        await database.close()


def forbid(writing: Connection, *, number: int) -> None:
    suppressions.add(writing, f"38067{number:07d}", reason=None, source="test", now=NOON)


def integrity(reading: Connection) -> str:
    return str(reading.execute(text("PRAGMA integrity_check")).scalar_one())


def test_a_row_that_was_not_synced_is_lost_with_the_power(disk: Platter) -> None:
    connection = sqlite3.connect(disk.folder / "lax.db", isolation_level=None)
    for statement in ("PRAGMA journal_mode=WAL", "CREATE TABLE person (id INTEGER)"):
        connection.execute(statement)
    connection.execute("PRAGMA wal_checkpoint")
    connection.execute("PRAGMA synchronous=NORMAL")
    for number in range(ROWS):
        connection.execute("INSERT INTO person VALUES (?)", [number])
    with disk.without_power():
        connection.close()
    connection = sqlite3.connect(disk.folder / "lax.db")
    [(count,)] = connection.execute("SELECT count(*) FROM person")
    connection.close()
    assert count < ROWS


def test_a_webhook_in_the_spool_outlives_a_power_cut(disk: Platter) -> None:
    file = files.new_file(disk.folder / "dzvin.db.spool")
    told = [Arrival(AccountId(1), "event", None, "c1", {"cmd": "event"}, NOON) for _ in range(ROWS)]
    for arrival in told:
        file.append([arrival])
    with disk.without_power():
        file.close()
    found = files.take_over(file.path)
    assert found is not None
    assert list(found.read(0).arrivals) == told
    found.discard()


def test_the_mark_beside_the_database_outlives_a_power_cut(disk: Platter) -> None:
    path = disk.folder / "dzvin.db.custody"
    for counter in range(ROWS):
        write_mark(path, Mark("it", counter))
    with disk.without_power():
        pass
    assert read_mark(path) == Mark("it", ROWS - 1)


@pytest.mark.proof
async def test_what_postgresql_committed_outlives_a_power_cut_and_what_it_put_off_does_not() -> None:
    with TemporaryDirectory(prefix="dzvin-cluster-") as name:
        Path(name).chmod(0o755)
        (Path(name) / "cluster").mkdir()
        cluster = Cluster(Path(name) / "cluster", port=free_port(), own_disk=True)
        if cluster.no_disk is not None:
            pytest.skip(cluster.no_disk)
        try:
            kept, put_off = [await rows_after_a_cut(cluster, commit=word) for word in ("on", "off")]
        finally:
            cluster.stop()
    assert kept == ROWS
    assert put_off < ROWS


async def rows_after_a_cut(cluster: Cluster, *, commit: str) -> int:
    url = cluster.url(port=cluster.port)
    connection = await asyncpg.connect(url)
    for statement in (
        "CREATE TABLE person (id INTEGER)",
        "CHECKPOINT",
        f"SET synchronous_commit = {commit}",
        *["INSERT INTO person VALUES (1)"] * ROWS,
    ):
        await connection.execute(statement)
    cluster.cut_power()
    connection.terminate()
    connection = await asyncpg.connect(url)
    found = await connection.fetchval("SELECT count(*) FROM person")
    await connection.execute("DROP TABLE person")
    await connection.close()
    return int(found)
