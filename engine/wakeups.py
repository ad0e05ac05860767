"""Rings in all engines what was rung in a process that has none: pages and commands beside them.

Truth is in the tables; a ring that is lost is made up for by the metronome.
"""

import asyncio

from engine.bells import Bells
from engine.database.notices import Notices


class Announcing:
    """Calls out the bells of this process, from `start` until `stop`."""

    def __init__(self, bells: Bells, notices: Notices) -> None:
        self._bells = bells.of_passes()
        self._notices = notices
        self._rung = asyncio.Event()
        self._wanted: set[str] = set()
        self._tasks: list[asyncio.Task[None]] = []

    def start(self) -> None:
        for name, bell in self._bells.items():
            self._tasks.append(asyncio.create_task(self._attend(name, bell), name=f"announcing-{name}"))
        self._tasks.append(asyncio.create_task(self._call_out(), name="announcing"))

    async def stop(self) -> None:
        """What was rung last is called out too."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._wanted |= {name for name, bell in self._bells.items() if bell.is_set()}
        await self._tell()

    async def _attend(self, name: str, bell: asyncio.Event) -> None:
        while True:
            await bell.wait()
            bell.clear()
            self._wanted.add(name)
            self._rung.set()

    async def _call_out(self) -> None:
        """Bells that ring while others are called out go together."""
        while True:
            await self._rung.wait()
            self._rung.clear()
            await self._tell()

    async def _tell(self) -> None:
        if not self._wanted:
            return
        words, self._wanted = self._wanted, set()
        await self._notices.tell(words)


def hearing(bells: Bells, notices: Notices) -> asyncio.Task[None]:
    """The task that rings here what others call out."""
    by_name = bells.of_passes()

    def ring(name: str) -> None:
        if name in by_name:
            by_name[name].set()

    return asyncio.create_task(notices.hear(ring), name="hearing")
