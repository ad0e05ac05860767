"""Live pages: one channel a page renders its parts once for all who look, and sends only those that changed.

A channel reads the database when the change bell rings, at most twice a second, and every few seconds anyway:
another process may have done the work. Streams end at shutdown and with the session they were opened in.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Hashable, Mapping
from dataclasses import dataclass, field

import structlog
from fastapi.sse import KEEPALIVE_COMMENT, format_sse_event

from campaigns.store.sessions import living_sessions
from engine.commands.people import session_limits
from engine.errors import CannotDo
from engine.house import House

log = structlog.get_logger(__name__)

Render = Callable[[], Awaitable[Mapping[str, str]]]
"""Makes the parts of a page, by the id of their element."""

WAITING_EVENTS = 16  # a browser slower than that is sent the whole page anew
ENDED = format_sse_event(event="ended", data_str="signed out")


@dataclass(frozen=True)
class Rhythm:
    """Seconds. `sessions`: how soon a stream notices that its session has ended elsewhere."""

    at_most_every: float = 0.5
    at_least_every: float = 3.0
    sessions: float = 5.0
    keepalive: float = 15.0


@dataclass(eq=False)
class Watcher:
    """One open browser tab."""

    session: str
    waiting: asyncio.Queue[bytes | None] = field(default_factory=lambda: asyncio.Queue(WAITING_EVENTS))

    def send(self, event: bytes, *, whole: Callable[[], bytes]) -> None:
        if self.waiting.full():
            self._drop()
            event = whole()
        self.waiting.put_nowait(event)

    def end(self, *words: bytes) -> None:
        self._drop()
        for word in words:
            self.waiting.put_nowait(word)
        self.waiting.put_nowait(None)

    def _drop(self) -> None:
        while not self.waiting.empty():
            self.waiting.get_nowait()


class Channel:
    """One page, rendered once for all its watchers."""

    def __init__(self, render: Render, bell: asyncio.Event) -> None:
        self.watchers: set[Watcher] = set()
        self.bell = bell
        self._render = render
        self._new: set[Watcher] = set()
        self._parts: dict[str, str] = {}
        self._sequence = 0

    def welcome(self, watcher: Watcher) -> None:
        """A newcomer gets the whole page at the next refresh: what is kept may be older than it shows."""
        self.watchers.add(watcher)
        self._new.add(watcher)
        self.bell.set()

    def leave(self, watcher: Watcher) -> None:
        self.watchers.discard(watcher)
        self._new.discard(watcher)

    async def refresh(self) -> None:
        """Sends what changed since the last time; while the database is in trouble, nothing."""
        try:
            parts = await self._render()
        except CannotDo as error:
            log.warning("live_page_not_rendered", reason=str(error))
            return
        changed = [text for name, text in parts.items() if self._parts.get(name) != text]
        self._parts = dict(parts)
        if changed:
            self._sequence += 1
        if self._new:
            self._send(self._new, self._whole())
        if changed:
            self._send(self.watchers - self._new, self._event(changed))
        self._new.clear()

    def _send(self, watchers: set[Watcher], event: bytes) -> None:
        for watcher in watchers:
            watcher.send(event, whole=self._whole)

    def _whole(self) -> bytes:
        return self._event(list(self._parts.values()))

    def _event(self, parts: list[str]) -> bytes:
        return format_sse_event(event="patch", data_str="\n".join(parts), id=str(self._sequence))


class LiveHub:
    def __init__(self, house: House, *, rhythm: Rhythm | None = None) -> None:
        self._house = house
        self._rhythm = rhythm or Rhythm()
        self._channels: dict[Hashable, Channel] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._guarding = False

    async def stream(self, key: Hashable, *, session: str, render: Render) -> AsyncIterator[bytes]:
        """The events of one browser, until it leaves, its session ends, or the server stops."""
        watcher = Watcher(session)
        channel = self._join(key, watcher, render)
        try:
            while not self._house.stopping.is_set():
                event = await self._next(watcher)
                if event is None:
                    return
                yield event
        finally:
            channel.leave(watcher)

    def end_session(self, session: str) -> None:
        """At once, in this process; others notice within seconds."""
        for watcher in self._watchers():
            if watcher.session == session:
                watcher.end(ENDED)

    def _join(self, key: Hashable, watcher: Watcher, render: Render) -> Channel:
        channel = self._channels.get(key)
        if channel is None:
            channel = self._channels[key] = Channel(render, self._house.bells.changes.subscribe())
            self._begin(self._keep_fresh(key, channel))
        channel.welcome(watcher)
        if not self._guarding:
            self._guarding = True
            self._begin(self._guard())
        return channel

    def _begin(self, work: Awaitable[None]) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _keep_fresh(self, key: Hashable, channel: Channel) -> None:
        try:
            while channel.watchers and not self._house.stopping.is_set():
                channel.bell.clear()
                await channel.refresh()
                await _within(self._rhythm.at_most_every, self._house.stopping)
                await _within(self._rhythm.at_least_every, channel.bell)
        except Exception:
            log.exception("live_page_failed", page=str(key))
        finally:
            self._house.bells.changes.unsubscribe(channel.bell)
            self._channels.pop(key, None)
            for watcher in channel.watchers:
                watcher.end()

    async def _guard(self) -> None:
        """Ends streams whose session has ended, by one statement for all; and all when the server stops."""
        try:
            while self._channels and not self._house.stopping.is_set():
                await _within(self._rhythm.sessions, self._house.stopping)
                await self._end_dead_sessions()
        finally:
            self._guarding = False
            if self._house.stopping.is_set():
                for watcher in self._watchers():
                    watcher.end()

    async def _end_dead_sessions(self) -> None:
        watchers = self._watchers()
        hashes = sorted({watcher.session for watcher in watchers})
        limits = session_limits(self._house.clock.now())
        try:
            alive = await self._house.database.read(
                lambda connection: living_sessions(connection, hashes, limits=limits)
            )
        except CannotDo as error:
            log.warning("sessions_not_read", reason=str(error))
            return
        for watcher in watchers:
            if watcher.session not in alive:
                watcher.end(ENDED)

    def _watchers(self) -> list[Watcher]:
        return [watcher for channel in self._channels.values() for watcher in channel.watchers]

    async def _next(self, watcher: Watcher) -> bytes | None:
        try:
            async with asyncio.timeout(self._rhythm.keepalive):
                return await watcher.waiting.get()
        except TimeoutError:
            return KEEPALIVE_COMMENT


async def _within(seconds: float, event: asyncio.Event) -> None:
    """Waits for the event, at most so long."""
    try:
        async with asyncio.timeout(seconds):
            await event.wait()
    except TimeoutError:
        return
