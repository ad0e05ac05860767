"""Performs what rules and accounts have ordered beside SMS, each once.

Going on in another campaign is our own affair, done at once; all the rest are errands to LiraX.
"""

from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import Connection

from campaigns.rules.vocabulary import AccountId, EffectState
from campaigns.store import accounts, outbox
from campaigns.store.outbox import EffectRow
from engine.apply.campaigns import transaction
from engine.apply.change import Change
from engine.apply.joining import go_on_in
from engine.apply.outbox import give_up_unanswered
from engine.effects.gathering import gather
from engine.effects.registry import PERFORMERS
from engine.errors import CannotDo
from engine.house import House
from engine.passes.errands import Errands

BATCH = 200
REST = timedelta(seconds=15)  # beyond the longest wait for an answer, an intent is given up


class Performing:
    def __init__(self, house: House) -> None:
        self._house = house
        self.errands = Errands(house)

    async def run(self) -> datetime | None:
        """When the next errand is due, or one that nobody tells of is to be given up."""
        await self._let_go_on()
        moments = [await self._serve(facts.id) for facts in self._house.accounts.all() if facts.token]
        return min((moment for moment in moments if moment is not None), default=None)

    async def _let_go_on(self) -> None:
        now = self._house.clock.now()
        while await self._house.database.read(partial(outbox.going_on, now=now, limit=1)):
            await self._house.database.write(self._let_some_go_on)
            self._house.bells.after_change()

    def _let_some_go_on(self, connection: Connection) -> None:
        with transaction(connection, self._house) as change:
            for row in outbox.going_on(connection, now=change.now, limit=BATCH):
                _let_go_on(change, row)

    async def _serve(self, account_id: AccountId) -> datetime | None:
        """Start what is due for the account; returns when to look at it again."""
        silent_since = await self._house.database.read(partial(self._silent_since, account_id))
        if silent_since is not None and silent_since <= self._answered_by_now():
            await self._house.database.write(partial(self._give_up, account_id))
            silent_since = None
        if self.errands.room(account_id) and await self._is_due(account_id):
            await self.errands.start_some(account_id)
        next_at = await self._next_due(account_id) if self.errands.room(account_id) else None
        given_up_at = silent_since and silent_since + self._house.settings.lirax_timeout + REST
        return min((moment for moment in (next_at, given_up_at) if moment is not None), default=None)

    async def _is_due(self, account_id: AccountId) -> bool:
        due_at = await self._next_due(account_id)
        return due_at is not None and due_at <= self._house.clock.now()

    async def _next_due(self, account_id: AccountId) -> datetime | None:
        def read(connection: Connection) -> datetime | None:
            at_work = accounts.at_work(connection, account_id)
            return outbox.next_due(connection, account_id) if at_work else None

        return await self._house.database.read(read)

    def _silent_since(self, account_id: AccountId, connection: Connection) -> datetime | None:
        """Since when an errand has been under way of which this engine knows nothing."""
        return outbox.oldest_sending(connection, account_id, besides=self.errands.under_way())

    def _answered_by_now(self) -> datetime:
        """What was sent before that has its answer by now, if anybody waits for it."""
        return self._house.clock.now() - self._house.settings.lirax_timeout - REST

    def _give_up(self, account_id: AccountId, connection: Connection) -> None:
        with transaction(connection, self._house) as change:
            for row in outbox.left_sending(
                connection, account_id, before=self._answered_by_now(), besides=self.errands.under_way()
            ):
                repeatable = PERFORMERS[row.kind].repeatable(gather(change, row))
                give_up_unanswered(change, row, repeatable=repeatable)


def _let_go_on(change: Change, row: EffectRow) -> None:
    assert row.recipient_id is not None, "an order to go on is for a person"
    try:
        detail = go_on_in(change, row.recipient_id, campaign_name=str(row.body["name"]))
        state = EffectState.DONE
    except CannotDo as error:
        state, detail = EffectState.FAILED, str(error)
    ended = {"state": state.value, "detail": detail, "finished_at": change.now, "due_at": None}
    outbox.save(change.connection, row.id, tries=row.tries + 1, **ended)
    if row.campaign_id is not None:
        change.touched.add(row.campaign_id)
