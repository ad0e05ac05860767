"""Stores are tried on both kinds of database."""

from collections.abc import AsyncIterator

import pytest

from engine.database.opening import open_database
from engine.database.port import Database


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """Open on each of the two kinds."""
    database = await open_database(database_url, upgrade=True)
    yield database
    await database.close()
