"""While the database is in quarantine: erases again whom it had forgotten, then asks history what it missed.

History is asked once every call that may have been under way must be over, and again until every account that
has one has told. Ending the quarantine is left to a person.
"""

from dataclasses import asdict
from datetime import datetime, timedelta

import structlog
from sqlalchemy import Connection

from campaigns.rules.vocabulary import AccountId
from campaigns.store import custody
from campaigns.store.custody import CustodyRow
from engine.accounts import AccountFacts
from engine.commands.erasing import erase_again
from engine.commands.quarantine import AccountLook, look_at
from engine.errors import CannotDo
from engine.house import House
from engine.lirax.errors import LiraxError
from engine.reconciliation.taking_in import take_in_history

log = structlog.get_logger(__name__)

BEFORE = timedelta(
    hours=1
)  # of the time nobody knows of: calls that we do know show whether history is whole
AGAIN = timedelta(minutes=1)


class Quarantining:
    def __init__(self, house: House) -> None:
        self._house = house
        self._erased_for: datetime | None = None  # the quarantine in which the record of erasures was applied
        self._again_at: datetime | None = None

    async def run(self) -> datetime | None:
        """When history is to be asked; None where there is no quarantine, or nothing is left to ask."""
        row = await self._house.database.read(custody.get)
        if row is None or not row.in_quarantine:
            self._again_at = None
            return None
        await self._erase_again(row)
        if row.reconciled_at is not None:
            return None
        at = max(filter(None, (look_at(self._house, row), self._again_at)))
        if at <= self._house.clock.now():
            self._again_at = None if await self._ask(row) else self._house.clock.now() + AGAIN
            return self._again_at
        return at

    async def _erase_again(self, row: CustodyRow) -> None:
        if self._erased_for == row.quarantined_at:
            return
        try:
            found = await erase_again(self._house)
        except CannotDo as error:
            log.error(
                "the record of erasures could not be applied to the restored database", reason=str(error)
            )
            return
        self._erased_for = row.quarantined_at
        if found:
            log.warning("people who had been erased were erased again", people=found)

    async def _ask(self, row: CustodyRow) -> bool:
        """Ask each account's history that has not told yet; whether none is left to ask."""
        concerned = await self._house.database.read(custody.accounts_with_people)
        with_history = [
            facts
            for facts in self._house.accounts.all()
            if facts.history is not None and facts.id in concerned
        ]
        found = dict(row.found or {})
        for facts in with_history:
            if not found.get(str(facts.id), {}).get("taken"):
                found[str(facts.id)] = await self._look_of(facts, row)
        is_whole = all(found[str(facts.id)]["taken"] for facts in with_history)
        reconciled_at = self._house.clock.now() if is_whole else None

        def write(connection: Connection) -> None:
            now = custody.get(connection)
            if now is not None and now.in_quarantine and now.quarantined_at == row.quarantined_at:
                custody.save(connection, found=found, reconciled_at=reconciled_at)

        await self._house.database.write(write)
        self._house.bells.after_change()
        return is_whole

    async def _look_of(self, facts: AccountFacts, row: CustodyRow) -> dict[str, object]:
        look = AccountLook(facts.name, with_history=True)
        assert row.quarantined_at is not None
        since = (row.since or row.seen_at) - BEFORE
        try:
            told = await take_in_history(
                self._house, AccountId(facts.id), since=since, until=self._house.clock.now()
            )
        except (LiraxError, CannotDo) as error:
            log.warning("history could not be taken in", account_id=facts.id, reason=str(error))
            return _kept(look, trouble=str(error))
        if told.sure_until < row.quarantined_at:
            return _kept(look, trouble="history may not list the last calls yet; it is asked again")
        return _kept(
            look,
            taken=True,
            calls=told.rows,
            learned=told.learned,
            taken_in=told.adopted,
            strangers=told.strange,
        )


def _kept(look: AccountLook, **told: object) -> dict[str, object]:
    """What is kept in the row; name and whether there is a history are looked up when it is shown."""
    values = {**asdict(look), **told}
    return {name: value for name, value in values.items() if name not in ("name", "with_history")}
