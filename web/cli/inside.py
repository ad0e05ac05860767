"""The application called within this process, without a network."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx

from engine.assembly import Role, build_house, close_house
from engine.settings import Settings
from web.app import create_app
from web.cli.calling import local_client


@asynccontextmanager
async def client_inside(settings: Settings) -> AsyncIterator[httpx.AsyncClient]:
    """Raises AlreadyRunning while another process has the SQLite file."""
    house = await build_house(settings, role=Role.TOOL)
    try:
        app = create_app(house, engine=None)
        transport = httpx.ASGITransport(app)
        inside = local_client("http://dzvin.local", key=house.local_key, transport=transport)
        async with app.router.lifespan_context(app), inside as client:
            yield client
    finally:
        await close_house(house)
