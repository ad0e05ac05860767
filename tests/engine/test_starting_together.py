"""Several processes start on one fresh PostgreSQL at the same moment."""

import asyncio

import pytest
from sqlalchemy import Connection, func, select

from campaigns.tables import Account, LineSlot
from engine.assembly import Role, build_house, close_house
from engine.settings import Settings
from tests.databases import Postgres

pytestmark = pytest.mark.anyio


async def test_they_agree_on_one_account_and_its_lines(postgres: Postgres) -> None:
    settings = Settings(
        database_url=await postgres.fresh(), secret_key="the-secret-key-of-the-tests-is-long-enough", lines=7
    )
    houses = await asyncio.gather(*(build_house(settings, role=Role.WEB) for _ in range(4)))
    counted = await houses[0].database.read(_count)
    for house in houses:
        await close_house(house)
    assert counted == [1, 7]


def _count(connection: Connection) -> list[int]:
    tables = (Account.__table__, LineSlot.__table__)  # type: ignore[attr-defined]
    return [connection.execute(select(func.count()).select_from(table)).scalar_one() for table in tables]
