"""Runs the passes, live: each when its bell rings or its next moment comes, and never twice at once."""

import asyncio
from contextlib import suppress
from datetime import datetime
from typing import Protocol

import structlog

from engine.custody.reconciling import Quarantining
from engine.database.notices import Notices
from engine.database.postgres import PostgresDatabase
from engine.errors import DatabaseTrouble
from engine.house import House
from engine.leases import RENEWED_EVERY
from engine.passes.asking_history import AskingHistory
from engine.passes.comparing import Comparing
from engine.passes.dialing import Dialing
from engine.passes.forgetting import Forgetting
from engine.passes.housekeeping import Housekeeping
from engine.passes.intake import Intake
from engine.passes.performing import Performing
from engine.passes.placing import Placer
from engine.passes.probing import Probing
from engine.passes.reconciling import Reconciling
from engine.passes.refreshing import Refreshing
from engine.passes.roll_calling import RollCalling
from engine.passes.texting import Texting
from engine.passes.timekeeping import Timekeeping
from engine.schedule import Metronome, metronome
from engine.wakeups import hearing

log = structlog.get_logger(__name__)

REST_AFTER_FAILURE = 1.0  # seconds
SHORTEST_REST = 0.01  # seconds; so that a pass that is due at once leaves room for the others
RESTING = frozenset({"dialing", "texting", "housekeeping", "forgetting"})
"""Passes that wait while nobody knows what time it is: nobody rings, and nobody expires."""

GOODBYE_SECONDS = 3.0  # for telling the others, if the database is there
SHUTDOWN_SECONDS = 25.0  # for requests already sent; the whole must end within 30 s (contract, section 3)


class Pass(Protocol):
    async def run(self) -> datetime | None:
        """Do what can be done now; returns when there is something to do next."""
        ...


class Engine:
    """All passes over one house. `step` runs them once by hand, for time that is moved."""

    def __init__(self, house: House, *, beat: Metronome | None = None) -> None:
        self._house = house
        self.placer = Placer(house)
        self._performing = Performing(house)
        self._timekeeping = Timekeeping(house)
        self._passes: dict[str, Pass] = {
            "timekeeping": self._timekeeping,
            "intake": Intake(house),
            "reconciling": Reconciling(house),
            "asking_history": AskingHistory(house),
            "comparing": Comparing(house),
            "housekeeping": Housekeeping(house),
            "forgetting": Forgetting(house),
            "dialing": Dialing(house, placer=self.placer),
            "texting": Texting(house),
            "performing": self._performing,
            "probing": Probing(house),
            "refreshing": Refreshing(house),
            "roll_calling": RollCalling(house),
            "keeping": house.custody,
            "quarantining": Quarantining(house),
        }
        self._metronome = beat or metronome(house.bells, shared=house.database.dialect == "postgresql")
        self._moments: dict[str, datetime | None] = {}  # of passes run by hand: when each is due next
        self._beside: list[asyncio.Task[None]] = []  # keeps the lease, hears other processes
        self._running: asyncio.Future[list[None]] | None = None
        self._at_work = False

    @property
    def has_lease(self) -> bool:
        """Whether this engine may claim and send just now."""
        return self._house.lease.is_held()

    async def start(self) -> None:
        """Begin to work, as soon as the database gives us a lease."""
        self._metronome.start()
        self._at_work = True
        self._beside = [asyncio.create_task(self._keep_lease(), name="engine-lease")]
        if isinstance(self._house.database, PostgresDatabase):
            self._beside.append(hearing(self._house.bells, Notices(self._house.database.engine)))
        running = [self._keep_running(name, each) for name, each in self._passes.items()]
        self._running = asyncio.gather(*running)

    async def stop(self) -> None:
        """No new call from now; requests already sent are awaited, calls are not."""
        if self._metronome.running:
            self._metronome.shutdown(wait=False)
        ending = asyncio.create_task(self._end_what_is_under_way(), name="engine-ending")
        await asyncio.wait({ending}, timeout=SHUTDOWN_SECONDS)
        if not ending.done():
            log.warning("stopped with requests unanswered; they are unclear at the next start")
            ending.cancel()
        for task in self._beside:
            task.cancel()
        await asyncio.gather(ending, *self._beside, return_exceptions=True)
        with suppress(DatabaseTrouble, TimeoutError):  # then the others wait until the lease ends by itself
            async with asyncio.timeout(GOODBYE_SECONDS):
                await self._house.lease.end(self._house.database)
        if not ending.cancelled():
            ending.result()

    async def _end_what_is_under_way(self) -> None:
        """The passes first: until they have ended they may begin more."""
        await self._finish_running()
        await self.placer.settle()
        await self._performing.errands.settle()
        with suppress(DatabaseTrouble):
            await self._house.custody.rest()

    async def step(self) -> datetime | None:
        """Run the passes whose bell rings or whose moment has come, until none has anything to do now.

        Returns when the next of them has something to do; None when nothing is foreseen.
        """
        bells = self._house.bells.of_passes()
        await self._house.lease.keep(self._house.database)
        while True:
            await self._timekeeping.take_in()
            now = self._house.clock.now()
            ready = [name for name in self._passes if bells[name].is_set() or self._is_due(name, now)]
            if not ready:
                return min((moment for moment in self._moments.values() if moment is not None), default=None)
            for name in ready:
                bells[name].clear()
                self._moments[name] = None if self._rests(name) else await self._passes[name].run()
            await self.placer.settle()
            await self._performing.errands.settle()

    def _rests(self, name: str) -> bool:
        """Whether the pass waits until the clock is trusted again, when all bells ring."""
        return name in RESTING and self._house.watch.rest_left() is not None

    def _is_due(self, name: str, now: datetime) -> bool:
        if name not in self._moments:
            return True
        moment = self._moments[name]
        return moment is not None and moment <= now

    async def _keep_lease(self) -> None:
        """Renew it again and again; passes that waited for it go on."""
        while True:
            was_held = self._house.lease.is_held()
            rest = RENEWED_EVERY.total_seconds()
            try:
                await self._house.lease.keep(self._house.database)
            except DatabaseTrouble as error:
                log.warning("the lease could not be renewed; trying again", reason=str(error))
                rest = REST_AFTER_FAILURE
            except Exception:  # the edge: without a lease nothing is claimed
                log.exception("the lease could not be renewed; trying again")
                rest = REST_AFTER_FAILURE
            self._house.watch.look()
            if not was_held or self._house.watch.untaken() is not None:
                self._ring_all()
            await asyncio.sleep(rest)

    async def _finish_running(self) -> None:
        """Let every pass end what it is at. None is cut short: what it has claimed, it must hand over."""
        self._at_work = False
        self._ring_all()
        if self._running is not None:
            await asyncio.shield(self._running)  # who waits here may be cancelled, the passes may not
            self._running = None

    def _ring_all(self) -> None:
        for bell in self._house.bells.of_passes().values():
            bell.set()

    async def _keep_running(self, name: str, each: Pass) -> None:
        """Without a lease it waits, until the lease is there again and all bells ring."""
        bell = self._house.bells.of_passes()[name]
        while self._at_work:
            bell.clear()
            may_run = self._house.lease.is_held() and not self._rests(name)
            next_at = await self._run_once(name, each) if may_run else None
            await self._wait(bell, next_at)

    async def _run_once(self, name: str, each: Pass) -> datetime | None:
        """One failing run stops no pass: it is told, and tried again after a rest."""
        try:
            await self._timekeeping.take_in()
            return await each.run()
        except DatabaseTrouble as error:
            log.warning("the database cannot be used; trying again", activity=name, reason=str(error))
        except Exception:  # the edge of the pass
            log.exception("a pass failed; trying again", activity=name)
        await asyncio.sleep(REST_AFTER_FAILURE)
        return self._house.clock.now()

    async def _wait(self, bell: asyncio.Event, next_at: datetime | None) -> None:
        seconds = None if next_at is None else (next_at - self._house.clock.now()).total_seconds()
        with suppress(TimeoutError):
            await asyncio.wait_for(bell.wait(), None if seconds is None else max(seconds, SHORTEST_REST))
