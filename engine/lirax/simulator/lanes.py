"""Live delivery of webhooks: several at once, those of one call in order, none holding up the agenda."""

import asyncio
from collections.abc import Awaitable, Callable
from zlib import crc32

Delivery = Callable[[], Awaitable[None]]
COUNT = 16  # a slow receiver holds up its own lane for at most one webhook timeout each


class Lanes:
    def __init__(self) -> None:
        self._queues: list[asyncio.Queue[Delivery]] = [asyncio.Queue() for _ in range(COUNT)]
        self._drivers: list[asyncio.Task[None]] = []

    def start(self) -> None:
        self._drivers = [asyncio.create_task(_drive(queue)) for queue in self._queues]

    async def stop(self) -> None:
        for driver in self._drivers:
            driver.cancel()
        await asyncio.gather(*self._drivers, return_exceptions=True)

    def carry(self, subject: str, deliver: Delivery) -> None:
        self._queues[crc32(subject.encode()) % COUNT].put_nowait(deliver)


async def _drive(queue: asyncio.Queue[Delivery]) -> None:
    while True:
        deliver = await queue.get()
        await deliver()
