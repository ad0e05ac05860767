"""A way to LiraX whose connections hang before they stand, as long as a test wants; real sockets then."""

import asyncio
from typing import Any

import httpcore

from engine.accounts import AccountBook
from engine.house import House
from tests.backends import Backend


class Hanging(Backend):
    """`begun` is set when somebody begins to connect; nobody is connected before `may_stand` is."""

    def __init__(self) -> None:
        self.begun = asyncio.Event()
        self.may_stand = asyncio.Event()
        self.stood = 0
        self._network = httpcore.AnyIOBackend()

    async def connect_tcp(self, *where: Any, **how: Any) -> httpcore.AsyncNetworkStream:
        self.begun.set()
        await self.may_stand.wait()
        stream = await self._network.connect_tcp(*where, **how)
        self.stood += 1
        return stream


async def hang(house: House) -> Hanging:
    """From now on every connection of the house to LiraX hangs."""
    hanging = Hanging()
    await house.accounts.close()
    house.accounts = AccountBook(
        house.settings, sealer=house.sealer, clock=house.clock, outward=hanging.transport
    )
    await house.accounts.install(house.database, write=False)
    return hanging
