"""Runs the passes, live: each when its bell rings or its next moment comes, and never twice at once."""

import asyncio
from contextlib import suppress
from datetime import datetime
from typing import Protocol

import structlog

from engine.errors import DatabaseTrouble
from engine.house import House
from engine.passes.dialing import Dialing
from engine.passes.holds import Probing
from engine.passes.housekeeping import Housekeeping
from engine.passes.intake import Intake
from engine.passes.performing import Performing
from engine.passes.placing import Placer
from engine.passes.reconciling import Reconciling
from engine.passes.refreshing import Refreshing
from engine.passes.roll_calling import RollCalling
from engine.passes.texting import Texting
from engine.schedule import metronome

log = structlog.get_logger(__name__)

REST_AFTER_FAILURE = 1.0  # seconds
SHORTEST_REST = 0.01  # seconds; so that a pass that is due at once leaves room for the others
SHUTDOWN_SECONDS = 25.0  # for requests already sent; the whole must end within 30 s (contract, section 3)


class Pass(Protocol):
    async def run(self) -> datetime | None:
        """Do what can be done now; returns when there is something to do next."""
        ...


class Engine:
    """All passes over one house. `step` runs them once by hand, for time that is moved."""

    def __init__(self, house: House) -> None:
        self._house = house
        self.placer = Placer(house)
        self._performing = Performing(house)
        self._passes: dict[str, Pass] = {
            "intake": Intake(house),
            "reconciling": Reconciling(house),
            "housekeeping": Housekeeping(house),
            "dialing": Dialing(house, placer=self.placer),
            "texting": Texting(house),
            "performing": self._performing,
            "probing": Probing(house),
            "refreshing": Refreshing(house),
            "roll_calling": RollCalling(house),
        }
        self._task: asyncio.Task[None] | None = None
        self._metronome = metronome(house.bells, shared=house.database.dialect == "postgresql")
        self._moments: dict[str, datetime | None] = {}  # of passes run by hand: when each is due next
        self._running: asyncio.Future[list[None]] | None = None
        self._on_stage = False
        self.standing_by: str | None = None  # why this engine only waits, for `readyz`

    async def start(self) -> None:
        """Begin to work, or to stand by while another engine works on the database."""
        self._metronome.start()
        self._task = asyncio.create_task(self._take_the_stage(), name="engine")

    async def stop(self) -> None:
        """No new call from now; requests already sent are awaited, calls are not."""
        if self._metronome.running:
            self._metronome.shutdown(wait=False)
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        ending = asyncio.create_task(self._end_what_is_under_way(), name="engine-ending")
        await asyncio.wait({ending}, timeout=SHUTDOWN_SECONDS)
        if ending.done():
            ending.result()
            return
        log.warning("stopped with requests unanswered; they are unclear at the next start")
        ending.cancel()
        await asyncio.gather(ending, return_exceptions=True)

    async def _end_what_is_under_way(self) -> None:
        """The passes first: until they have ended they may begin more."""
        await self._finish_running()
        await self.placer.settle()
        await self._performing.errands.settle()

    async def step(self) -> datetime | None:
        """Run the passes whose bell rings or whose moment has come, until none has anything to do now.

        Returns when the next of them has something to do; None when nothing is foreseen.
        """
        bells = self._house.bells.of_passes()
        while True:
            now = self._house.clock.now()
            ready = [name for name in self._passes if bells[name].is_set() or self._is_due(name, now)]
            if not ready:
                return min((moment for moment in self._moments.values() if moment is not None), default=None)
            for name in ready:
                bells[name].clear()
                self._moments[name] = await self._passes[name].run()
            await self.placer.settle()
            await self._performing.errands.settle()

    def _is_due(self, name: str, now: datetime) -> bool:
        if name not in self._moments:
            return True
        moment = self._moments[name]
        return moment is not None and moment <= now

    async def _take_the_stage(self) -> None:
        """Work for as long as we are the one engine of the database; stand by while another is."""
        while True:
            await self._house.stage.enter(self._say_standing_by)
            self.standing_by = None
            self._on_stage = True
            running = [self._keep_running(name, each) for name, each in self._passes.items()]
            self._running = asyncio.gather(*running)
            await self._house.stage.lost()
            log.warning("the database is lost or another engine may have it; nothing is dialled")
            await self._finish_running()

    async def _finish_running(self) -> None:
        """Let every pass end what it is at. None is cut short: what it has claimed, it must hand over."""
        self._on_stage = False
        for bell in self._house.bells.of_passes().values():
            bell.set()
        if self._running is not None:
            await asyncio.shield(self._running)  # who waits here may be cancelled, the passes may not
            self._running = None

    def _say_standing_by(self, reason: str) -> None:
        if self.standing_by != reason:
            log.warning("standing by", reason=reason)
        self.standing_by = reason

    async def _keep_running(self, name: str, each: Pass) -> None:
        bell = self._house.bells.of_passes()[name]
        while self._on_stage:
            bell.clear()
            next_at = await self._run_once(name, each)
            await self._wait(bell, next_at)

    async def _run_once(self, name: str, each: Pass) -> datetime | None:
        """One failing run stops no pass: it is told, and tried again after a rest."""
        try:
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
