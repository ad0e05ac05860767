"""What all tests share: async tests run on asyncio; databases of both kinds."""

import gc
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.compiling import share_compiled_statements
from tests.databases import database_url, postgres

__all__ = ["database_url", "postgres"]

share_compiled_statements()

TESTS = Path(__file__).parent
LONG = ("killing", "simulation", "cli", "scenarios", "web")
"""Folders whose files take long, the longest first."""


@pytest.hookimpl(wrapper=True)
def pytest_collection(session: pytest.Session) -> Iterator[None]:
    """Nothing of what is collected ever becomes garbage, and there is a lot of it to look through."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes long comes first: begun last, one file would keep all but one processor waiting."""
    items.sort(key=_turn)


def _turn(item: pytest.Item) -> int:
    folder = item.path.relative_to(TESTS).parts[0]
    return LONG.index(folder) if folder in LONG else len(LONG)


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"
