"""Runs the errands that LiraX does for an account: contact first, then one request, then what came of it.

Like a call, an errand is claimed and committed before anything is sent. What LiraX may have done is never
sent again by itself unless twice does no harm (reliability note, 2.4).
"""

import asyncio
from collections import defaultdict
from collections.abc import Callable
from dataclasses import replace
from functools import partial

import structlog
from sqlalchemy import Connection

from campaigns.rules.errands import LONGEST_PAUSE
from campaigns.rules.vocabulary import AccountId, EffectId
from campaigns.store import accounts
from campaigns.store import outbox as rows
from campaigns.store.crm import ContactRow
from campaigns.store.outbox import EffectRow
from engine.apply import outbox
from engine.apply.campaigns import transaction
from engine.apply.change import Change
from engine.database.trouble import is_of_the_database
from engine.effects.concluding import did, not_done, not_now, said, with_contact_again
from engine.effects.contact import remember_contact, tell_contact
from engine.effects.errand import Errand
from engine.effects.gathering import gather
from engine.effects.registry import PERFORMERS
from engine.errors import CannotDo, DatabaseTrouble
from engine.fences import ABORTED, Fence, Fenced
from engine.house import House
from engine.lirax.client import ERRANDS_AT_ONCE, Sender
from engine.lirax.errors import LiraxError, Refused, Unavailable
from engine.passes.holds import heed
from engine.passes.insisting import write_for_sure

log = structlog.get_logger(__name__)

Conclude = Callable[[Change], None]


class Errands:
    """Errands that are under way right now, each in a task of its own."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._under_way: dict[AccountId, dict[EffectId, asyncio.Task[None]]] = defaultdict(dict)

    def room(self, account_id: AccountId) -> int:
        """How many more may be started for the account now."""
        return ERRANDS_AT_ONCE - len(self._under_way[account_id])

    def under_way(self) -> frozenset[EffectId]:
        return frozenset(effect_id for tasks in self._under_way.values() for effect_id in tasks)

    async def start_some(self, account_id: AccountId) -> None:
        """Claim and start what is due, as far as there is room."""
        fences = [self._fence() for _ in range(self.room(account_id))]
        claimed = await self._house.database.write(partial(self._claim, account_id))
        if claimed:
            self._house.custody.worked()
        for errand, fence in zip(claimed, fences, strict=False):
            self._start(account_id, errand, fence)

    async def settle(self) -> None:
        """Wait until every request that was sent is answered, or given up, and written down."""
        while tasks := [task for mine in self._under_way.values() for task in mine.values()]:
            await asyncio.wait(tasks)

    def _fence(self) -> Fence:
        """Made before what it guards is written down: it counts from then on."""
        house = self._house
        return Fence(house.clock, patience=house.settings.lirax_timeout, lease=house.lease)

    def _start(self, account_id: AccountId, errand: Errand, fence: Fence) -> None:
        effect_id = errand.effect.id

        def ended(task: asyncio.Task[None]) -> None:
            del self._under_way[account_id][effect_id]
            self._house.bells.performing.set()

        task = asyncio.create_task(self._run(errand, fence), name=f"errand-{effect_id}")
        self._under_way[account_id][effect_id] = task
        task.add_done_callback(ended)

    def _claim(self, account_id: AccountId, connection: Connection) -> list[Errand]:
        if not self._house.lease.is_held() or not accounts.at_work(connection, account_id):
            return []
        rows.lock(connection, account_id)
        change = Change(connection, self._house, self._house.clock.now())
        found = rows.due(connection, account_id, now=change.now, limit=self.room(account_id))
        claimed = (self._claim_one(change, row) for row in found)
        return [errand for errand in claimed if errand is not None]

    def _claim_one(self, change: Change, row: EffectRow) -> Errand | None:
        """None for an errand that cannot even be read: it is put off, so that others have their turn."""
        try:
            with change.connection.begin_nested():
                errand = gather(change, row)
        except Exception as error:  # the edge of the pass
            if is_of_the_database(error):
                raise  # no fault of the errand's: it is claimed when the database is there again
            log.exception("an errand cannot be understood", effect_id=row.id, kind=row.kind)
            rows.save(change.connection, row.id, due_at=change.now + LONGEST_PAUSE)
            return None
        # What must be told first is harmless; only from then on LiraX may have done what was ordered.
        sent_at = change.now if errand.contact is None else row.sent_at
        epoch = self._house.epoch
        claimed = rows.claim(change.connection, row, epoch=epoch, now=change.now, sent_at=sent_at)
        return replace(errand, effect=claimed)

    async def _run(self, errand: Errand, fence: Fence) -> None:
        try:
            conclude = await self._perform(errand, fence)
            if conclude is not None:
                await write_for_sure(self._house, partial(self._write, conclude))
        except DatabaseTrouble as error:
            log.warning(
                "what came of an errand could not be kept", reason=str(error), effect_id=errand.effect.id
            )
        except Exception:  # the edge of the pass: one errand that fails takes no other with it
            log.exception("an errand failed", effect_id=errand.effect.id, kind=errand.effect.kind)
        self._house.bells.changes.ring()

    async def _perform(self, errand: Errand, fence: Fence) -> Conclude | None:
        """Send what is to be sent; returns how to write down what came of it, None where it is not ours."""
        ready: Errand | None = errand
        try:
            client = self._house.accounts.client(errand.effect.account_id)
            if errand.contact is not None:
                ready = await self._tell_contact(Fenced(client, fence), errand, contact=errand.contact)
            if ready is None:
                return None
            errand = ready
            told = await PERFORMERS[errand.effect.kind].perform(Fenced(client, fence), errand)
        except Refused as error:
            return await self._refused(errand, error)
        except Unavailable as error:
            return await self._not_now(errand, error)
        except LiraxError as error:
            return partial(outbox.unclear, row=errand.effect, detail=said(error))
        except DatabaseTrouble as error:  # while the contact was written down: the order has not left
            return partial(not_done, errand=errand, detail=str(error))
        except CannotDo as error:
            return partial(outbox.failed, row=errand.effect, detail=str(error))
        return partial(did, errand=errand, told=told)

    async def _tell_contact(self, client: Sender, errand: Errand, *, contact: ContactRow) -> Errand | None:
        """Make LiraX know the contact; None when the errand is not ours any more, and must not be sent."""
        try:
            await tell_contact(client, errand.phone, contact=contact)
        except Refused as error:
            if error.kind == "invalid_token":
                raise
            raise CannotDo(f"not sent: its contact could not be saved first. {said(error)}") from error

        def write(connection: Connection) -> EffectRow | None:
            change = Change(connection, self._house, self._house.clock.now())
            remember_contact(change, errand, contact)
            return rows.leaves_now(connection, errand.effect, now=change.now)

        row = await self._house.database.write(write)
        return None if row is None else replace(errand, effect=row)

    async def _refused(self, errand: Errand, error: Refused) -> Conclude:
        await heed(self._house, errand.effect.account_id, error)
        if error.kind == "invalid_token":
            return partial(not_done, errand=errand, detail=said(error))
        if error.status is not None and errand.contact is None and _needs_contact(errand):
            return partial(with_contact_again, errand=errand, detail=said(error))
        return partial(outbox.failed, row=errand.effect, detail=said(error))

    async def _not_now(self, errand: Errand, error: Unavailable) -> Conclude:
        if error.kind == ABORTED:
            return partial(not_done, errand=errand, detail=said(error))
        await heed(self._house, errand.effect.account_id, error)
        return partial(not_now, errand=errand, error=error, patience=self._house.settings.unknown_after)

    def _write(self, conclude: Conclude, connection: Connection) -> None:
        with transaction(connection, self._house) as change:
            conclude(change)


def _needs_contact(errand: Errand) -> bool:
    return PERFORMERS[errand.effect.kind].contact_first
