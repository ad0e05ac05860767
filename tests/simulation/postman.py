"""Carries LiraX's webhooks to whichever process listens, as badly as the faults will have it."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

import httpx

from tests.simulation.chance import happens
from tests.simulation.process import Process


@dataclass(frozen=True)
class PostFaults:
    lost: float = 0.0
    twice: float = 0.0
    late: float = 0.0
    latest: float = 200.0  # seconds


class Postman:
    """Takes the place of the HTTP client by which the simulated exchange sends."""

    def __init__(
        self, processes: Sequence[Process], *, chance: Random, accepted: Callable[[bytes], None]
    ) -> None:
        self._processes = processes
        self._random = chance
        self._accepted = accepted
        self.faults = PostFaults()
        self.outages: set[object] = set()  # while there is one, nothing comes through

    async def post(self, url: str, *, content: bytes | str, timeout: float, **_: Any) -> httpx.Response:
        """What the receiver answers. Raises httpx's errors when it cannot be reached, or takes too long."""
        body = content.encode() if isinstance(content, str) else content
        faults = self.faults
        if happens(self._random, faults.late):
            await asyncio.sleep(self._random.uniform(0, faults.latest))
        else:
            await asyncio.sleep(self._random.uniform(0.005, 0.3))
        if self.outages or happens(self._random, faults.lost):
            raise httpx.ConnectError("lost on the way")
        if happens(self._random, faults.twice):
            await self._deliver(body, timeout=timeout)
            await asyncio.sleep(self._random.uniform(0, 5))
        return await self._deliver(body, timeout=timeout)

    async def _deliver(self, body: bytes, *, timeout: float) -> httpx.Response:
        up = [process for process in self._processes if process.is_up]
        if not up:
            raise httpx.ConnectError("connection refused")
        process = up[int(self._random.random() * len(up))]
        answering = process.run(process.post(body), name="webhook")
        done, _ = await asyncio.wait([answering], timeout=timeout)
        if not done or answering.cancelled():
            raise httpx.ReadTimeout("no answer")
        status, said = answering.result()
        if status == httpx.codes.OK:
            self._accepted(body)
        return httpx.Response(status, content=said)
