"""A whole application over a real SQLite file, spoken to through httpx."""

import asyncio
import shutil
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from campaigns.rules.vocabulary import Scope
from engine.assembly import Role, build_house, close_house
from engine.clock import MovedClock
from engine.commands.keys import create_key
from engine.house import House
from engine.settings import Settings
from web.app import create_app

NOON = datetime(2026, 12, 1, 10, 0, tzinfo=UTC)  # a Tuesday, 12:00 in Kyiv

REMINDER: dict[str, Any] = {
    "name": "Payment reminder",
    "from": "101",
    "call": {"play": "https://files.example.com/reminder.mp3", "success_after": "15s"},
}


@dataclass
class Office:
    """The application with a client for each scope, and none for nobody."""

    house: House
    clock: MovedClock
    nobody: httpx.AsyncClient
    reader: httpx.AsyncClient
    trigger: httpx.AsyncClient
    admin: httpx.AsyncClient

    async def create(self, **more: Any) -> dict[str, Any]:
        answer = await self.admin.post("/api/v1/campaigns", json={**REMINDER, **more})
        assert answer.status_code == 201, answer.text
        body: dict[str, Any] = answer.json()
        return body

    async def started(self, **more: Any) -> dict[str, Any]:
        campaign = await self.create(**more)
        answer = await self.admin.post(f"/api/v1/campaigns/{campaign['id']}/start")
        assert answer.status_code == 200, answer.text
        body: dict[str, Any] = answer.json()
        return body


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database as the first start leaves it; migrating is most of the time a fresh one takes."""
    path = tmp_path_factory.mktemp("migrated") / "dzvin.db"

    async def start_once() -> None:
        async with an_office(f"sqlite:///{path}"):
            pass

    asyncio.run(start_once())
    return path


@pytest.fixture
async def office(tmp_path: Path, migrated: Path) -> AsyncIterator[Office]:
    path = tmp_path / "dzvin.db"
    shutil.copy(migrated, path)
    async with an_office(f"sqlite:///{path}") as opened:
        yield opened


@asynccontextmanager
async def an_office(database_url: str) -> AsyncIterator[Office]:
    clock = MovedClock(NOON)
    house = await build_house(_settings(database_url), clock=clock, role=Role.SERVE)
    try:
        async with clients_of(house) as client:
            keys = {scope: (await create_key(house, scope.value, scope=scope)).key for scope in Scope}
            yield Office(
                house,
                clock,
                nobody=client(None),
                reader=client(keys[Scope.READ]),
                trigger=client(keys[Scope.TRIGGER]),
                admin=client(keys[Scope.ADMIN]),
            )
    finally:
        await close_house(house)


def _settings(database_url: str) -> Settings:
    return Settings(
        database_url=database_url,
        lirax_url="http://127.0.0.1:1/general",  # nobody answers there
        lirax_token="canary-token",
        webhook_token="canary-webhook-token",
        secret_key="k" * 32,
    )


@asynccontextmanager
async def clients_of(house: House) -> AsyncIterator[Callable[[str | None], httpx.AsyncClient]]:
    app = create_app(house, engine=None)
    made: list[httpx.AsyncClient] = []

    def client(key: str | None) -> httpx.AsyncClient:
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        transport = httpx.ASGITransport(app)
        made.append(httpx.AsyncClient(transport=transport, base_url="http://dzvin.test", headers=headers))
        return made[-1]

    try:
        yield client
    finally:
        for each in made:
            await each.aclose()
