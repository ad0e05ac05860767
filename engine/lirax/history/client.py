"""Asks LiraX's call history: logs in as a LiraX user, keeps the cookies, fetches exports. Reference, 5.

Reading history changes nothing, so every failure is Unavailable (ask again later) or Refused (somebody must
change the login or the address). What is not an export never passes for "there were no calls".
"""

import asyncio
from collections.abc import AsyncIterator, Hashable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from engine.clock import Clock
from engine.lirax.errors import Unavailable
from engine.lirax.history.asking import Filters, Slice, slices_of
from engine.lirax.history.values import Direction, Export, HistoryCall
from engine.lirax.history.verdicts import SessionGone, export_of, login_error
from engine.lirax.history.visits import HistoryServer
from engine.lirax.requests import HistoryAuth
from engine.lirax.transport import Outward, by_sockets
from engine.setting_values import is_loopback

LOGIN = "/api/private/api/auth.php"
EXPORT = "/services/call_show.php"
SESSION = timedelta(minutes=12)  # it lives 15; we log in again before it can end under a request
CLOCKS_APART = timedelta(minutes=5)  # at most; what lies further ahead has not happened yet


class HistoryClient:
    """One account's call history. `timezone` is the account's, on whose wall clock history is written.

    `timeout` bounds each request with its answer. One request at a time; close it when done. Raises
    LiraxError: Unavailable (network, server, protocol), Refused (invalid_login, invalid_parameters,
    not_supported). Raises ValueError for an address that a password may not be sent to.
    """

    def __init__(
        self,
        url: str,
        *,
        login: str,
        password: str,
        timezone: str,
        timeout: timedelta,
        clock: Clock,
        outward: Outward = by_sockets,
    ) -> None:
        self._url = _checked(url)
        self._login = login
        self._password = password
        self._zone = ZoneInfo(timezone)
        self._clock = clock
        self._server = HistoryServer(timeout=timeout.total_seconds(), outward=outward)
        self._turn = asyncio.Lock()
        self._entered: float | None = None  # when we last logged in, by the clock that never jumps
        self._ends_lines = False  # this server ends its last line: one that does not is cut off

    async def calls(
        self,
        *,
        since: datetime,
        until: datetime,
        phone: str | None = None,
        direction: Direction | None = None,
        connected: bool | None = None,
    ) -> AsyncIterator[HistoryCall]:
        """Calls begun from `since` to `until`, by their start, each once; a day is one request.

        What is given was there. Only an iteration that ends without an error has given everything: an export
        with an unreadable row gives the others first. To prove that a number was not called, do not filter
        by phone: LiraX may write numbers in another way than it is asked for them.
        """
        filters = Filters(phone, direction, connected)
        before: set[Hashable] = set()
        for part in slices_of(since, until):
            export = await self._fetch(part, filters)
            found = {_key(call): call for call in export.calls}
            for key, call in found.items():
                if key not in before:
                    yield call
            before = set(found)
            if export.trouble is not None:
                raise Unavailable(f"an export of call history is no good: {export.trouble}", kind="protocol")

    async def export(self, *, since: datetime, until: datetime) -> Export:
        """All of one export of at most a day, with its form and its trouble: for who examines an account."""
        return await self._fetch(Slice(since.replace(microsecond=0), until), Filters())

    async def ask(self, query: Mapping[str, str]) -> Export:
        """All of one export asked for in LiraX's own words, values as they are."""
        async with self._turn:
            return await self._look(dict(query))

    async def log_in(self) -> None:
        """Proves that the address takes the login. Raises LiraxError; some servers tell only at an export."""
        async with self._turn:
            await self._enter()

    async def close(self) -> None:
        await self._server.close()

    async def _fetch(self, part: Slice, filters: Filters) -> Export:
        async with self._turn:
            export = await self._look(part.request(self._zone, filters).form())
        latest = self._clock.now() + CLOCKS_APART
        calls = [_settled(call, latest) for call in export.calls]
        wanted = [
            call
            for call in calls
            if call.may_have_started(part.since, part.until) and filters.lets_through(call)
        ]
        return replace(export, calls=tuple(sorted(wanted, key=lambda call: call.started_at)))

    async def _look(self, query: dict[str, str]) -> Export:
        """Logs in where it has to, and once more when the session turns out to be over."""
        if not self._is_inside:
            await self._enter()
            return await self._look_inside(query)
        try:
            return await self._ask(query)
        except SessionGone:
            await self._enter()
            return await self._look_inside(query)

    async def _look_inside(self, query: dict[str, str]) -> Export:
        """Right after a login: there is no session to be over."""
        try:
            return await self._ask(query)
        except SessionGone as gone:
            raise gone.verdict from None

    async def _ask(self, query: dict[str, str]) -> Export:
        answer = await self._server.get(self._url + EXPORT, query)
        try:
            export = await export_of(answer, self._zone, must_end=self._ends_lines or not answer.framed)
        except BaseException:
            self._entered = None  # whatever it was, the next one begins with a login
            raise
        self._ends_lines = self._ends_lines or (export.form.ends_lines and export.form.kind == "csv")
        return export

    @property
    def _is_inside(self) -> bool:
        return self._entered is not None and self._clock.elapsed() - self._entered < SESSION.total_seconds()

    async def _enter(self) -> None:
        self._entered = None
        self._server.cookies.forget()
        asked = self._clock.elapsed()
        request = HistoryAuth(user_login=self._login, user_hash=self._password)
        answer = await self._server.post(self._url + LOGIN, request.form())
        error = login_error(answer, has_cookie=bool(self._server.cookies))
        if error is not None:
            raise error
        self._entered = asked


def _checked(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme != "https" and not (parts.scheme == "http" and is_loopback(parts.hostname or "")):
        raise ValueError("the address of call history must be https: a password goes there")
    return url.rstrip("/")


def _settled(call: HistoryCall, latest: datetime) -> HistoryCall:
    """Of two moments of one wall-clock time, the later falls away while it lies ahead."""
    again = call.or_started_at
    return call if again is None or again <= latest else replace(call, or_started_at=None)


def _key(call: HistoryCall) -> Hashable:
    """The same for the same row in two exports; legs of one call keep apart."""
    numbers = (call.started_at, call.direction, call.ani, call.dnis)
    return (call.call_id, *numbers) if call.call_id else (*numbers, call.duration, call.recording)
