"""Performs what rules and accounts have ordered beside SMS, each once.

Going on in another campaign is our own affair, done at once; all the rest are errands to LiraX.
"""

from datetime import datetime, timedelta
from functools import partial
from typing import NamedTuple

import structlog
from sqlalchemy import Connection

from campaigns.rules.errands import LONGEST_PAUSE
from campaigns.rules.vocabulary import AccountId, EffectId, EffectState
from campaigns.store import accounts, outbox
from campaigns.store.outbox import EffectRow
from engine.accounts import AccountFacts
from engine.apply.campaigns import transaction
from engine.apply.change import Change
from engine.apply.joining import go_on_in
from engine.apply.outbox import give_up_unanswered
from engine.database.trouble import is_of_the_database
from engine.effects.gathering import gather
from engine.effects.registry import PERFORMERS
from engine.errors import CannotDo
from engine.house import House
from engine.passes.errands import Errands

log = structlog.get_logger(__name__)

BATCH = 200
REST = timedelta(seconds=15)  # beyond the longest wait for an answer, an intent is given up


class Look(NamedTuple):
    """Since when an errand has been under way of which this engine knows nothing; when the next is due."""

    silent_since: datetime | None
    next_at: datetime | None


class Performing:
    def __init__(self, house: House) -> None:
        self._house = house
        self.errands = Errands(house)

    async def run(self) -> datetime | None:
        """When the next errand is due, or one that nobody tells of is to be given up."""
        await self._let_go_on()
        moments = [await self._serve(facts) for facts in self._house.accounts.all()]
        return min((moment for moment in moments if moment is not None), default=None)

    async def _let_go_on(self) -> None:
        now = self._house.clock.now()
        while await self._house.database.read(partial(outbox.going_on, now=now, limit=1)):
            await self._house.database.write(self._let_some_go_on)
            self._house.bells.after_change()

    def _let_some_go_on(self, connection: Connection) -> None:
        with transaction(connection, self._house) as change:
            for row in outbox.going_on(connection, now=change.now, limit=BATCH):
                _let_go_on_apart(change, row)

    async def _serve(self, facts: AccountFacts) -> datetime | None:
        """Start what is due for the account; returns when to look at it again.

        What was left under way is given up for every account, with a key or without.
        """
        look = await self._look(facts)
        if look.silent_since is not None and look.silent_since <= self._answered_by_now():
            give_up = partial(self._give_up, facts.id, self.errands.under_way())
            await self._house.database.write(give_up)
            look = await self._look(facts)
        if look.next_at is not None and look.next_at <= self._house.clock.now():
            await self.errands.start_some(facts.id)
            look = await self._look(facts)
        given_up_at = look.silent_since and look.silent_since + self._house.settings.lirax_timeout + REST
        return min((moment for moment in (look.next_at, given_up_at) if moment is not None), default=None)

    async def _look(self, facts: AccountFacts) -> Look:
        """One read; nothing but two indexes are looked at where nothing is ordered."""
        ours = self.errands.under_way()
        may_send = bool(facts.token) and self._house.custody.trouble is None
        wanted = may_send and self.errands.room(facts.id) > 0

        def read(connection: Connection) -> Look:
            silent_since = outbox.oldest_left(connection, facts.id, epoch=self._house.epoch, besides=ours)
            next_at = outbox.next_due(connection, facts.id) if wanted else None
            if next_at is not None and not accounts.at_work(connection, facts.id):
                next_at = None
            return Look(silent_since, next_at)

        return await self._house.database.read(read)

    def _answered_by_now(self) -> datetime:
        """What was sent before that has its answer by now, if anybody waits for it."""
        return self._house.clock.now() - self._house.settings.lirax_timeout - REST

    def _give_up(self, account_id: AccountId, ours: frozenset[EffectId], connection: Connection) -> None:
        before = self._answered_by_now()
        with transaction(connection, self._house) as change:
            left = outbox.left_sending(
                connection, account_id, before=before, epoch=self._house.epoch, besides=ours
            )
            for row in left:
                give_up_unanswered(change, row, repeatable=_does_no_harm_again(change, row))


def _does_no_harm_again(change: Change, row: EffectRow) -> bool:
    """Not where what it needs to know cannot be read; such an errand holds up no other."""
    try:
        with change.connection.begin_nested():
            return PERFORMERS[row.kind].repeatable(gather(change, row))
    except Exception as error:  # the edge of the pass
        if is_of_the_database(error):
            raise
        log.exception("an errand cannot be understood", effect_id=row.id, kind=row.kind)
        return False


def _let_go_on_apart(change: Change, row: EffectRow) -> None:
    """One that cannot be understood is put off, so that others have their turn."""
    try:
        with change.apart():
            _let_go_on(change, row)
    except Exception as error:  # the edge of the pass
        if is_of_the_database(error):
            raise
        log.exception("an order to go on cannot be understood", effect_id=row.id)
        outbox.save(change.connection, row.id, due_at=change.now + LONGEST_PAUSE)


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
