"""A history client beside a simulator whose calls it asks for, over real HTTP, under one moved clock."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from engine.clock import Clock, MovedClock
from engine.lirax.history import HistoryCall, HistoryClient
from engine.lirax.simulator.exchange import Exchange
from engine.lirax.simulator.history import SAMPLE_LOGIN, SAMPLE_PASSWORD
from engine.lirax.simulator.options import Options
from engine.lirax.simulator.server import SimulatorServer
from engine.lirax.simulator.truth import Call

NOON = datetime(2026, 1, 15, 10, 0, tzinfo=UTC)
ANNA, BORYS = "380671112233", "380502223344"


def a_client(
    url: str, clock: Clock, *, password: str = SAMPLE_PASSWORD, seconds: float = 2.0
) -> HistoryClient:
    return HistoryClient(
        url,
        login=SAMPLE_LOGIN,
        password=password,
        timezone="Europe/Kyiv",
        timeout=timedelta(seconds=seconds),
        clock=clock,
    )


@dataclass
class Place:
    clock: MovedClock
    exchange: Exchange
    client: HistoryClient

    def call(self, number: str = ANNA, *, at: datetime | None = None, seconds: int = 20) -> str:
        """A call that is over. Its id."""
        started_at = at or self.clock.now() - timedelta(minutes=30)
        calls = self.exchange.truth.calls
        calls.append(
            Call(
                callid=f"D{len(calls)}-1",
                task="task",
                ext="101",
                client=number,
                started_at=started_at,
                ended_at=started_at + timedelta(seconds=seconds),
                connected=seconds > 0,
                seconds=seconds,
            )
        )
        return calls[-1].callid

    async def ids(self, *, days: float = 0.5, **filters: Any) -> list[str | None]:
        """Of the calls of the last days."""
        return [call.call_id for call in await self.calls(days=days, **filters)]

    async def calls(self, *, days: float = 0.5, **filters: Any) -> list[HistoryCall]:
        now = self.clock.now()
        found = self.client.calls(since=now - timedelta(days=days), until=now, **filters)
        return [call async for call in found]

    def asked(self, command: str) -> int:
        return sum(post.command == command for post in self.exchange.truth.posts)

    @property
    def logins(self) -> int:
        return self.asked("historyAuth")

    @property
    def exports(self) -> int:
        return self.asked("historyExport")


@asynccontextmanager
async def a_place(
    *, at: datetime = NOON, password: str = SAMPLE_PASSWORD, seconds: float = 2.0, **options: object
) -> AsyncIterator[Place]:
    clock = MovedClock(at)
    exchange = Exchange(clock=clock, options=Options().having(options))
    async with SimulatorServer(exchange) as server:
        client = a_client(server.base_url, clock, password=password, seconds=seconds)
        try:
            yield Place(clock, exchange, client)
        finally:
            await client.close()
