"""A telephone exchange on loopback that treats each request exactly as badly as a test wants."""

import asyncio
import contextlib
import socket
import ssl
import struct
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from urllib.parse import parse_qsl

from engine.lirax.client import LiraxClient
from engine.lirax.requests import MakeTwoCalls
from tests.lirax.recorded import TOKEN

A_CALL = MakeTwoCalls(
    from_ext="101",
    to1="380671234567",
    to2="https://files.example.com/reminder.mp3",
    successtime=15,
    notbefore="09",
    notafter="20",
    vmoney="1250.00",
)
ID_BODY = b'{"id_make2calls": "ef232234feb12"}'


@dataclass
class Visit:
    """One connection to the exchange, seen from its side."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    exchange: "Exchange"

    async def read_request(self) -> dict[str, str]:
        """The form of the next request; raises IncompleteReadError when none comes any more."""
        head = await self.reader.readuntil(b"\r\n\r\n")
        lines = head.decode().split("\r\n")
        headers = {
            name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines[1:])
        }
        body = await self.reader.readexactly(int(headers["content-length"]))
        form = dict(parse_qsl(body.decode(), keep_blank_values=True))
        self.exchange.request_lines.append(lines[0])
        self.exchange.requests.append(form)
        return form

    async def say(self, raw: bytes) -> None:
        self.writer.write(raw)
        await self.writer.drain()

    def reset(self) -> None:
        """Close with RST, as a crashing machine or an impatient firewall does."""
        linger = struct.pack("ii", 1, 0)
        self.writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        self.writer.transport.abort()


Behaviour = Callable[[Visit], Awaitable[None]]


@dataclass
class Exchange:
    behave: Behaviour
    scheme: str = "http"
    port: int = 0
    connections: int = 0
    requests: list[dict[str, str]] = field(default_factory=list)
    request_lines: list[str] = field(default_factory=list)
    visits: set[asyncio.Task[None]] = field(default_factory=set)

    @property
    def url(self) -> str:
        host = "127.0.0.1" if self.scheme == "http" else "localhost"  # the name its certificate is for
        return f"{self.scheme}://{host}:{self.port}/general"

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        task = asyncio.current_task()
        assert task is not None
        self.visits.add(task)
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            await self.behave(Visit(reader, writer, self))
        writer.transport.abort()
        self.visits.discard(task)

    async def leave(self) -> None:
        visits = list(self.visits)
        for visit in visits:
            visit.cancel()
        await asyncio.gather(*visits, return_exceptions=True)


@asynccontextmanager
async def an_exchange(behave: Behaviour, *, tls: ssl.SSLContext | None = None) -> AsyncIterator[Exchange]:
    exchange = Exchange(behave, scheme="http" if tls is None else "https")
    server = await asyncio.start_server(exchange.serve, "localhost", 0, ssl=tls, family=socket.AF_INET)
    exchange.port = server.sockets[0].getsockname()[1]
    try:
        yield exchange
    finally:
        server.close()
        await exchange.leave()
        await server.wait_closed()


@asynccontextmanager
async def a_client(
    url: str, *, seconds: float = 2.0, lines: int = 1, tls: ssl.SSLContext | None = None
) -> AsyncIterator[LiraxClient]:
    client = LiraxClient(url, token=TOKEN, timeout=timedelta(seconds=seconds), lines=lines, tls=tls)
    try:
        yield client
    finally:
        await client.close()


def answer(body: bytes, *, status: str = "200 OK", headers: str = "") -> bytes:
    return f"HTTP/1.1 {status}\r\n{headers}Content-Length: {len(body)}\r\n\r\n".encode() + body


def answering(raw: bytes) -> Behaviour:
    """Answers every request with these bytes and keeps the connection open."""

    async def behave(visit: Visit) -> None:
        while True:
            await visit.read_request()
            await visit.say(raw)

    return behave
