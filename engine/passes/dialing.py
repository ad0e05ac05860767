"""Fills free lines: claims those whose turn it is, and hands each claimed call to the placer.

Runs when a line is freed, somebody becomes due, or the pace allows more; ticks only catch what events missed.
"""

from datetime import datetime, timedelta
from functools import partial

import structlog
from sqlalchemy import Connection

from campaigns.rules.breakers import Hold
from campaigns.rules.vocabulary import AccountId, CampaignState
from campaigns.store import accounts, attempts, campaigns, recipients
from engine.accounts import AccountFacts
from engine.apply.campaigns import transaction
from engine.apply.claiming import Claims, claim
from engine.apply.unclaimable import put_aside
from engine.database.port import Lane
from engine.database.trouble import is_of_the_database
from engine.fences import Fence
from engine.house import House
from engine.passes.holds import NO_KEY, hold
from engine.passes.placing import Placer

log = structlog.get_logger(__name__)

AGAIN = timedelta(minutes=1)  # until an account for which nothing could be claimed is looked at again
NO_CLAIMS = Claims((), more=False, again_at=None)


class Dialing:
    def __init__(self, house: House, *, placer: Placer) -> None:
        self._house = house
        self._placer = placer

    async def run(self) -> datetime | None:
        """When the next person becomes due, or the pace allows the next call."""
        moments = [await self._fill_apart(facts) for facts in self._house.accounts.all()]
        moments.append(await self._house.database.read(self._next_due))
        return min((moment for moment in moments if moment is not None), default=None)

    async def _fill_apart(self, facts: AccountFacts) -> datetime | None:
        """One account's trouble is no other's."""
        try:
            return await self._fill(facts)
        except Exception as error:  # the edge of the pass
            if is_of_the_database(error):
                raise
            log.exception("no calls could be claimed for an account", account_id=facts.id)
            return self._house.clock.now() + AGAIN

    async def _fill(self, facts: AccountFacts) -> datetime | None:
        if facts.closed_at is not None or self._house.custody.trouble is not None:
            return None
        if not facts.token:
            await hold(self._house, facts.id, kind=NO_KEY)
            return None
        while True:
            fence = Fence(
                self._house.clock,
                patience=self._house.settings.lirax_timeout,
                lease=self._house.lease,
                watch=self._house.watch,
            )
            claims = await self._claim_some(facts.id)
            for intent in claims.intents:
                self._placer.start(intent, fence)
            if claims.intents:
                self._house.custody.worked()
                self._house.bells.changes.ring()
            if not claims.more:
                return claims.again_at

    async def _claim_some(self, account_id: AccountId) -> Claims:
        """Where that fails, what is at fault is put aside, so that all others go on."""
        try:
            return await self._house.database.write(partial(self._claim, account_id), lane=Lane.PLACEMENT)
        except Exception as error:
            if is_of_the_database(error):
                raise
            aside = partial(put_aside, self._house, account_id=account_id)
            if not await self._house.database.write(aside, lane=Lane.PLACEMENT):
                raise
            return Claims((), more=True, again_at=None)

    def _claim(self, account_id: AccountId, connection: Connection) -> Claims:
        if not self._house.lease.is_held() or self._house.watch.objection():
            return NO_CLAIMS
        if not accounts.at_work(connection, account_id):
            return NO_CLAIMS
        with transaction(connection, self._house) as change:
            return claim(change, account_id, most=self._most(connection, account_id))

    def _most(self, connection: Connection, account_id: AccountId) -> int | None:
        """How many calls may be claimed at once: one, and no other on its way, while LiraX is not trusted."""
        if accounts.get(connection, account_id).hold_kind != Hold.CAREFUL:
            return None
        if self._house.answers.is_trusted(account_id):
            accounts.release(connection, account_id)
            self._house.answers.mended(account_id)
            return None
        return 0 if attempts.any_placing(connection, account_id=account_id) else 1

    def _next_due(self, connection: Connection) -> datetime | None:
        now = self._house.clock.now()
        rows = campaigns.in_states(connection, [CampaignState.RUNNING])
        dues = [recipients.next_due(connection, row.id, after=now) for row in rows]
        dues += [row.probe_at for row in rows if row.probe_at is not None and row.probe_at > now]
        return min((due for due in dues if due is not None), default=None)
