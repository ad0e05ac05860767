"""The metronome: rings every pass now and then, so that what an event missed is caught all the same.

Truth is in our tables; this only knows how often to look (APScheduler, memory store, one run at a time).
"""

import asyncio

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from engine.house import Bells

TICK_SECONDS = 5


def metronome(bells: Bells) -> AsyncIOScheduler:
    """A scheduler, not yet started, that rings the bell of every pass each few seconds."""
    scheduler = AsyncIOScheduler(timezone="UTC")
    for name, bell in bells.of_passes().items():
        scheduler.add_job(
            _ring, "interval", args=[bell], seconds=TICK_SECONDS, id=name, coalesce=True, max_instances=1
        )
    return scheduler


async def _ring(bell: asyncio.Event) -> None:
    bell.set()
