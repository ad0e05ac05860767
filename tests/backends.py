"""Ways to LiraX of a test's own, under the transport that the house uses."""

import asyncio
import ssl
from collections.abc import Iterable

import httpcore
import httpx

from engine.lirax.transport import SocketOption, by_sockets


class Backend(httpcore.AsyncNetworkBackend):
    """`connect_tcp` is for whoever inherits; the `outward` of a house is `transport`."""

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)

    def transport(
        self, *, tls: ssl.SSLContext, limits: httpx.Limits, socket_options: Iterable[SocketOption]
    ) -> httpx.AsyncBaseTransport:
        """The stock transport, by this way."""
        stock = by_sockets(tls=tls, limits=limits, socket_options=socket_options)
        stock._pool._network_backend = self
        return stock
