"""The mark beside the database: ordinary lives of an installation, and what is no ordinary life."""

import json
import os
import shutil
from pathlib import Path

import pytest

from campaigns.rules.custody import Mark
from campaigns.store import custody
from campaigns.store.custody import CustodyRow
from engine.assembly import Role, build_house, close_house
from engine.clock import MovedClock
from engine.custody.high_water import mark_path, read_mark, write_mark
from engine.house import House
from engine.settings import Settings
from tests.databases import fresh_file
from tests.world import World, a_world, kyiv

pytestmark = pytest.mark.anyio

ANN = "380671111111"


async def row_of(house: House) -> CustodyRow:
    row = await house.database.read(custody.get)
    assert row is not None
    return row


def mark_of(house: House) -> Mark | None:
    return read_mark(mark_path(house.settings))


async def test_restarts_of_every_kind_are_no_quarantine(tmp_path: Path) -> None:
    async with a_world(tmp_path) as world:
        await world.campaign("retry: {attempts: 3, delay: 1h}", people=[ANN])
        await world.settle()
        for _ in range(3):
            await world.shut()
            await world.open_again()
            await world.pass_time(minutes=20)
            assert not (await row_of(world.house)).in_quarantine
        mark = mark_of(world.house)
        row = await row_of(world.house)
        assert mark == Mark(row.identity, row.counter)


async def test_killed_between_database_and_mark_it_starts_as_ever(tmp_path: Path) -> None:
    async with a_world(tmp_path) as world:
        await world.campaign(people=[ANN])
        path = mark_path(world.house.settings)
        before = path.read_bytes()
        await world.house.custody.advance()
        await world.shut()
        path.write_bytes(before)
        await world.open_again()
        assert not (await row_of(world.house)).in_quarantine


async def test_the_mark_is_of_this_user_alone_and_behind_the_database_or_at_it(tmp_path: Path) -> None:
    async with a_world(tmp_path) as world:
        await world.campaign(people=[ANN])
        await world.settle()
        path = mark_path(world.house.settings)
        assert path.stat().st_mode & 0o777 == 0o600
        assert json.loads(path.read_text())["counter"] <= (await row_of(world.house)).counter


async def test_by_default_the_mark_lies_beside_the_sqlite_file(tmp_path: Path) -> None:
    settings = Settings(database_url=fresh_file(tmp_path), secret_key="k" * 32)
    house = await build_house(settings, clock=MovedClock(kyiv("2026-12-01 09:00")), role=Role.TOOL)
    await close_house(house)
    assert mark_path(settings) == tmp_path / "dzvin.db.custody"
    assert (tmp_path / "dzvin.db.custody").exists()


@pytest.mark.parametrize("spoil", ["older", "moved", "replaced", "garbled"])
async def test_a_database_that_missed_calls_rings_nobody(tmp_path: Path, spoil: str) -> None:
    async with a_world(tmp_path) as world:
        campaign = await world.campaign("retry: {attempts: 5, delay: 1h}", people=[ANN])
        await world.settle()
        await world.shut()
        await _spoil(world, tmp_path, spoil)
        rung = len(world.rings(ANN))
        await world.open_again()
        await world.pass_time(hours=3)
        row = await row_of(world.house)
        assert row.in_quarantine and row.quarantine_reason is not None
        assert len(world.rings(ANN)) == rung == 1
        assert await world.state(campaign) == "running"


async def _spoil(world: World, folder: Path, how: str) -> None:
    path = mark_path(world.house.settings)
    if how == "older":
        shutil.copy(folder / "dzvin.db", folder / "copy.db")
        await world.open_again()
        await world.shut()
        shutil.copy(folder / "copy.db", folder / "dzvin.db")
    elif how == "moved":
        path.unlink()
    elif how == "replaced":
        write_mark(path, Mark("another", 3))
    else:
        path.write_text("{")


async def test_while_the_mark_cannot_be_written_nothing_is_dialled_and_webhooks_come_in(
    tmp_path: Path,
) -> None:
    async with a_world(tmp_path) as world:
        in_the_way = _block_marks(mark_path(world.house.settings))
        await world.house.custody.advance()
        assert "cannot be written" in str(world.house.custody.trouble)
        await world.campaign(people=[ANN])
        await world.hear("smsReceived", id="1", provider="380501112233", ANI=ANN, text="stop")
        await world.pass_time(minutes=5)
        assert world.rings(ANN) == []
        assert (await world.verdicts())["smsReceived"] == ["applied"]
        in_the_way.rmdir()
        world.house.bells.keeping.set()
        await world.pass_time(seconds=10)
        assert world.house.custody.trouble is None


async def test_a_first_mark_that_cannot_be_written_leads_to_no_quarantine_later(tmp_path: Path) -> None:
    in_the_way = _block_marks(tmp_path / "dzvin.db.custody")
    async with a_world(tmp_path) as world:
        await world.campaign(people=[ANN])
        await world.pass_time(minutes=5)
        assert world.rings(ANN) == []
        await world.shut()
        in_the_way.rmdir()
        await world.open_again()
        await world.pass_time(minutes=5)
        assert len(world.rings(ANN)) == 1


def _block_marks(path: Path) -> Path:
    """Something stands where the mark is prepared; as a full disk would, it lets none be written."""
    in_the_way = path.with_name(f"{path.name}.{os.getpid()}")
    in_the_way.mkdir()
    return in_the_way
