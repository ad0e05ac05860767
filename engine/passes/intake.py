"""Takes in what LiraX sends: stored before it gets its 200, applied once right afterwards."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import Connection

from campaigns.rules.vocabulary import AccountId
from campaigns.store import inbox
from campaigns.store.inbox import Arrival, InboxRow
from engine.apply import webhooks
from engine.apply.apart import apply_apart
from engine.apply.campaigns import transaction
from engine.database.port import Lane
from engine.database.trouble import is_of_the_database
from engine.house import House
from engine.lirax.webhooks import Webhook, cmd_of, dedupe_key, subject_of

BATCH = 100
LOOK = timedelta(seconds=15)  # between two looks for files that nobody drains


async def receive(house: House, account_id: AccountId, *, webhook: Webhook, body: Mapping[str, str]) -> None:
    """Keep one webhook for good; a repeat changes nothing. `body` is what came, without the token.

    Raises DatabaseTrouble where neither the database nor the spool takes it.
    """
    arrival = Arrival(
        account_id=account_id,
        cmd=cmd_of(webhook),
        dedupe_key=dedupe_key(house.accounts.get(account_id).name, webhook),
        subject=subject_of(webhook),
        body=body,
        received_at=house.clock.now(),
    )
    await house.reception.take(arrival)


class Intake:
    def __init__(self, house: House) -> None:
        self._house = house
        self._looks_at: datetime | None = None

    async def run(self) -> datetime | None:
        """Nothing is ever due later: a stored webhook rings the bell, and the metronome does."""
        self._look_for_left()
        applied = BATCH
        while applied == BATCH:
            applied = await self._house.database.write(self._apply_some, lane=Lane.WEBHOOK)
            if applied:
                self._house.bells.after_change()
        return None

    def _look_for_left(self) -> None:
        """Of a process of this machine that has died meanwhile."""
        now = self._house.clock.now()
        if self._looks_at is None or now >= self._looks_at:
            self._looks_at = now + LOOK
            self._house.reception.look_for_left()

    def _apply_some(self, connection: Connection) -> int:
        rows = inbox.waiting(connection, limit=BATCH)
        if rows and not self._apply_all(connection, rows):
            for row in rows:
                apply_apart(self._house, connection, row, partial(webhooks.apply, row=row))
        return len(rows)

    def _apply_all(self, connection: Connection, rows: Sequence[InboxRow]) -> bool:
        """Whether all were applied, or none: then one of them is at fault."""
        savepoint = connection.begin_nested()
        try:
            with transaction(connection, self._house) as change:
                for row in rows:
                    webhooks.apply(change, row)
            savepoint.commit()
        except Exception as error:  # the edge of the pass
            if is_of_the_database(error):
                raise  # no fault of a webhook's: all of them are applied again
            savepoint.rollback()
            return False
        return True
