"""`dzvin serve`, `web` and `engine`: builds the house, opens its doors, tells where, ends with 0."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from engine.assembly import Role, build_house, close_house
from engine.commands.people import first_run_link
from engine.house import House
from engine.runner import Engine
from engine.settings import Settings
from web.app import create_app
from web.cli.halves import Half
from web.cli.listening import answering, local_address, port_of, take_port
from web.cli.logs import keep_logs
from web.cli.signals import run_until_signal
from web.cli.talking import answer


def serve_here(settings: Settings, *, half: Half) -> None:
    keep_logs()
    run_until_signal(lambda stop: _serve(settings, half=half, stop=stop))


async def _serve(settings: Settings, *, half: Half, stop: asyncio.Event) -> None:
    if half is Half.ENGINE:
        async with _house(settings, role=Role.ENGINE) as house, _at_work(Engine(house)):
            answer("Dzvin's engine is at work")
            await stop.wait()
        return
    async with open_house(settings, dials=half is Half.BOTH) as house:
        await _tell_where(house)
        await stop.wait()


@asynccontextmanager
async def open_house(
    settings: Settings, *, dials: bool, listener: socket.socket | None = None
) -> AsyncIterator[House]:
    """A house whose pages, API and webhooks answer, and which dials; all of it ends when we leave."""
    listener = listener or take_port(settings.host, settings.port)
    with listener:
        settings = settings.on_port(port_of(listener))
        async with _house(settings, role=Role.SERVE if dials else Role.WEB) as house:
            engine = Engine(house) if dials else None
            async with answering(create_app(house, engine=engine), listener):
                if house.lock is not None and house.local_key is not None:
                    house.lock.announce(local_address(listener), house.local_key)
                async with _at_work(engine):
                    yield house
                house.stopping.set()  # live pages end now, and need not be cut


@asynccontextmanager
async def _house(settings: Settings, *, role: Role) -> AsyncIterator[House]:
    house = await build_house(settings, role=role)
    try:
        yield house
    finally:
        await close_house(house)


@asynccontextmanager
async def _at_work(engine: Engine | None) -> AsyncIterator[None]:
    """The engine dials while we are inside; then what it has sent is awaited, and webhooks still come in."""
    if engine is None:
        yield
        return
    await engine.start()
    try:
        yield
    finally:
        await engine.stop()


async def _tell_where(house: House) -> None:
    answer(f"Dzvin listens on {house.settings.public_url}")
    link = await first_run_link(house)
    if link is not None:
        answer(f"Nobody can sign in yet. This link creates the first administrator, once: {link}")
