"""`dzvin backup`: one whole, examined copy, of this user alone, that knows it is a backup."""

import asyncio
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from engine.clock import SystemClock
from engine.commands.backing_up import back_up
from engine.database.address import sqlite_path
from engine.errors import CannotDo, Conflict
from engine.settings import Settings
from tests.world import World, a_world

pytestmark = pytest.mark.anyio

ANN, BORYS = "380671111111", "380671111112"


def rows(path: Path, query: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(path)) as copy:
        return copy.execute(query).fetchall()


def copy_to(world: World, target: Path, *, force: bool = False) -> Path:
    return back_up(world.house.settings, target, force=force, clock=world.clock).path


async def test_a_copy_is_whole_and_in_quarantine_while_its_database_works_on(tmp_path: Path) -> None:
    async with a_world(tmp_path) as world:
        await world.campaign(people=[ANN, BORYS])
        await world.settle()
        made = back_up(world.house.settings, tmp_path / "copy.db", force=False, clock=world.clock)
        assert made.path.stat().st_mode & 0o777 == 0o600
        assert made.size == made.path.stat().st_size
        assert rows(made.path, "PRAGMA integrity_check") == [("ok",)]
        assert rows(made.path, "PRAGMA foreign_key_check") == []
        assert rows(made.path, "SELECT count(*) FROM recipient") == [(2,)]
        [(held_at, reason)] = rows(made.path, "SELECT quarantined_at, quarantine_reason FROM custody")
        assert held_at is not None and str(reason).startswith("This database is a backup.")
        original = sqlite_path(world.house.settings.database_url)
        assert original is not None
        assert rows(original, "SELECT quarantined_at FROM custody") == [(None,)]
        assert sorted(path.name for path in tmp_path.iterdir() if "copy" in path.name) == ["copy.db"]


async def test_it_is_one_moment_although_somebody_writes_all_the_time(tmp_path: Path) -> None:
    async with a_world(tmp_path) as world:
        campaign = await world.draft(people=[])
        copied = asyncio.create_task(asyncio.to_thread(copy_to, world, tmp_path / "copy.db"))
        number = 0
        while not copied.done() or number < 20:
            await world.add(campaign, f"38067222{number:04d}")
            number += 1
        path = await copied
        people = rows(path, "SELECT count(*) FROM recipient")[0][0]
        counted = rows(path, "SELECT coalesce(sum(count), 0) FROM tally WHERE kind = 'state'")[0][0]
        assert people == counted


async def test_a_file_that_is_there_is_kept_unless_asked(tmp_path: Path) -> None:
    async with a_world(tmp_path) as world:
        target = tmp_path / "copy.db"
        target.write_text("precious")
        with pytest.raises(Conflict, match="--force"):
            copy_to(world, target)
        assert target.read_text() == "precious"
        copy_to(world, target, force=True)
        assert rows(target, "PRAGMA integrity_check") == [("ok",)]


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("dzvin.db", "another name"),
        ("dzvin.db-wal", "another name"),
        ("nowhere/copy.db", "does not exist"),
        (".", "is a folder"),
    ],
)
async def test_a_target_that_cannot_be_is_named_and_nothing_is_changed(
    tmp_path: Path, name: str, said: str
) -> None:
    async with a_world(tmp_path) as world:
        before = sorted(path.name for path in tmp_path.iterdir())
        with pytest.raises(CannotDo, match=said):
            copy_to(world, tmp_path / name, force=True)
        assert sorted(path.name for path in tmp_path.iterdir()) == before


async def test_a_damaged_database_makes_no_backup(tmp_path: Path) -> None:
    async with a_world(tmp_path) as world:
        settings = replace(world.house.settings, database_url=f"sqlite:///{tmp_path / 'broken.db'}")
        (tmp_path / "broken.db").write_bytes(b"no database at all" * 400)
        with pytest.raises(CannotDo, match="could not be made"):
            back_up(settings, tmp_path / "copy.db", force=False, clock=world.clock)
        assert not (tmp_path / "copy.db").exists()


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        (
            "postgresql://dzvin:hush@db.example.com:5432/dzvin",
            "postgresql://dzvin@db.example.com:5432/dzvin",
        ),
        (
            "postgresql://dzvin:hu%3fsh@db/dzvin?sslmode=require",
            "postgresql://dzvin@db/dzvin?sslmode=require",
        ),
        ("postgresql:///dzvin?host=/run/postgresql", "postgresql:///dzvin?host=/run/postgresql"),
        ("postgresql://ann:hush@/dzvin?host=/run/pg", "postgresql://ann@/dzvin?host=/run/pg"),
        ("postgresql://[::1]:5433/dzvin", "postgresql://[::1]:5433/dzvin"),
    ],
)
async def test_without_pg_dump_the_command_to_run_is_told_without_the_password(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, url: str, shown: str
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    settings = Settings(database_url=url)
    with pytest.raises(CannotDo) as told:
        back_up(settings, tmp_path / "copy.dump", force=False, clock=SystemClock())
    assert str(told.value).endswith(f": pg_dump --format=custom --no-owner --file=dzvin.dump '{shown}'")
    assert not (tmp_path / "copy.dump").exists()
