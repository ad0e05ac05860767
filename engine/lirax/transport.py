"""The way out to the network. Whoever needs another one, as the simulation of the tests does, hands it in."""

import ssl
from collections.abc import Iterable
from typing import Protocol

import httpx

SocketOption = tuple[int, int, int]


class Outward(Protocol):
    def __call__(
        self, *, tls: ssl.SSLContext, limits: httpx.Limits, socket_options: Iterable[SocketOption]
    ) -> httpx.AsyncBaseTransport:
        """A transport for one HTTP client."""
        ...


def by_sockets(
    *, tls: ssl.SSLContext, limits: httpx.Limits, socket_options: Iterable[SocketOption] = ()
) -> httpx.AsyncHTTPTransport:
    """Stock httpx: no retries, no proxy from the environment (decision 0002)."""
    return httpx.AsyncHTTPTransport(
        verify=tls, trust_env=False, retries=0, limits=limits, socket_options=list(socket_options)
    )
