"""What all tests share: async tests run on asyncio; databases of both kinds."""

import pytest

from tests.databases import database_url, postgres

__all__ = ["database_url", "postgres"]


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"
