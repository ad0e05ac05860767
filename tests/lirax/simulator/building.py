"""A simulator in virtual time with a receiver that writes down every webhook; both over HTTP in process."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl
from zoneinfo import ZoneInfo

import httpx
from starlette.types import Receive, Scope, Send

from engine.clock import MovedClock
from engine.lirax.simulator.app import create_app
from engine.lirax.simulator.exchange import SAMPLE_TOKEN, Exchange
from engine.lirax.simulator.options import Options

KYIV = ZoneInfo("Europe/Kyiv")
NOON = datetime(2026, 1, 15, 12, 0, tzinfo=KYIV).astimezone(UTC)
ANNA, BORYS, OLENA = "380671112233", "380502223344", "380933334455"
IVR = "5001"
MODEM = "380671234567"


@dataclass
class Ear:
    """Our side of the webhooks. Answers with the codes it was given, then 200."""

    heard: list[dict[str, str]] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)
    codes: list[int] = field(default_factory=list)
    says: bytes = b"{}"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        body = (await receive())["body"]
        self.bodies.append(body)
        self.heard.append(dict(parse_qsl(body.decode(), keep_blank_values=True)))
        code = self.codes.pop(0) if self.codes else 200
        await send({"type": "http.response.start", "status": code, "headers": []})
        await send({"type": "http.response.body", "body": self.says})

    def named(self, command: str) -> list[dict[str, str]]:
        return [webhook for webhook in self.heard if webhook["cmd"] == command]

    def events(self) -> list[str]:
        return [webhook["event"] for webhook in self.named("event")]


@dataclass
class World:
    clock: MovedClock
    exchange: Exchange
    ear: Ear
    http: httpx.AsyncClient

    async def send(self, cmd: str, **fields: str) -> httpx.Response:
        return await self.http.post("/general", data={"cmd": cmd, "token": SAMPLE_TOKEN, **fields})

    async def call(self, to1: str = ANNA, to2: str = IVR, **more: str) -> str:
        """Places a call; the id it was given."""
        answer = await self.send("make2Calls", **{"from": "101", "to1": to1, "to2": to2, **more})
        assert answer.status_code == 200, answer.text
        return str(answer.json()["id_make2calls"])

    async def text(self, phone: str = ANNA, *, modem: str = MODEM) -> httpx.Response:
        return await self.send("sendSMS", ext="101", provider=modem, phone=phone, text="Добрий день")

    async def pass_time(self, seconds: float) -> None:
        """Steps from event to event until so many seconds have gone by."""
        end = self.clock.now() + timedelta(seconds=seconds)
        await self.exchange.run_due()
        while (moment := self.exchange.next_at()) is not None and moment <= end:
            self.clock.move_to(max(moment, self.clock.now()))
            await self.exchange.run_due()
        self.clock.move_to(end)

    async def pass_until_quiet(self) -> None:
        while (moment := self.exchange.next_at()) is not None:
            self.clock.move_to(max(moment, self.clock.now()))
            await self.exchange.run_due()

    def seconds(self, moment: datetime | None) -> float | None:
        """Since noon, when every world begins."""
        return None if moment is None else (moment - NOON).total_seconds()


@asynccontextmanager
async def a_world(
    *, at: datetime = NOON, options: Mapping[str, object] | None = None, **more: Any
) -> AsyncIterator[World]:
    clock, ear = MovedClock(at), Ear()
    async with (
        httpx.AsyncClient(transport=httpx.ASGITransport(ear)) as webhook_client,
        _served(
            Exchange(
                clock=clock,
                webhook_url="http://dzvin/lirax",
                client=webhook_client,
                options=Options().having(options or {}),
                **more,
            )
        ) as (exchange, http),
    ):
        yield World(clock, exchange, ear, http)


@asynccontextmanager
async def _served(exchange: Exchange) -> AsyncIterator[tuple[Exchange, httpx.AsyncClient]]:
    transport = httpx.ASGITransport(create_app(exchange))
    async with httpx.AsyncClient(transport=transport, base_url="http://lirax") as http:
        yield exchange, http
    await exchange.close()
