"""A simulator on real loopback HTTP inside the test's own event loop."""

from types import TracebackType
from typing import Self

from engine.lirax.simulator.app import create_app
from engine.lirax.simulator.exchange import Exchange
from engine.lirax.simulator.http import HttpServer

LOOPBACK = "127.0.0.1"


class SimulatorServer:
    """Serves an exchange while the context lasts; its agenda moves only by `exchange.run_due()`.

    async with SimulatorServer(Exchange(clock=clock, webhook_url=...)) as simulator:
        client = LiraxClient(simulator.url, ...)
    """

    def __init__(self, exchange: Exchange, *, host: str = LOOPBACK, port: int = 0) -> None:
        self.exchange = exchange
        self._server = HttpServer(create_app(exchange), host=host, port=port)
        self.base_url = exchange.base_url = self._server.url  # for call history and recordings
        self.port = self._server.port
        exchange.on_outage = self._set_listening
        self.url = f"{self.base_url}/general"

    async def __aenter__(self) -> Self:
        await self._server.start()
        return self

    async def _set_listening(self, listening: bool) -> None:
        if listening:
            await self._server.listen()
        else:
            self._server.shut()

    async def __aexit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.exchange.close()
        await self._server.stop()
