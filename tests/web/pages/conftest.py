"""A house of its own for each test, its pages over ASGI, and browsers that are signed in already."""

import secrets
import shutil
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import httpx
import pytest
from sqlalchemy import Connection

from campaigns.rules.vocabulary import Role
from engine.assembly import build_house, close_house
from engine.clock import MovedClock
from engine.database.opening import open_database
from engine.house import House, fingerprint_of
from engine.passwords import Passwords
from engine.settings import Settings
from tests.builders import NOON, a_session
from tests.web.pages.browsing import Browser, page_app
from web.pages.desk import Desk, build_desk


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty, migrated database, made once: each test begins with a copy."""
    import asyncio

    path = tmp_path_factory.mktemp("migrated") / "dzvin.db"

    async def make() -> None:
        database = await open_database(f"sqlite:///{path}", upgrade=True)
        await database.close()

    asyncio.run(make())
    return path


@pytest.fixture
def clock() -> MovedClock:
    return MovedClock(NOON)


@pytest.fixture
async def house(tmp_path: Path, migrated: Path, clock: MovedClock) -> AsyncIterator[House]:
    path = tmp_path / "dzvin.db"
    shutil.copy(migrated, path)
    settings = Settings(database_url=f"sqlite:///{path}", webhook_token="w" * 16, secret_key="k" * 40)
    house = await build_house(settings, clock=clock)
    house.passwords = Passwords(memory_kib=64)  # the true cost is measured once, in test_passwords
    yield house
    await close_house(house)


@pytest.fixture
async def desk(house: House) -> AsyncIterator[Desk]:
    desk = build_desk(house)
    yield desk
    house.stopping.set()
    await desk.imports.close()


@pytest.fixture
async def stranger(house: House, desk: Desk) -> AsyncIterator[Browser]:
    """A browser where nobody is signed in."""
    async with Browser(page_app(house, desk)) as browser:
        yield browser


SignIn = Callable[[Role], "Browser"]


@pytest.fixture
async def admin(house: House, desk: Desk) -> AsyncIterator[Browser]:
    """An administrator's."""
    async with await signed_in(house, desk, Role.ADMIN) as browser:
        yield browser


@pytest.fixture
async def marketer(house: House, desk: Desk) -> AsyncIterator[Browser]:
    async with await signed_in(house, desk, Role.MARKETER) as browser:
        yield browser


@pytest.fixture
async def viewer(house: House, desk: Desk) -> AsyncIterator[Browser]:
    async with await signed_in(house, desk, Role.VIEWER) as browser:
        yield browser


async def signed_in(house: House, desk: Desk, role: Role) -> Browser:
    token = secrets.token_urlsafe(32)

    def open_it(connection: Connection) -> str:
        return a_session(connection, token_hash=fingerprint_of(token), role=role, email=f"{role}@example.com")

    form_token = await house.database.write(open_it)
    browser = Browser(page_app(house, desk), form_token=form_token)
    browser.cookies = httpx.Cookies({desk.cookie: token})
    return browser
