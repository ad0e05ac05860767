"""The metronome: rings every pass now and then, so that what an event missed is caught all the same.

Truth is in our tables; this only knows how often to look (APScheduler, memory store, one run at a time).
"""

import asyncio
from typing import Protocol

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from engine.bells import Bells

TICK_SECONDS = 5.0
SHARED_TICK_SECONDS = {"intake": 0.25, "dialing": 1.0, "housekeeping": 1.0}
"""Where other processes write too, whose bells we cannot hear: webhooks above all must not wait."""


class Metronome(Protocol):
    running: bool

    def start(self) -> None: ...

    def shutdown(self, wait: bool = True) -> None: ...


def metronome(bells: Bells, *, shared: bool) -> AsyncIOScheduler:
    """A scheduler, not yet started, that rings every pass; sooner where the database is `shared`."""
    scheduler = AsyncIOScheduler(timezone="UTC")
    for name, bell in bells.of_passes().items():
        seconds = SHARED_TICK_SECONDS.get(name, TICK_SECONDS) if shared else TICK_SECONDS
        scheduler.add_job(
            _ring, "interval", args=[bell], seconds=seconds, id=name, coalesce=True, max_instances=1
        )
    return scheduler


async def _ring(bell: asyncio.Event) -> None:
    bell.set()
