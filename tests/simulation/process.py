"""One process of Dzvin in the simulation: a whole house and its engine, started, killed, frozen, stopped."""

import asyncio
from contextvars import copy_context
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

from starlette.applications import Starlette
from starlette.types import Message

from engine.assembly import close_house, furnish
from engine.bells import Bells
from engine.database.lock import FileLock
from engine.errors import DatabaseTrouble
from engine.house import House
from engine.leases import Lease
from engine.runner import Engine
from engine.secrets import Sealer
from engine.settings import Settings
from tests.simulation.disk import SECRET_KEY, Disk, SimDatabase
from tests.simulation.loop import LIFE, Life, SimLoop
from tests.simulation.network import Network
from web.hooks.lirax import lirax_routes

START = datetime(2026, 12, 1, 8, 0, tzinfo=UTC)  # 10:00 in Kyiv


class TrueClock:
    """The one true time, by which the exchange lives."""

    def __init__(self, loop: SimLoop) -> None:
        self._loop = loop

    def now(self) -> datetime:
        return START + timedelta(seconds=self._loop.time())

    def elapsed(self) -> float:
        return self._loop.time()


class OwnClock(TrueClock):
    """The clock of one machine: its wall clock may be wrong, and jump; what has elapsed never is."""

    wrong_by = timedelta(0)

    def now(self) -> datetime:
        return super().now() + self.wrong_by


class Beat:
    """The metronome, in virtual time."""

    def __init__(self, bells: Bells, *, seconds: Any) -> None:
        self._bells = bells
        self._seconds = seconds
        self.running = False
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        self.running = True
        self._task = asyncio.create_task(self._tick(), name="metronome")

    def shutdown(self, wait: bool = True) -> None:
        self.running = False
        if self._task is not None:
            self._task.cancel()

    async def _tick(self) -> None:
        while True:
            await asyncio.sleep(self._seconds())
            for bell in self._bells.of_passes().values():
                bell.set()


class Process:
    """A machine on which Dzvin is started again and again."""

    def __init__(
        self,
        name: str,
        *,
        loop: SimLoop,
        settings: Settings,
        disk: Disk,
        network: Network,
        chance: Random,
        alone: bool,
    ) -> None:
        self.name = name
        self.clock = OwnClock(loop)
        self.life: Life | None = None
        self.house: House | None = None
        self.beat_seconds = 30.0
        self.jumped_at: float | None = None  # when its wall clock was last set
        self._loop = loop
        self._settings = settings
        self._disk = disk
        self._network = network
        self._random = chance
        self._alone = alone
        self._starts = 0
        self._engine: Engine | None = None
        self._door: Starlette | None = None
        self._context = copy_context()

    @property
    def is_up(self) -> bool:
        """Whether something listens: not while it starts, nor when it is dead; a frozen one does."""
        return self.life is not None and not self.life.dead and self._door is not None

    def start(self) -> None:
        self._starts += 1
        self.life = Life(self.name, self._starts)
        self.house = self._engine = self._door = None
        self._context = copy_context()
        self._context.run(LIFE.set, self.life)
        self.run(self._main(self.life), name=f"main-{self.life}")

    def run(self, work: Any, *, name: str) -> "asyncio.Task[Any]":
        """Let this process do something."""
        task: asyncio.Task[Any] = self._loop.create_task(work, name=name, context=self._context)
        return task

    async def _main(self, life: Life) -> None:
        """A process that cannot start ends, and is started again by whoever looks after it."""
        try:
            house = await self._furnish(life)
        except DatabaseTrouble:
            self._loop.kill(life)
            return
        self.house = house
        self._engine = Engine(house, beat=Beat(house.bells, seconds=lambda: self.beat_seconds))
        await self._engine.start()
        self._door = Starlette(routes=lirax_routes(house))

    async def _furnish(self, life: Life) -> House:
        return await furnish(
            self._settings,
            SimDatabase(self._disk, life, self._random),
            sealer=Sealer(SECRET_KEY),
            clock=self.clock,
            lease=Lease(self.clock, alone=self._alone),
            outward=self._network.of(life).transport,
            lock=FileLock(Path("nobody-takes-it"))
            if self._alone
            else None,  # its clock has written everything
        )

    async def stop(self) -> None:
        """As SIGTERM: what is under way ends first. To be awaited by `run`."""
        life, engine, house = self.life, self._engine, self.house
        assert life is not None
        assert engine is not None
        assert house is not None
        self._door = None
        await engine.stop()
        await close_house(house)
        life.said_goodbye = True
        self._loop.kill(life)

    async def post(self, body: bytes) -> tuple[int, bytes]:
        """A webhook, answered by the real door; to be awaited by `run`."""
        assert self._door is not None
        said: list[Message] = []

        async def receive() -> Message:
            return {"type": "http.request", "body": body, "more_body": False}

        async def send(message: Message) -> None:
            said.append(message)

        await self._door(_scope(body), receive, send)
        return said[0]["status"], b"".join(message.get("body", b"") for message in said[1:])


def _scope(body: bytes) -> dict[str, Any]:
    form = b"application/x-www-form-urlencoded"
    return {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "POST",
        "scheme": "http",
        "path": "/lirax",
        "raw_path": b"/lirax",
        "query_string": b"",
        "root_path": "",
        "headers": [(b"content-type", form), (b"content-length", str(len(body)).encode())],
        "client": ("127.0.0.1", 2),
        "server": ("127.0.0.1", 8000),
    }
