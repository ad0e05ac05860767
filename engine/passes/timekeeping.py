"""Deals with a clock that jumped: dialling and texting rest a minute, then every due time is looked at anew.

What is under way is moved along at once, before any other pass looks at a deadline. What the jump makes of
windows, of starts and of ends waits for the end of the rest: a mistake of a minute changes nothing.
"""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import Connection

from campaigns.rules.breakers import Hold
from campaigns.rules.durations import write_duration
from campaigns.rules.vocabulary import AccountId, CampaignId, CampaignState
from campaigns.store import accounts, campaigns, clock_moves
from campaigns.store.accounts import AccountRow
from engine.apply import clock_moves as moves
from engine.apply.campaigns import transaction
from engine.apply.change import Change
from engine.clock_watch import REST, Jump
from engine.database.port import Lane
from engine.house import House
from engine.passes.apart import holding_up_nobody
from engine.passes.holds import put_on, whole_seconds

UNFINISHED = (
    *(CampaignState.DRAFT, CampaignState.SCHEDULED, CampaignState.RUNNING),
    *(CampaignState.PAUSING, CampaignState.PAUSED),
)
GRACE = timedelta(seconds=30)  # after which another engine lifts the hold of one that died while it rested


class Timekeeping:
    def __init__(self, house: House) -> None:
        self._house = house
        self._taking_in = asyncio.Lock()

    async def run(self) -> datetime | None:
        """When the rest after a jump is over; None while the clock is trusted."""
        await self.take_in()
        jump, left = self._house.watch.last, self._house.watch.rest_left()
        if jump is None or left is None:
            return None
        if left > timedelta(0):
            return self._house.clock.now() + left
        for campaign_id in await self._house.database.read(_unfinished):
            with holding_up_nobody("placing a campaign's people anew", campaign_id=campaign_id):
                await self._place_anew(campaign_id)
        if not self._house.watch.trust(jump):
            return self._house.clock.now()  # it has jumped again
        await self._house.database.write(_release, lane=Lane.PLACEMENT)
        self._ring_all()
        self._house.bells.changes.ring()
        return None

    async def take_in(self) -> None:
        """Move what is under way along with the clock, if it has jumped. Asked before every pass."""
        watch = self._house.watch
        watch.look()
        if watch.untaken() is None:
            return
        async with self._taking_in:
            while (jump := watch.untaken()) is not None:
                job = partial(moves.take_in, self._house, jump)
                await self._house.database.write(job, lane=Lane.PLACEMENT)
                watch.take_in()
                await self._tell(jump)
        self._ring_all()

    def _ring_all(self) -> None:
        """What each pass foresaw was told in moments of another clock."""
        for bell in self._house.bells.of_passes().values():
            bell.set()

    async def _tell(self, jump: Jump) -> None:
        for facts in self._house.accounts.all():
            await put_on(
                self._house,
                facts.id,
                kind=Hold.CLOCK,
                reason=sentence(jump),
                rest=REST + GRACE,
                needed=_needs_telling,
            )

    async def _place_anew(self, campaign_id: CampaignId) -> None:
        now = self._house.clock.now()
        wrong = await self._house.database.read(
            lambda reading: moves.wrong_places(Change(reading, self._house, now), campaign_id)
        )
        for alike, standing in wrong:
            move = partial(moves.move, campaign_id=campaign_id, alike=alike, standing=standing)
            while await self._write(campaign_id, move):
                pass
        last = 0
        while ids := await self._house.database.read(
            partial(
                clock_moves.ids_apart, campaign_id=campaign_id, after=last, now=now, limit=moves.ONE_BY_ONE
            )
        ):
            last = ids[-1]
            await self._write(campaign_id, partial(moves.look_again, ids=ids))

    async def _write(self, campaign_id: CampaignId, job: Callable[[Change], int]) -> int:
        def write(connection: Connection) -> int:
            with transaction(connection, self._house) as change:
                change.touched.add(campaign_id)
                return job(change)

        return await self._house.database.write(write, lane=Lane.IMPORT)


def sentence(jump: Jump) -> str:
    """What people read while it rests."""
    way = "forward" if jump.by > timedelta(0) else "back"
    length = write_duration(whole_seconds(abs(jump.by)))
    return (
        f"The clock of the machine that dials was set {way} by {length}: "
        "dialling rests for a minute, and then every due time is computed anew."
    )


def _needs_telling(row: AccountRow) -> bool:
    return row.hold_kind in (None, Hold.CLOCK)


def _unfinished(connection: Connection) -> list[CampaignId]:
    return [row.id for row in campaigns.in_states(connection, UNFINISHED)]


def _release(connection: Connection) -> None:
    for row in accounts.every(connection):
        if row.hold_kind == Hold.CLOCK:
            accounts.release(connection, AccountId(row.id))
