"""PostgreSQL put back to an earlier state, by whatever way, is noticed, and rings nobody."""

import asyncio
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from campaigns.rules.custody import Mark
from campaigns.rules.vocabulary import AccountId
from campaigns.store import accounts, custody
from engine.assembly import Role, build_house, close_house
from engine.commands.quarantine import release, standing
from engine.custody.high_water import mark_path, write_mark
from tests.databases import Postgres
from tests.scenarios.people import AWAY, LISTENS, OLENA, TARAS
from tests.world import World, a_world

pytestmark = pytest.mark.anyio


async def working(world: World) -> None:
    world.script(OLENA, LISTENS)
    world.script(TARAS, AWAY, AWAY)
    await world.campaign("retry: {attempts: 2, delay: 1h}\npace: {lines: 1}", people=[OLENA, TARAS])
    await world.pass_time(seconds=50)


async def copy_of(url: str) -> str:
    """Another database with the same rows, as a dump that was read in elsewhere."""
    name = urlsplit(url).path.removeprefix("/")
    admin = url.replace(f"/{name}?", "/postgres?", 1).replace("postgresql://", "postgresql+asyncpg://", 1)
    engine = create_async_engine(admin)
    async with engine.connect() as connection:
        plain = await connection.execution_options(isolation_level="AUTOCOMMIT")
        await plain.execute(text(f"CREATE DATABASE {name}_old TEMPLATE {name}"))
    await engine.dispose()
    return url.replace(f"/{name}?", f"/{name}_old?", 1)


async def test_a_snapshot_of_an_hour_ago_rings_nobody_before_its_release(
    tmp_path: Path, postgres: Postgres
) -> None:
    async with a_world(tmp_path, database_url=await postgres.fresh(), with_history=True) as world:
        await working(world)
        await world.shut()
        old = await copy_of(world.house.settings.database_url)
        await world.open_again()
        await world.pass_time(minutes=70)
        sent = len(world.posts())
        await world.shut()
        # The spool's folder goes by the database; the mark is where this machine's engine left it.
        write_mark(mark_path(replace(world.house.settings, database_url=old)), Mark("", 0))
        await world.open_again(database_url=old)
        await world.pass_time(hours=1)
        assert len(world.posts()) == sent
        assert await standing(world.house) is not None
        await release(world.house, by="ann", without_history=False, send_waiting=False)
        await world.pass_time(hours=3)
        assert [len(world.rings(phone)) for phone in (OLENA, TARAS)] == [1, 2]


@pytest.mark.parametrize("how", ["timeline", "table", "counter"])
async def test_each_way_back_is_noticed(tmp_path: Path, postgres: Postgres, how: str) -> None:
    async with a_world(tmp_path, database_url=await postgres.fresh()) as world:
        await working(world)
        row = await world.house.database.read(custody.get)
        assert row is not None and row.server is not None
        parts = row.server.split("/")
        assert all(part and part != "-" for part in parts)
        if how == "counter":
            await world.house.database.write(lambda connection: custody.save(connection, counter=1))
            await world.house.custody.advance()
        else:
            parts[1 if how == "timeline" else 3] = "7"
            server = "/".join(parts)
            await world.house.database.write(lambda connection: custody.save(connection, server=server))
        # The gate sees another server by itself, before any pass has looked.
        read = world.house.database.read
        assert not await read(lambda connection: accounts.at_work(connection, AccountId(1)))
        world.house.bells.keeping.set()
        await world.pass_time(hours=3)
        assert len(world.rings(TARAS)) == 1
        assert await standing(world.house) is not None


async def test_a_user_who_may_not_see_the_system_is_no_other_server(
    tmp_path: Path, postgres: Postgres
) -> None:
    async with a_world(tmp_path, database_url=await postgres.fresh()) as world:
        await working(world)
        row = await world.house.database.read(custody.get)
        assert row is not None and row.server is not None
        server = "-/" + row.server.partition("/")[2]
        await world.house.database.write(lambda connection: custody.save(connection, server=server))
        await world.house.custody.advance()
        assert await standing(world.house) is None


async def test_a_second_engine_on_another_machine_joins_without_a_quarantine(
    tmp_path: Path, postgres: Postgres
) -> None:
    async with a_world(tmp_path, database_url=await postgres.fresh()) as world:
        await working(world)
        there = replace(world.house.settings, spool=tmp_path / "another machine")
        second = await build_house(there, role=Role.ENGINE)
        try:
            assert await standing(second) is None
            assert mark_path(there).exists()
        finally:
            await close_house(second)


async def test_the_only_engine_without_its_mark_starts_in_quarantine(
    tmp_path: Path, postgres: Postgres
) -> None:
    async with a_world(tmp_path, database_url=await postgres.fresh()) as world:
        await working(world)
        await world.shut()
        await asyncio.to_thread(mark_path(world.house.settings).unlink)
        await world.open_again()
        assert await standing(world.house) is not None
