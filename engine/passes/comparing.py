"""Once a day compares what webhooks, events and call history told, for accounts whose history is asked."""

from datetime import datetime, timedelta
from functools import partial

import structlog

from campaigns.rules.vocabulary import AccountId
from campaigns.store import drift
from campaigns.store import reconciliation as store
from engine.database.trouble import is_of_the_database
from engine.house import House
from engine.reconciliation.comparing import compare
from engine.reconciliation.seeking import client_of

log = structlog.get_logger(__name__)

EVERY = timedelta(days=1)
AGAIN = timedelta(minutes=5)  # until a database that was away is asked once more


class Comparing:
    def __init__(self, house: House) -> None:
        self._house = house
        self._next_at: dict[AccountId, datetime] = {}
        self._owed: dict[AccountId, datetime] = {}  # since when a turn of ours is to be compared

    async def run(self) -> datetime | None:
        """When the next comparison is due; None where no history is asked."""
        asked = [
            facts.id for facts in self._house.accounts.all() if client_of(self._house, facts.id) is not None
        ]
        for account_id in asked:
            if self._next_at.get(account_id, self._house.clock.now()) <= self._house.clock.now():
                self._next_at[account_id] = await self._look(account_id)
        return min((self._next_at[account_id] for account_id in asked), default=None)

    async def _look(self, account_id: AccountId) -> datetime:
        """Compare if it is due; returns when it is due again. The first day only begins to be counted."""
        database, now = self._house.database, self._house.clock.now()
        if account_id in self._owed:
            return await self._compare(account_id, until=now)
        health = await database.read(partial(store.health, account_id=account_id))
        since = None if health is None else health.compared_at
        if since is not None and now < since + EVERY:
            return since + EVERY
        ours = await database.write(
            partial(drift.turn_to_compare, account_id=account_id, seen=since, until=now)
        )
        if not ours or since is None:
            return now + EVERY
        self._owed[account_id] = max(since, now - 2 * EVERY)
        return await self._compare(account_id, until=now)

    async def _compare(self, account_id: AccountId, *, until: datetime) -> datetime:
        try:
            await compare(self._house, account_id, since=self._owed[account_id], until=until)
        except Exception as error:  # the edge of the pass: tomorrow there is another one
            if is_of_the_database(error):
                log.warning(
                    "the sources of an account could not be compared; trying again",
                    account_id=account_id,
                    reason=str(error),
                )
                return until + AGAIN
            log.exception("the sources of an account could not be compared", account_id=account_id)
        del self._owed[account_id]
        return until + EVERY
