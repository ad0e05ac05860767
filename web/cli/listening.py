"""Takes the port, and answers on it while the house stands."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Generator

import uvicorn
from fastapi import FastAPI

from engine.errors import CannotDo

STREAM_SECONDS = 3  # live pages stay open for ever by themselves: they are cut after it
BACKLOG = 2048


def take_port(host: str, port: int) -> socket.socket:
    """A bound socket; port 0 takes a free one. Raises CannotDo when it is taken or not ours."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        listener = socket.socket(family, kind, protocol)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
    except OSError as error:
        reason = error.strerror or str(error)
        raise CannotDo(
            f"cannot listen on {host}:{port} ({reason}): set DZVIN_PORT, or 0 for a free one"
        ) from error
    return listener


def port_of(listener: socket.socket) -> int:
    port: int = listener.getsockname()[1]
    return port


def local_address(listener: socket.socket) -> str:
    """Where this very machine reaches the listener, also when it listens everywhere."""
    host, port = listener.getsockname()[:2]
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


@contextlib.asynccontextmanager
async def answering(app: FastAPI, listener: socket.socket) -> AsyncIterator[None]:
    """The application answers on the listener while we are inside."""
    server = _Server(
        uvicorn.Config(
            app,
            log_config=None,
            log_level="warning",
            access_log=False,
            server_header=False,
            ws="none",
            backlog=BACKLOG,
            timeout_graceful_shutdown=STREAM_SECONDS,
        )
    )
    task = asyncio.create_task(server.serve(sockets=[listener]))
    await asyncio.wait({task, asyncio.create_task(server.ready.wait())}, return_when=asyncio.FIRST_COMPLETED)
    if task.done():
        raise CannotDo("the web server did not start; the log above says why")
    try:
        yield
    finally:
        server.should_exit = True
        await task


class _Server(uvicorn.Server):
    """Leaves signals to us and tells when it listens."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.ready = asyncio.Event()

    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.ready.set()
