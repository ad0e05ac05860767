"""`dzvin demo`: pages, engine, LiraX simulator and a sample campaign in one process, until interrupted."""

import asyncio
import os
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import replace

from sqlalchemy import Connection

from campaigns.rules.vocabulary import CampaignState, Role
from campaigns.store.views import latest_campaign_views
from engine.commands.people import create_user
from engine.errors import CannotDo, Conflict
from engine.house import House
from engine.lirax.simulator.people_file import Cast
from engine.lirax.simulator.serve import serve_simulator
from engine.lirax.simulator.server import SimulatorServer
from engine.settings import Settings
from web.cli.demo.box import box
from web.cli.demo.campaign import LIST, definition_text, next_name
from web.cli.demo.parent import end_with_parent
from web.cli.demo.people import write_list
from web.cli.demo.surroundings import (
    EMAIL,
    FOLDER,
    IVRS,
    SEED,
    SIMULATOR_OPTIONS,
    SPEED,
    demo_settings,
    kept_password,
)
from web.cli.holding import check_file_is_free
from web.cli.listening import port_of, take_port
from web.cli.logs import quiet_logs
from web.cli.reading import definition_in
from web.cli.running import bring_to_life, create_or_find, unless_stopped
from web.cli.serving import open_house
from web.cli.signals import run_until_signal
from web.cli.talking import answer, tell

HOST = "127.0.0.1"


def demo_here(*, with_parent: bool) -> None:
    quiet_logs()
    FOLDER.mkdir(exist_ok=True)
    settings = demo_settings(os.environ)
    check_file_is_free(settings)
    run_until_signal(lambda stop: _demo(settings, stop=stop, with_parent=with_parent))


async def _demo(settings: Settings, *, stop: asyncio.Event, with_parent: bool) -> None:
    watch = asyncio.create_task(end_with_parent(stop)) if with_parent else None
    listener = _port(settings)
    settings = settings.on_port(port_of(listener))
    async with _simulator(settings) as simulator:
        settings = replace(settings, lirax_url=simulator.url)
        async with open_house(settings, dials=True, listener=listener) as house:
            password = await _administrator(house)
            name = await _campaign(house, stop=stop)
            answer(
                box(house.settings.public_url, EMAIL, password, campaign=name, simulator=simulator.base_url)
            )
            await stop.wait()
            tell("ending the demo; `make demo` goes on with it")
    if watch is not None:
        watch.cancel()


def _port(settings: Settings) -> socket.socket:
    """The port asked for; where none was and the usual one is taken, a free one."""
    try:
        return take_port(settings.host, settings.port)
    except CannotDo:
        if settings.port != Settings.port or "DZVIN_PORT" in os.environ:
            raise
        return take_port(settings.host, 0)


@asynccontextmanager
async def _simulator(settings: Settings) -> AsyncIterator[SimulatorServer]:
    stop, started = asyncio.Event(), asyncio.get_running_loop().create_future()
    task = asyncio.create_task(
        serve_simulator(
            host=HOST,
            port=0,
            webhook_url=f"http://{_reachable(settings.host)}:{settings.port}/lirax",
            token=settings.lirax_token or "",
            webhook_token=settings.webhook_token or "",
            speed=SPEED,
            seed=SEED,
            options=SIMULATOR_OPTIONS,
            cast=Cast(people={}, ivrs=IVRS),
            started=started.set_result,
            stop=stop,
        )
    )
    await asyncio.wait({task, started}, return_when=asyncio.FIRST_COMPLETED)
    if task.done():
        await task
    try:
        yield started.result()
    finally:
        stop.set()
        await task


def _reachable(host: str) -> str:
    if host in {"0.0.0.0", "::"}:  # noqa: S104  it is compared, not listened on
        return HOST
    return f"[{host}]" if ":" in host else host


async def _administrator(house: House) -> str:
    password = kept_password()
    with suppress(Conflict):  # made by an earlier start, with the same password
        await create_user(house, EMAIL, password=password, role=Role.ADMIN)
    return password


async def _campaign(house: House, *, stop: asyncio.Event) -> str:
    """The campaign of an earlier start goes on if it is unfinished; else a fresh one is made."""
    name = next_name(await _taken(house))
    write_list(FOLDER / LIST)
    file = FOLDER / "campaign.yaml"
    file.write_text(definition_text(name), "utf-8")
    definition = definition_in(file, house.settings)
    campaign_id = await create_or_find(house, definition)
    await unless_stopped(bring_to_life(house, campaign_id, definition), stop)
    return name


async def _taken(house: House) -> dict[str, CampaignState]:
    def read(connection: Connection) -> dict[str, CampaignState]:
        views = latest_campaign_views(
            connection, now=house.clock.now(), policies=house.policies, limit=10_000
        )
        return {view.name: view.state for view in reversed(views)}

    return await house.database.read(read)
