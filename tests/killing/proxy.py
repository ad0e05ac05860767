"""A TCP door between two processes that can be made to delay, cut, reset, and swallow what passes."""

import asyncio
import socket
import struct
from collections.abc import Coroutine
from contextlib import suppress
from enum import Enum, auto
from threading import Event, Thread
from typing import Any

CHUNK = 65536
DELAY_SECONDS = 1.5  # less than the longest wait for an answer, so that some answers still come
LINGER_NONE = struct.pack("ii", 1, 0)  # close at once, with a reset


class Mode(Enum):
    PASS = auto()
    DELAY = auto()  # every chunk comes late
    CUT = auto()  # the answer ends after its first bytes
    RESET = auto()  # the answer is a reset; the request has gone through
    SWALLOW = auto()  # the request goes through, the answer never comes
    REFUSE = auto()  # nobody is there


class Proxy:
    """Listens on `port`, forwards to `target_port`; `mode` may change while it runs, for what comes then."""

    def __init__(self, target_port: int) -> None:
        self.target_port = target_port
        self.mode = Mode.PASS
        self.port = 0
        self._loop = asyncio.new_event_loop()
        self._ready = Event()
        self._under_way: set[asyncio.Task[None]] = set()
        self._thread = Thread(target=self._work, name="proxy", daemon=True)
        self._thread.start()
        self._ready.wait()

    def close(self) -> None:
        asyncio.run_coroutine_threadsafe(self._close(), self._loop).result(5)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)

    def _work(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_until_complete(self._listen())
        self._ready.set()
        self._loop.run_forever()
        self._loop.close()

    async def _listen(self) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]

    async def _close(self) -> None:
        self._server.close()
        for task in self._under_way:
            task.cancel()
        await asyncio.gather(*self._under_way, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._under_way.add(task)
        try:
            await self._join(reader, writer)
        except (OSError, asyncio.CancelledError):
            pass
        finally:
            self._under_way.discard(task)
            writer.close()

    async def _join(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self.mode is Mode.REFUSE:
            _reset(writer)
            return
        with suppress(ConnectionError):
            there, back = await asyncio.open_connection("127.0.0.1", self.target_port)
            try:
                await _either(self._forward(reader, back), self._answer(there, writer))
            finally:
                back.close()

    async def _forward(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while chunk := await reader.read(CHUNK):
            if self.mode is Mode.DELAY:
                await asyncio.sleep(DELAY_SECONDS)
            writer.write(chunk)
            await writer.drain()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while chunk := await reader.read(CHUNK):
            match self.mode:
                case Mode.DELAY:
                    await asyncio.sleep(DELAY_SECONDS)
                case Mode.CUT:
                    writer.write(chunk[: len(chunk) // 2])
                    await writer.drain()
                    return
                case Mode.RESET:
                    _reset(writer)
                    return
                case Mode.SWALLOW:
                    continue
                case _:
                    pass
            writer.write(chunk)
            await writer.drain()


async def _either(*ways: Coroutine[Any, Any, None]) -> None:
    """Both directions, until one ends."""
    tasks = [asyncio.create_task(way) for way in ways]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def _reset(writer: asyncio.StreamWriter) -> None:
    """Close so that the other side sees a reset."""
    inside = writer.get_extra_info("socket")
    if inside is not None:
        inside.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, LINGER_NONE)
    writer.transport.abort()
