"""The simulator's HTTP server: uvicorn's protocol on a socket of ours, quick to start and stop in a test."""

import asyncio
import contextlib
import socket

from starlette.types import ASGIApp
from uvicorn import Config
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.server import ServerState

CUT = "dzvin.cut"  # extension of the ASGI scope: closes the connection without an answer
GRACE_SECONDS = 2.0  # for answers under way when we stop
BACKLOG = 512


class CuttingProtocol(HttpToolsProtocol):
    """Hands the application a way to close the connection without an answer."""

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self.scope["extensions"] = {CUT: {"close": self.transport.close}}


class HttpServer:
    """Serves an ASGI application on a bound socket. `port` is known from the start."""

    def __init__(self, app: ASGIApp, *, host: str, port: int) -> None:
        self._host = host
        self._socket = _bound(host, port)
        self._socket.listen(BACKLOG)
        self.port: int = self._socket.getsockname()[1]
        self.url = f"http://{host}:{self.port}"
        self._config = Config(
            app,
            http=CuttingProtocol,
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=False,
            date_header=False,
        )
        self._state = ServerState()
        self._listener: asyncio.Server | None = None

    async def start(self) -> None:
        self._config.load()
        await self.listen()

    async def listen(self) -> None:
        """Takes connections, as at the start or after `shut`."""
        if self._listener is None:
            loop = asyncio.get_running_loop()
            self._listener = await loop.create_server(self._protocol, sock=self._socket)

    def shut(self) -> None:
        """Refuses connections and closes those that are open; the port stays ours."""
        if self._listener is None:
            return
        self._listener.close()
        self._listener = None
        for connection in list(self._state.connections):
            connection.transport.close()
        self._socket = _bound(self._host, self.port)

    async def stop(self) -> None:
        """Takes no new connection, lets answers under way go out, closes what is open."""
        if self._listener is None:
            self._socket.close()
            return
        self._listener.close()
        under_way = set(self._state.tasks)
        if under_way:
            _, late = await asyncio.wait(under_way, timeout=GRACE_SECONDS)
            for task in late:
                task.cancel()
        for connection in list(self._state.connections):
            connection.transport.close()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(GRACE_SECONDS):
                await self._listener.wait_closed()

    def _protocol(self) -> asyncio.Protocol:
        return CuttingProtocol(config=self._config, server_state=self._state, app_state={})


def _bound(host: str, port: int) -> socket.socket:
    """A socket that asyncio knows for TCP by its protocol number.

    Only then does it send small pieces at once; else the body of an answer waits 40 ms behind its head.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    bound = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind((host, port))
    except OSError:
        bound.close()
        raise
    return bound
