"""Starts campaigns whose time has come; takes people off when the end has come, or it was cancelled.

Sees to campaigns that ended while two transactions could not see each other.
"""

from datetime import datetime
from functools import partial

from sqlalchemy import Connection

from campaigns.rules.standing import (
    Cancelled,
    Expired,
)
from campaigns.rules.vocabulary import QUEUED_STATES, CampaignId, CampaignState
from campaigns.store import campaigns, recipients
from campaigns.store.campaigns import CampaignRow
from engine.apply.campaigns import become, settled_state, transaction
from engine.apply.change import Change
from engine.apply.recipients import happen_to_all
from engine.database.port import Lane
from engine.house import House
from engine.passes.apart import holding_up_nobody

SLICE = 500  # people taken off in one transaction
UNDER_WAY = (CampaignState.SCHEDULED, CampaignState.RUNNING, CampaignState.PAUSING, CampaignState.PAUSED)


class Housekeeping:
    def __init__(self, house: House) -> None:
        self._house = house

    async def run(self) -> datetime | None:
        """When the next campaign starts or ends."""
        now = self._house.clock.now()
        rows = await self._house.database.read(self._under_way)
        for row in rows:
            with holding_up_nobody("a campaign's start or end", campaign_id=row.id):
                await self._look_at(row, now=now)
        for campaign_id in await self._house.database.read(self._left_in_cancelled):
            with holding_up_nobody("taking people off a cancelled campaign", campaign_id=campaign_id):
                await take_off(self._house, campaign_id, Cancelled())
        for campaign_id in await self._house.database.read(self._unsettled):
            with holding_up_nobody("ending a campaign", campaign_id=campaign_id):
                await self._house.database.write(partial(self._settle, campaign_id))
        starts = [row.start_at for row in rows if row.state is CampaignState.SCHEDULED]
        moments = [moment for moment in (*starts, *(row.end_at for row in rows)) if moment and moment > now]
        return min(moments, default=None)

    async def _look_at(self, row: CampaignRow, *, now: datetime) -> None:
        if row.state is CampaignState.SCHEDULED and row.start_at is not None and row.start_at <= now:
            await self._house.database.write(partial(self._start, row.id))
            self._house.bells.roll_calling.set()
            self._house.bells.after_change()
        if row.end_at is not None and row.end_at <= now:
            await take_off(self._house, row.id, Expired())

    def _under_way(self, connection: Connection) -> list[CampaignRow]:
        return list(campaigns.in_states(connection, UNDER_WAY))

    def _unsettled(self, connection: Connection) -> list[CampaignId]:
        """Campaigns that should have become paused or finished: the last things in them ended at once."""
        change = Change(connection, self._house, self._house.clock.now())
        rows = campaigns.in_states(connection, (CampaignState.RUNNING, CampaignState.PAUSING))
        return [row.id for row in rows if settled_state(change, row.id) is not None]

    def _settle(self, campaign_id: CampaignId, connection: Connection) -> None:
        with transaction(connection, self._house) as change:
            change.touched.add(campaign_id)

    def _left_in_cancelled(self, connection: Connection) -> list[CampaignId]:
        """Cancelled campaigns that still have people queued: the program stopped half-way through."""
        queued = [state.value for state in QUEUED_STATES]
        return list(campaigns.with_people(connection, CampaignState.CANCELLED, states=queued))

    def _start(self, campaign_id: CampaignId, connection: Connection) -> None:
        with transaction(connection, self._house) as change:
            row = change.lock(campaign_id)  # a person may pause it, or another engine start it, just now
            if row is not None and row.state is CampaignState.SCHEDULED:
                become(change, campaign_id, CampaignState.RUNNING)
                change.touched.add(campaign_id)


async def take_off(house: House, campaign_id: CampaignId, event: Cancelled | Expired) -> None:
    """Let that happen to everybody in the campaign's queue, a slice a transaction."""

    def take_some(connection: Connection) -> int:
        with transaction(connection, house) as change:
            change.touched.add(campaign_id)
            rows = recipients.queued(connection, campaign_id, limit=SLICE)
            happen_to_all(change, rows, event)
            return len(rows)

    while await house.database.write(take_some, lane=Lane.IMPORT) == SLICE:
        pass
    house.bells.after_change()
