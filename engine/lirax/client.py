"""Sends commands to LiraX, one POST each, and tells "never sent" from "maybe sent".

Everything hangs on one moment: until httpcore says that it starts to write the request, nothing can have
reached LiraX, and a failure is Unavailable; from then on whatever is not an answer is Unclear. Nothing is
ever repeated here. Decision 0002 says why each line has a connection of its own.
"""

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import Any, Protocol, TypeVar, cast
from urllib.parse import quote, quote_plus

import httpx

from engine.lirax import wire
from engine.lirax.answers import Answer
from engine.lirax.commands import Command, check_params, command_named, command_of
from engine.lirax.errors import LiraxError, Unavailable
from engine.lirax.requests import MakeTwoCalls, Request
from engine.lirax.transport import Outward, by_sockets
from engine.lirax.waiting import asked_to_wait

A = TypeVar("A", bound=Answer)

CONNECT_SECONDS = 5.0
KEEPALIVE_SECONDS = 2.0  # longer, and LiraX's side may close just as we write: needless doubt
UNACKNOWLEDGED_MS = 10_000  # bounds how late the kernel of a killed program may still deliver bytes
ERRANDS_AT_ONCE = 4  # tasks, notes, deals and their like, of one account
SPARE_CONNECTIONS = 3 + ERRANDS_AT_ONCE  # beside the lines: SMS, probes, the command line, and errands
HEADERS = {
    "Content-Type": "application/x-www-form-urlencoded",
    "Accept": "application/json",
    "Accept-Encoding": "identity",  # so nothing can unpack into more than came over the wire
    "User-Agent": "dzvin",
}
CONNECTED = "connection.connect_tcp.complete"
FIRST_BYTE = "http11.send_request_headers.started"
NEVER_SENT = (httpx.TransportError, httpx.InvalidURL, OSError, TimeoutError, UnicodeError)

BeforeSend = Callable[[], Awaitable[None]]
"""The last look before a request leaves: run once its connection stands, right before the first byte.

What is awaited last in it is followed by the write to the socket in the same tick."""


async def _always() -> None:
    """Nothing stands against sending."""


@dataclass
class _Sending:
    """How far one POST has come."""

    before_send: BeforeSend
    most_bytes: int  # of the answer; no more is read than is needed to see that it is too long
    stands: bool = False  # there is a connection; now `before_send` has its turn
    begun: bool = False  # bytes may have left
    status: int | None = None
    asked_to_wait: timedelta | None = None
    body: bytearray = field(default_factory=bytearray)
    stream: Any = None  # the connection, if it was opened for this POST

    async def trace(self, event: str, about: Mapping[str, Any]) -> None:
        if event == FIRST_BYTE:
            self.stands = True
            await self.before_send()
            self.begun = True
        elif event == CONNECTED:
            self.stream = about["return_value"]

    async def run(self, connection: httpx.AsyncClient, *, url: str, form: bytes) -> None:
        try:
            await self._exchange(connection, url=url, form=form)
        except BaseException:
            if self.stream is not None:  # httpcore forgets to close what is cancelled in its TLS handshake
                await self.stream.aclose()
            raise

    async def _exchange(self, connection: httpx.AsyncClient, *, url: str, form: bytes) -> None:
        extensions = {"trace": self.trace}
        async with connection.stream("POST", url, content=form, extensions=extensions) as response:
            self.status = response.status_code
            self.asked_to_wait = asked_to_wait(response.status_code, response.headers)
            async for chunk in response.aiter_raw():
                self.body += chunk
                if len(self.body) > self.most_bytes:
                    break


class Sender(Protocol):
    """Whatever sends requests of any kind: a client, or a client behind a fence."""

    async def send(self, request: Request[A]) -> A:
        """The typed answer to any request."""
        ...


class LiraxClient:
    """One account's door to LiraX. `timeout` bounds a whole command, from asking for a connection on.

    Every method raises `engine.lirax.errors.LiraxError`, whose class says what may be done next. When a
    call or an SMS is cancelled (CancelledError), it is unclear: for `make_two_calls` only if `before_send`
    had been run and had returned; before that, nothing has left.
    """

    def __init__(
        self,
        url: str,
        *,
        token: str,
        timeout: timedelta,
        lines: int,
        tls: ssl.SSLContext | None = None,
        outward: Outward = by_sockets,
    ) -> None:
        self._url = url
        self._token = token
        self._spellings = {
            spelling.encode() for spelling in (token, quote(token), quote_plus(token)) if token
        }
        self._timeout = timeout.total_seconds()
        self._tls = tls or _tls_for(url)
        self._outward = outward
        self._closed = False
        self._free: asyncio.LifoQueue[httpx.AsyncClient] = asyncio.LifoQueue()  # the warmest goes first
        for _ in range(lines + SPARE_CONNECTIONS):
            self._free.put_nowait(self._connection())

    async def send(self, request: Request[A], *, before_send: BeforeSend = _always) -> A:
        """The typed answer to any request. `before_send` runs right before the first byte may leave.

        It may raise Unavailable(kind="aborted"); then nothing has left. Whatever it raises comes out here.
        """
        reply = await self._send(command_of(type(request)), request.form(), before_send=before_send)
        return cast(A, reply.answer)

    async def make_two_calls(self, call: MakeTwoCalls, *, before_send: BeforeSend) -> str:
        """`id_make2calls`; `before_send` as in `send`."""
        return (await self.send(call, before_send=before_send)).id_make2calls

    async def command(self, name: str, params: Mapping[str, str]) -> dict[str, Any]:
        """Any command, values as they are, the answer as it is; {} for an empty one.

        Raises UnknownWord, a ValueError, before anything is sent, for a name that LiraX does not have.
        """
        command = command_named(name)
        check_params(command, params)
        return (await self._send(command, params)).values

    async def close(self) -> None:
        """Closes what is idle now, and each request's connection once it is answered."""
        self._closed = True
        while not self._free.empty():
            await self._free.get_nowait().aclose()

    async def _send(
        self, command: Command, params: Mapping[str, str], *, before_send: BeforeSend = _always
    ) -> wire.Reply:
        sending = _Sending(before_send, command.most_bytes)
        form = wire.form_of(command, params, token=self._token)
        try:
            async with asyncio.timeout(self._timeout), self._lent() as connection:
                await sending.run(connection, url=self._url, form=form)
        except NEVER_SENT as error:
            self._explain(command, sending, error)
        except Exception as error:
            # Of `before_send`, or of no class we know: once bytes have left, not to know is Unclear too.
            if not sending.begun:
                raise
            self._explain(command, sending, error)
        assert sending.status is not None
        try:
            return wire.read_reply(command, sending.status, body=self._without_token(sending.body))
        except LiraxError as error:
            error.asked_to_wait = sending.asked_to_wait
            raise

    def _explain(self, command: Command, sending: _Sending, error: Exception) -> None:
        """Raises what a broken exchange means; returns if the verdict had come before it broke."""
        if sending.stands and not sending.begun:
            raise Unavailable("not sent: it was held back too long", kind="aborted") from error
        if not sending.begun:
            raise Unavailable(f"LiraX cannot be reached: {_reason(error)}", kind="network") from error
        if sending.status is not None and sending.status != 200:
            return  # the status says it all
        message = f"{command.name} was sent, but no whole answer came from LiraX: {_reason(error)}"
        said = self._without_token(sending.body)[: wire.LONGEST_KEPT].decode("utf-8", "replace")
        raise wire.unclear(command, message, kind="network", status=sending.status, body=said) from error

    def _without_token(self, body: bytearray) -> bytes:
        """An answer that echoes the request must not carry the key into the database or a log."""
        said = bytes(body)
        for spelling in self._spellings:
            said = said.replace(spelling, b"[token]")
        return said

    @asynccontextmanager
    async def _lent(self) -> AsyncIterator[httpx.AsyncClient]:
        # Who still has a closed client in hand gets a connection for the one request.
        connection = self._connection() if self._closed else await self._free.get()
        try:
            yield connection
        except BaseException:
            # httpcore may keep a half-made connection after a cancellation, and this one has only one
            # to give: a fresh client takes its place.
            if not self._closed:
                self._free.put_nowait(self._connection())
            await connection.aclose()
            raise
        if self._closed:
            await connection.aclose()
        else:
            self._free.put_nowait(connection)

    def _connection(self) -> httpx.AsyncClient:
        transport = self._outward(
            tls=self._tls,
            limits=httpx.Limits(max_connections=1, keepalive_expiry=KEEPALIVE_SECONDS),
            socket_options=_socket_options(),
        )
        return httpx.AsyncClient(
            transport=transport,
            headers=HEADERS,
            cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
            timeout=httpx.Timeout(None, connect=CONNECT_SECONDS),  # the whole is bounded by `timeout`
            follow_redirects=False,
            trust_env=False,
        )


def _tls_for(url: str) -> ssl.SSLContext:
    """Reading the certificate authorities takes a tenth of a second: not for plain http on loopback."""
    if url.lower().startswith("http:"):
        return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    return httpx.create_ssl_context(trust_env=False)


def _socket_options() -> list[tuple[int, int, int]]:
    option = getattr(socket, "TCP_USER_TIMEOUT", None)  # Linux only
    return [] if option is None else [(socket.IPPROTO_TCP, option, UNACKNOWLEDGED_MS)]


def _reason(error: Exception) -> str:
    """What happened, for a person: some of httpx's errors and every timeout come without words."""
    if isinstance(error, TimeoutError | httpx.TimeoutException):
        return "it took too long."
    return f"{str(error) or type(error).__name__}."
