"""The simulated LiraX as one thing: its parts put together, and the door through which its time passes."""

import asyncio
import inspect
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime

import httpx

from engine.clock import Clock
from engine.lirax.simulator.agenda import Action
from engine.lirax.simulator.agents import Agents
from engine.lirax.simulator.core import Core
from engine.lirax.simulator.directory import Directory
from engine.lirax.simulator.history import History, Sessions
from engine.lirax.simulator.hooks import Webhooks
from engine.lirax.simulator.incoming import IncomingCalls
from engine.lirax.simulator.ivr import Ivrs
from engine.lirax.simulator.lines import Lines
from engine.lirax.simulator.live_calls import LiveCall
from engine.lirax.simulator.modems import Modems
from engine.lirax.simulator.one_call import OneCalls
from engine.lirax.simulator.options import Options
from engine.lirax.simulator.people import People
from engine.lirax.simulator.truth import Truth
from engine.lirax.simulator.two_calls import TwoCalls
from engine.lirax.simulator.waiting_faults import Faults

SAMPLE_TOKEN = "202cb962ac59075b964b07152d234b70"  # noqa: S105 - the key printed in the document
SAMPLE_WEBHOOK_TOKEN = "303cb962ac59075b964b07152d234b70"  # noqa: S105
SAMPLE_SMS = 1910123


class Exchange:
    """A PBX of our own.

    Requests have their effect at `clock.now()`. All else (answers, ends, webhooks) stands on an agenda that
    moves only when `run_due` is called, so a test in virtual time steps like this:

        clock.move_to(exchange.next_at())
        await exchange.run_due()
    """

    def __init__(
        self,
        *,
        clock: Clock,
        webhook_url: str | None = None,
        token: str = SAMPLE_TOKEN,
        webhook_token: str = SAMPLE_WEBHOOK_TOKEN,
        seed: int = 1,
        speed: float = 1.0,
        lines: int | None = None,
        options: Options | None = None,
        client: httpx.AsyncClient | None = None,
        salt: str = "",
    ) -> None:
        self._core = Core(clock=clock, seed=seed, speed=speed, options=options or Options(), salt=salt)
        self.token = token
        self.webhooks = Webhooks(self._core, url=webhook_url, token=webhook_token, client=client)
        self.lines = Lines(self._core)
        self.directory = Directory()
        self.agents = Agents(self._core, self.webhooks, self.directory)
        self.two_calls = TwoCalls(self._core, self.webhooks, self.lines, self.agents)
        self.one_calls = OneCalls(self._core, self.webhooks, self.lines)
        self.modems = Modems(self._core, self.webhooks)
        self.incoming = IncomingCalls(self._core, self.webhooks, self.lines, self.directory)
        self.revoked = False  # the key of commands, until it is given back
        self.sessions = Sessions(self._core)
        self.history = History(self._core)
        self.modems.keep_sample(SAMPLE_SMS, now=clock.now())
        self.on_outage: Callable[[bool], Awaitable[None]] | None = None  # opens or closes the door
        self.closing = asyncio.Event()  # set when the server stops: nobody waits any longer
        self._running = asyncio.Lock()
        if lines is not None:
            self.set_options({"lines": lines})

    @property
    def clock(self) -> Clock:
        return self._core.clock

    @property
    def speed(self) -> float:
        return self._core.speed

    @property
    def options(self) -> Options:
        return self._core.options

    @property
    def people(self) -> People:
        return self._core.people

    @property
    def faults(self) -> Faults:
        return self._core.faults

    @property
    def truth(self) -> Truth:
        return self._core.truth

    @property
    def ivrs(self) -> Ivrs:
        return self._core.ivrs

    @property
    def live(self) -> Mapping[str, LiveCall]:
        """The calls that are up, by callid."""
        return self._core.live

    @property
    def base_url(self) -> str:
        """Under which recordings are told of; the server that serves us sets it."""
        return self._core.base_url

    @base_url.setter
    def base_url(self, url: str) -> None:
        self._core.base_url = url

    @property
    def changed(self) -> asyncio.Event:
        """Set whenever something is written into the agenda; whoever waits for it clears it."""
        return self._core.changed

    def set_options(self, values: Mapping[str, object]) -> None:
        """Raises WrongOption and changes nothing when a name or value is wrong."""
        self._core.options = self._core.options.having(values)
        self.lines.refill(now=self.clock.now())

    def next_at(self) -> datetime | None:
        """When `run_due` next has something to do; None when nothing is left."""
        return self._core.agenda.next_at()

    async def run_due(self, now: datetime | None = None) -> int:
        """Does all that is due by `now` (else by the clock), in order; says how much it was.

        Each thing happens at its own moment, also when time jumped over several. Webhooks are delivered and
        answered before this returns, unless they travel on lanes of their own (live).
        """
        done = 0
        async with self._running:
            while (entry := self._core.agenda.take_due(now or self.clock.now())) is not None:
                outcome = entry.action(entry.at)
                if inspect.isawaitable(outcome):
                    await outcome
                done += 1
        return done

    async def after(self, seconds: float) -> None:
        """Returns when so many simulated seconds have passed on the agenda, or when the simulator stops."""
        passed = asyncio.Event()
        entry = self._core.after(seconds, lambda _: passed.set(), now=self.clock.now(), lasts=True)
        await self.first_of(passed)
        entry.cancel()

    async def first_of(self, event: asyncio.Event) -> None:
        """Returns when the event is set, or when the simulator stops."""
        waits = [asyncio.ensure_future(event.wait()), asyncio.ensure_future(self.closing.wait())]
        await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        for wait in waits:
            wait.cancel()
        await asyncio.gather(*waits, return_exceptions=True)

    def later(self, seconds: float, action: Action) -> None:
        self._core.after(seconds, action, now=self.clock.now())

    @contextmanager
    def last_id_again(self) -> Iterator[None]:
        """While it lasts calls are given the id of the one before (a fault)."""
        self._core.gives_last_id_again = True
        try:
            yield
        finally:
            self._core.gives_last_id_again = False

    def set_presence(self, ext: str, status: int) -> None:
        """An employee logs in or out, goes to lunch, comes back; LiraX tells by `staton` when it is news."""
        self.agents.set_status(ext, status, now=self.clock.now())

    def outage(self, seconds: float) -> None:
        """For so many simulated seconds nothing listens; raises ValueError where no server serves us."""
        if self.on_outage is None:
            raise ValueError("there is no server to stop: the simulator runs in process")
        self.later(0, lambda _: self._listen(False))
        self._core.after(seconds, lambda _: self._listen(True), now=self.clock.now(), lasts=True)

    async def _listen(self, listening: bool) -> None:
        if self.on_outage is not None:
            await self.on_outage(listening)

    def restart(self) -> None:
        """The exchange goes down and comes up again: calls are cut, tasks and webhooks under way are lost.

        What was written down stays: contacts, deals, blacklists, history (with the calls that were cut).
        """
        now = self.clock.now()
        self._core.agenda.forget()
        for call in list(self._core.live.values()):
            call.drop(now)
        self.lines.forget()
        self.sessions.forget()
        self.agents.rest_is_over(now=now)

    async def close(self) -> None:
        self.closing.set()
        await self.webhooks.close()
