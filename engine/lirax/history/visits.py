"""One visit to the history server: a login or an export, with cookies, a deadline and a bound on its size."""

import asyncio
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http.cookiejar import CookieJar, DefaultCookiePolicy

import httpx

from engine.lirax.errors import Unavailable
from engine.lirax.history.cookies import Cookies
from engine.lirax.history.receiving import receive
from engine.lirax.transport import Outward, by_sockets

CONNECT_SECONDS = 5.0
LIMITS = httpx.Limits(max_connections=100)  # a connection cancelled while it is made may never be given back
HEADERS = {b"Accept-Encoding": b"gzip", b"User-Agent": b"dzvin"}
BROKEN = (httpx.TransportError, httpx.InvalidURL, OSError, TimeoutError, UnicodeError)


@dataclass(frozen=True)
class Answer:
    status: int
    body: bytes
    framed: bool  # the server said how long it is, so it is known to be whole
    told_at: datetime | None  # by the server's clock


class HistoryServer:
    """`timeout` seconds bound a whole visit, the last byte included. Never follows where it is sent."""

    def __init__(self, *, timeout: float, outward: Outward = by_sockets) -> None:
        self._timeout = timeout
        self._outward = outward
        self._http: httpx.AsyncClient | None = None
        self.cookies = Cookies()

    async def post(self, url: str, form: Mapping[str, str]) -> Answer:
        return await self._visit(httpx.Request("POST", url, data=dict(form), headers=self._headers()))

    async def get(self, url: str, query: Mapping[str, str]) -> Answer:
        address = httpx.URL(url, params=dict(query))
        return await self._visit(httpx.Request("GET", address, headers=self._headers()))

    async def close(self) -> None:
        if self._http is not None:
            await self._http.aclose()
            self._http = None

    def _headers(self) -> dict[bytes, bytes]:
        return HEADERS | self.cookies.as_header()

    async def _visit(self, request: httpx.Request) -> Answer:
        """Raises Unavailable when no whole answer comes."""
        try:
            async with asyncio.timeout(self._timeout):
                return await self._exchange(request)
        except BROKEN as error:
            raise Unavailable(f"call history cannot be reached: {_reason(error)}", kind="network") from error

    async def _exchange(self, request: httpx.Request) -> Answer:
        answer = await self._connection(request.url).send(request, stream=True)
        try:
            body = await receive(answer)
        finally:
            await answer.aclose()
        self.cookies.take(answer.headers.get_list("Set-Cookie"))
        framed = "Content-Length" in answer.headers or "Transfer-Encoding" in answer.headers
        return Answer(answer.status_code, body, framed, _date_of(answer))

    def _connection(self, url: httpx.URL) -> httpx.AsyncClient:
        if self._http is None:
            self._http = httpx.AsyncClient(
                transport=self._outward(tls=_tls_for(url), limits=LIMITS, socket_options=()),
                cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),  # ours are kept by `cookies`
                timeout=httpx.Timeout(None, connect=CONNECT_SECONDS),  # the whole is bounded by `timeout`
                follow_redirects=False,
                trust_env=False,
            )
        return self._http


def _tls_for(url: httpx.URL) -> ssl.SSLContext:
    """Reading the certificate authorities takes a tenth of a second: not for plain http on loopback."""
    if url.scheme == "http":
        return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    return httpx.create_ssl_context(trust_env=False)


def _date_of(answer: httpx.Response) -> datetime | None:
    try:
        told_at = parsedate_to_datetime(answer.headers["Date"])
    except (KeyError, ValueError, TypeError, OverflowError):
        return None
    return told_at.replace(tzinfo=UTC) if told_at.tzinfo is None else told_at.astimezone(UTC)


def _reason(error: Exception) -> str:
    if isinstance(error, TimeoutError | httpx.TimeoutException):
        return "it took too long"
    return str(error) or type(error).__name__
