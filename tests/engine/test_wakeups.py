"""What is rung in one process is heard in another, over PostgreSQL."""

import asyncio

import pytest

from engine.bells import Bells
from engine.database.notices import Notices
from engine.database.postgres import PostgresDatabase
from engine.wakeups import Announcing, hearing
from tests.databases import Postgres

pytestmark = pytest.mark.anyio


async def test_a_bell_of_a_process_without_an_engine_rings_in_the_engines(postgres: Postgres) -> None:
    url = (await postgres.fresh()).replace("postgresql://", "postgresql+asyncpg://", 1)
    here, there = PostgresDatabase(url), PostgresDatabase(url)
    ours, theirs = Bells(), Bells()
    listening = hearing(theirs, Notices(there.engine))
    announcing = Announcing(ours, Notices(here.engine))
    announcing.start()
    try:
        async with asyncio.timeout(20):
            while not theirs.dialing.is_set():  # until somebody listens
                ours.after_change()
                await asyncio.sleep(0.05)
            await theirs.texting.wait()
            theirs.housekeeping.clear()
            ours.housekeeping.set()
            await theirs.housekeeping.wait()
            assert not theirs.probing.is_set()
            ours.probing.set()
            await announcing.stop()  # the last word is called out too
            await theirs.probing.wait()
    finally:
        listening.cancel()
        await asyncio.gather(listening, return_exceptions=True)
        await here.close()
        await there.close()


async def test_nobody_is_troubled_while_the_database_is_away() -> None:
    database = PostgresDatabase("postgresql+asyncpg://dzvin@127.0.0.1:1/dzvin")
    listening = hearing(Bells(), Notices(database.engine))
    bells = Bells()
    announcing = Announcing(bells, Notices(database.engine))
    announcing.start()
    bells.dialing.set()
    await asyncio.sleep(0.1)
    assert not listening.done()
    assert not bells.dialing.is_set()
    await announcing.stop()
    listening.cancel()
    await asyncio.gather(listening, return_exceptions=True)
    await database.close()
