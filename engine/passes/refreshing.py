"""Reads anew what LiraX has - employees, shops, stages, statuses - once at the start and then daily."""

from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import Connection

from campaigns.rules.directories import Directories
from campaigns.rules.vocabulary import AccountId, DirectoryKind
from campaigns.store import accounts, custody, directories, workers
from campaigns.store.accounts import AccountRow
from engine.commands.directories import refresh
from engine.house import House

EVERY = timedelta(days=1)
AFTER_FAILURE = timedelta(minutes=10)
LEFT_TO_OTHERS = timedelta(minutes=1)  # whoever read last has the first turn


class Refreshing:
    def __init__(self, house: House) -> None:
        self._house = house
        self._due: dict[AccountId, datetime] = {}  # by this run of the program; it begins with reading all

    async def run(self) -> datetime | None:
        """When the next account's lists are to be read."""
        now = self._house.clock.now()
        if await self._house.database.read(custody.objection) is not None:
            return None
        rows = [row for row in await self._house.database.read(accounts.every) if _takes_questions(row)]
        for account_id in [AccountId(row.id) for row in rows]:
            if self._due.get(account_id, now) <= now:
                self._due[account_id] = await self._see_to(account_id)
        return min((self._due[AccountId(row.id)] for row in rows), default=None)

    async def _see_to(self, account_id: AccountId) -> datetime:
        """Read them, unless another engine has; returns when to look again."""
        read_at = await self._house.database.read(partial(self._read_by_another, account_id))
        if read_at is not None and read_at + EVERY > self._house.clock.now():
            return read_at + EVERY + LEFT_TO_OTHERS
        return self._house.clock.now() + await self._refresh(account_id)

    def _read_by_another(self, account_id: AccountId, connection: Connection) -> datetime | None:
        """When the oldest list was read, where further engines are at work; None where we are alone."""
        now = workers.clock(connection, self._house.clock.now())
        if not workers.others(connection, besides=self._house.epoch, now=now):
            return None
        known = directories.read(connection, account_id)
        moments = [known.of(kind).fetched_at for kind in DirectoryKind]
        return None if None in moments else min(moment for moment in moments if moment is not None)

    async def _refresh(self, account_id: AccountId) -> timedelta:
        """How long until it is to be done again."""
        found = await refresh(self._house, account_id)
        return AFTER_FAILURE if _failed(found) else EVERY


def _takes_questions(row: AccountRow) -> bool:
    return row.lirax_token is not None and row.is_at_work


def _failed(found: Directories) -> bool:
    return any(found.of(kind).trouble is not None for kind in DirectoryKind)
