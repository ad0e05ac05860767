"""The simulator in real time, as `dzvin simulator` and `dzvin demo` run it."""

import asyncio
import secrets
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Self

from engine.clock import Clock, SystemClock
from engine.lirax.simulator.exchange import Exchange
from engine.lirax.simulator.lanes import Lanes
from engine.lirax.simulator.options import Options
from engine.lirax.simulator.people_file import Cast
from engine.lirax.simulator.server import SimulatorServer

IDLE_SECONDS = 60.0  # longest sleep with an empty agenda; anything written into it wakes us before


async def serve_simulator(
    *,
    host: str,
    port: int,
    webhook_url: str | None,
    token: str,
    webhook_token: str,
    speed: float = 1.0,
    seed: int = 1,
    options: Mapping[str, object] | None = None,
    cast: Cast | None = None,
    started: Callable[[SimulatorServer], None] | None = None,
    stop: asyncio.Event | None = None,
) -> None:
    """Serves until `stop` is set (or until cancelled), then ends quietly.

    `port` 0 takes a free one; `started` is told the server (`port`, `url`, `base_url`, `exchange`) once it
    listens. With `speed` 10 rings, talks and delays are ten times shorter; hours of the day stay real.
    Raises WrongOption for an option or value there is not, OSError for a port that cannot be taken.
    """
    clock = SystemClock()
    exchange = Exchange(
        clock=clock,
        webhook_url=webhook_url,
        token=token,
        webhook_token=webhook_token,
        seed=seed,
        speed=speed,
        options=Options().having(options or {}),
        salt=secrets.token_hex(8),
    )
    if cast is not None:
        cast.join(exchange)
    async with SimulatorServer(exchange, host=host, port=port) as server, Live(exchange) as live:
        if started is not None:
            started(server)
        await live.until(stop or asyncio.Event())


class Live:
    """Moves the agenda with the real time while the context lasts; webhooks travel on lanes."""

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange
        self._lanes = Lanes()
        self._driver: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        self._lanes.start()
        self._exchange.webhooks.carry = self._lanes.carry
        self._driver = asyncio.create_task(self._drive())
        return self

    async def __aexit__(self, *problem: object) -> None:
        if self._driver is not None:
            self._driver.cancel()
            await asyncio.gather(self._driver, return_exceptions=True)
        await self._lanes.stop()

    async def until(self, stop: asyncio.Event) -> None:
        """Returns when `stop` is set; raises what broke the agenda, should it break."""
        stopping = asyncio.ensure_future(stop.wait())
        waits: list[asyncio.Future[Any]] = [stopping] if self._driver is None else [stopping, self._driver]
        try:
            done, _ = await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            stopping.cancel()
        for finished in done:
            finished.result()

    async def _drive(self) -> None:
        while True:
            self._exchange.changed.clear()
            await self._exchange.run_due()
            await self._until_next()

    async def _until_next(self) -> None:
        seconds = _seconds_until(self._exchange.next_at(), clock=self._exchange.clock)
        try:
            async with asyncio.timeout(seconds):
                await self._exchange.changed.wait()
        except TimeoutError:
            return


def _seconds_until(moment: datetime | None, *, clock: Clock) -> float:
    if moment is None:
        return IDLE_SECONDS
    return min(max((moment - clock.now()).total_seconds(), 0.0), IDLE_SECONDS)
