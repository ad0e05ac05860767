"""Asks call history what became of calls that nobody told of: one fetch for all calls of an account.

Nothing is read while nothing can be due: a request that leaves later is not looked for before its wait is
over.
"""

from datetime import datetime, timedelta
from functools import partial

import structlog

from campaigns.rules.vocabulary import AccountId
from campaigns.store import reconciliation as store
from engine.database.port import Lane
from engine.errors import CannotDo
from engine.house import House
from engine.lirax.history import HistoryClient
from engine.reconciliation.deciding import decide
from engine.reconciliation.looking import Plan, plan
from engine.reconciliation.seeking import client_of, waits_of

log = structlog.get_logger(__name__)

AFTER_ANOTHER = timedelta(seconds=5)  # until we look whether another engine has asked


class AskingHistory:
    def __init__(self, house: House) -> None:
        self._house = house
        self._quiet_until: datetime | None = None

    async def run(self) -> datetime | None:
        """When a call has to be looked for next."""
        now = self._house.clock.now()
        if self._quiet_until is not None and now < self._quiet_until:
            return self._quiet_until
        moments = []
        for facts in self._house.accounts.all():
            client = client_of(self._house, facts.id)
            if client is not None:
                moments.append(await self._ask(facts.id, client))
        due = min((moment for moment in moments if moment is not None), default=None)
        waits = waits_of(self._house.settings)
        soonest = now + min(waits.ambiguity, waits.longest_call)
        self._quiet_until = soonest if due is None else min(due, soonest)
        return due

    async def _ask(self, account_id: AccountId, client: HistoryClient) -> datetime | None:
        """One account's trouble is no other's."""
        try:
            planned = await self._plan(account_id)
            due = planned.due(self._house.clock.now(), waits_of(self._house.settings))
            if not due:
                return planned.next_at
            if not await self._is_our_turn(planned):
                return self._house.clock.now() + AFTER_ANOTHER
            await decide(self._house, client, planned, due=due)
        except CannotDo:
            raise
        except Exception:  # the edge of the pass
            log.exception("call history could not be asked", account_id=account_id)
            return self._house.clock.now() + timedelta(minutes=1)
        return (await self._plan(account_id)).next_at

    async def _plan(self, account_id: AccountId) -> Plan:
        return await self._house.database.read(partial(plan, self._house, account_id))

    async def _is_our_turn(self, planned: Plan) -> bool:
        now = self._house.clock.now()
        return await self._house.database.write(
            partial(store.turn_to_ask, account_id=planned.account_id, seen=planned.health, at=now),
            lane=Lane.PLACEMENT,
        )
