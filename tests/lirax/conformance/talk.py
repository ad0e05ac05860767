"""Our client and the simulator in one room, over real HTTP and in virtual time; and the stories they play."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, TypeVar

import httpx
import pytest

from engine.clock import MovedClock
from engine.lirax.client import LiraxClient
from engine.lirax.errors import LiraxError, Refused, Unavailable
from engine.lirax.requests import Request
from engine.lirax.simulator.directory import Directory
from engine.lirax.simulator.exchange import SAMPLE_TOKEN, SAMPLE_WEBHOOK_TOKEN, Exchange
from engine.lirax.simulator.options import KINDS, Options
from engine.lirax.simulator.server import SimulatorServer
from engine.lirax.webhooks import Webhook, read_fields, read_webhook
from tests.lirax.simulator.building import NOON, Ear

W = TypeVar("W", bound=Webhook)
PATIENCE = timedelta(seconds=10)


@dataclass
class Talk:
    client: LiraxClient
    exchange: Exchange
    clock: MovedClock
    ear: Ear
    options: Options
    url: str

    @property
    def directory(self) -> Directory:
        return self.exchange.directory

    async def play(self) -> None:
        """Time passes until nothing more happens."""
        while (moment := self.exchange.next_at()) is not None:
            self.clock.move_to(max(moment, self.clock.now()))
            await self.exchange.run_due()

    async def pass_seconds(self, seconds: float) -> None:
        end = self.clock.now() + timedelta(seconds=seconds)
        while (moment := self.exchange.next_at()) is not None and moment <= end:
            self.clock.move_to(max(moment, self.clock.now()))
            await self.exchange.run_due()
        self.clock.move_to(end)

    def told(self, kind: type[W]) -> list[W]:
        """What the webhooks of one kind said; every one carried the key."""
        fields = [read_fields(body) for body in self.ear.bodies]
        assert {each.token for each in fields} <= {SAMPLE_WEBHOOK_TOKEN}
        return [said for each in fields if isinstance(said := read_webhook(each.without_token()), kind)]

    def told_at_least_once(self, kind: type[W]) -> list[W]:
        """As `told`; empty only where the option `webhook_faults` loses some."""
        said = self.told(kind)
        assert said or self.options.webhook_faults == "drop"
        return said

    async def refusal_of(self, request: Request[Any]) -> LiraxError:
        with pytest.raises(LiraxError) as caught:
            await self.client.send(request)
        return caught.value

    async def is_refused(self, request: Request[Any]) -> None:
        """LiraX calls a value wrong."""
        error = await self.refusal_of(request)
        assert isinstance(error, Refused)
        assert error.kind == request.kind_of_400

    async def goes_by_code(self, request: Request[Any], code: int) -> None:
        """The option that decides it says 200 or 400."""
        if code == 200:
            await self.client.send(request)
        else:
            await self.is_refused(request)

    async def finds_the_modem_busy(self, request: Request[Any]) -> None:
        error = await self.refusal_of(request)
        if self.options.sms_limit_code == 400:
            assert isinstance(error, Refused)
        else:
            assert isinstance(error, Unavailable)
            assert (error.kind, error.retry_after) == ("modem_busy", timedelta(seconds=5))


@asynccontextmanager
async def a_talk(options: Options) -> AsyncIterator[Talk]:
    clock, ear = MovedClock(NOON), Ear()
    async with httpx.AsyncClient(transport=httpx.ASGITransport(ear)) as webhooks:
        exchange = Exchange(clock=clock, webhook_url="http://dzvin/lirax", client=webhooks, options=options)
        async with SimulatorServer(exchange) as simulator:
            client = LiraxClient(simulator.url, token=SAMPLE_TOKEN, timeout=PATIENCE, lines=1)
            try:
                yield Talk(client, exchange, clock, ear, options, simulator.url)
            finally:
                await client.close()


def watched_options() -> tuple[Options, set[str]]:
    """The options as they are by default, and the names of those that were read since."""
    read: set[str] = set()

    class Watched(Options):
        def __getattribute__(self, name: str) -> Any:
            if name in KINDS:
                read.add(name)
            return super().__getattribute__(name)

    return Watched(), read


Story = Callable[[Talk], Awaitable[None]]


@dataclass(frozen=True)
class Told:
    """A story and the command it is about."""

    command: str
    play: Story


def story(command: str) -> Callable[[Story], Told]:
    """Marks a function as a story about this command."""
    return lambda play: Told(command, play)
