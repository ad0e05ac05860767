"""Further engines on the database of a world, as if each were another process; and one that stands still."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import Connection, update

from campaigns.rules.vocabulary import AccountId
from engine.apply.campaigns import transaction
from engine.apply.claiming import Claims, Intent, claim
from engine.bells import Bells
from engine.fences import Fence
from engine.house import House, PolicyShelf
from engine.leases import Lease
from engine.passes.placing import Placer
from engine.runner import Engine
from tests.builders import table

Engines = dict[int, tuple[House, Engine]]
"""By the identity of their house."""


def another_engine(engines: Engines, house: House) -> House:
    """One more engine on the database of that house; its own house comes back."""
    own = replace(
        house,
        lease=Lease(house.clock, alone=False),
        bells=Bells(),
        policies=PolicyShelf(),
        stopping=asyncio.Event(),
        lock=None,
    )
    engines[id(own)] = (own, Engine(own))
    return own


async def end_leases(house: House, *, now: datetime) -> None:
    """As if the database's clock had passed the end of every lease."""
    long_ago = now - timedelta(days=365 * 10)
    await house.database.write(
        lambda writing: writing.execute(update(table("worker")).values(expires_at=long_ago)) and None
    )


class StandsStill:
    """An engine that stands still between writing its intents down and sending their requests."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._fence: Fence | None = None
        self._intents: Sequence[Intent] = ()

    async def claim(self) -> None:
        house = self._house
        await house.lease.keep(house.database)
        self._fence = Fence(house.clock, patience=house.settings.lirax_timeout, lease=house.lease)
        self._intents = (await house.database.write(self._claim)).intents
        assert self._intents

    async def go_on(self) -> None:
        placer = Placer(self._house)
        assert self._fence is not None
        for intent in self._intents:
            placer.start(intent, self._fence)
        await placer.settle()

    def _claim(self, connection: Connection) -> Claims:
        with transaction(connection, self._house) as change:
            return claim(change, AccountId(1))
