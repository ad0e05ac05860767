"""Keeps the mark beside the database while it works, and puts a database that is not its own into quarantine.

The database is written first and the mark after it, so a crash leaves the mark behind, never ahead.
"""

import asyncio
from datetime import datetime, timedelta
from secrets import token_hex

import structlog
from sqlalchemy import Connection

from campaigns.rules.custody import Doubt, Mark, doubt_about, is_unopened_backup, quarantined
from campaigns.store import custody
from campaigns.store.custody import CustodyRow
from engine.clock import Clock
from engine.custody.high_water import mark_path, read_mark, write_mark
from engine.database.port import Database, Lane
from engine.settings import Settings

log = structlog.get_logger(__name__)

EVERY = timedelta(seconds=5)  # while it works; so much at most a copy made behind our back may have missed
IDLE_EVERY = timedelta(seconds=60)  # on SQLite; on PostgreSQL the server itself must be looked at
CANNOT_KEEP = (
    "{path} cannot be written ({why}): nothing is dialled until it can, a restore would go unnoticed"
)


class Keeper:
    """One for each process. `trouble` is a sentence while the mark cannot be written: nothing is dialled."""

    def __init__(self, settings: Settings, *, database: Database, clock: Clock, bell: asyncio.Event) -> None:
        self._settings = settings
        self._database = database
        self._clock = clock
        self._bell = bell
        self._path = mark_path(settings)
        self._mark: Mark | None = None
        self._turn = asyncio.Lock()
        self._works = False
        self._dirty = False
        self._advanced_at: datetime | None = None
        self.trouble: str | None = None

    async def open(self, *, works: bool) -> None:
        """Look whether this is the database that worked here last; `works`: an engine is to run on it.

        Raises DatabaseTrouble when the mark cannot be read.
        """
        self._works = works
        self._mark = read_mark(self._path)
        row = await self._database.write(self._look)
        if row.in_quarantine:
            if works:  # a command answers with its own sentence
                log.warning("this database is in quarantine", reason=row.quarantine_reason)
            return
        if self._keeps_mark:
            await self._keep(row)
        if works and self.trouble is None:
            await self.advance()

    def worked(self) -> None:
        """Something was claimed that rings, texts or orders: soon a copy of the database is out of date."""
        self._dirty = True
        self._bell.set()

    async def run(self) -> datetime | None:
        """When to write the mark next; None while nothing happens."""
        now = self._clock.now()
        pause = EVERY if self._dirty or self._is_shared else IDLE_EVERY
        if self._advanced_at is not None and self.trouble is None and now < self._advanced_at + pause:
            return self._advanced_at + pause if self._dirty else None
        await self.advance()
        return None if self.trouble is None else now + EVERY

    async def advance(self) -> None:
        """One step on: in the database, then in the mark."""
        async with self._turn:
            self._dirty = False
            self._advanced_at = self._clock.now()
            if self._keeps_mark and (self._mark is None or self.trouble) and not await self._can_keep():
                return  # a counter that ran ahead of a mark that never was would look like a copy
            row = await self._database.write(self._step, lane=Lane.PLACEMENT)
            if row is not None and self._keeps_mark:
                await self._keep(row)

    async def rest(self) -> None:
        """The last word of an engine that stops."""
        if self._dirty:
            await self.advance()

    async def moved_on(self, row: CustodyRow) -> None:
        """The database has another identity from now on: it was released."""
        async with self._turn:
            if self._keeps_mark:
                await self._keep(row)

    @property
    def _is_shared(self) -> bool:
        return self._database.dialect == "postgresql"

    @property
    def _keeps_mark(self) -> bool:
        """A command on PostgreSQL leaves no files where it happens to be run."""
        return self._works or not self._is_shared

    async def _keep(self, row: CustodyRow) -> None:
        mark = Mark(row.identity, row.counter)
        try:
            await asyncio.to_thread(write_mark, self._path, mark)
        except OSError as error:
            trouble = CANNOT_KEEP.format(path=self._path, why=error.strerror or error)
            if self.trouble is None:
                log.error("nothing is dialled", reason=trouble)
            self.trouble = trouble
        else:
            self.trouble = None
            self._mark = mark

    async def _can_keep(self) -> bool:
        row = await self._database.read(custody.get)
        if row is not None and not row.in_quarantine:
            await self._keep(row)
        return self.trouble is None

    def _look(self, connection: Connection) -> CustodyRow:
        row = custody.get(connection)
        doubt = self._doubt(connection, row)
        if row is None:
            row = custody.begin(connection, identity=token_hex(16), now=self._clock.now())
        if self._works and row.in_quarantine and is_unopened_backup(row.quarantine_reason or ""):
            return begin_quarantine(connection, row, Doubt.RESTORED, self._settings, self._clock)
        return row if doubt is None else enter_quarantine(connection, row, doubt, self._settings, self._clock)

    def _step(self, connection: Connection) -> CustodyRow | None:
        row = custody.get(connection)
        if row is None or row.in_quarantine:
            return None
        if (doubt := self._doubt(connection, row)) is not None:
            row = enter_quarantine(connection, row, doubt, self._settings, self._clock)
            log.error("the database is put into quarantine", reason=row.quarantine_reason)
            return None
        return custody.advance(connection, now=self._clock.now())

    def _doubt(self, connection: Connection, row: CustodyRow | None) -> Doubt | None:
        if row is not None and row.in_quarantine:
            return None
        alone = not self._is_shared or (self._works and not custody.somebody_works(connection))
        return doubt_about(
            None if row is None else row.known,
            self._mark,
            server=custody.server(connection),
            has_people=custody.has_people(connection),
            must_have_mark=alone,
        )


def enter_quarantine(
    connection: Connection, row: CustodyRow, doubt: Doubt, settings: Settings, clock: Clock
) -> CustodyRow:
    """Nothing is dialled from this commit on. A database that is in quarantine already stays as it is."""
    return row if row.in_quarantine else begin_quarantine(connection, row, doubt, settings, clock)


def begin_quarantine(
    connection: Connection, row: CustodyRow, doubt: Doubt, settings: Settings, clock: Clock
) -> CustodyRow:
    """From this moment on, whatever an earlier one had found: calls may have been made until now."""
    now = clock.now()
    reason = quarantined(doubt, since=row.seen_at, zone=settings.account_timezone, now=now)
    custody.save(
        connection,
        quarantined_at=now,
        quarantine_reason=reason,
        since=row.seen_at,
        found=None,
        reconciled_at=None,
        released_at=None,
        released_by=None,
    )
    after = custody.get(connection)
    assert after is not None
    return after
