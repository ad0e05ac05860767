"""The lease of this engine: as long as it has one, it may claim and send; others may take over when it ends.

The lease is a row that lasts 15 s by the database's clock. Whoever could not renew it for 10 s, counted by a
clock that also counts time spent suspended, stops by itself: 5 s before anybody else may take over.
"""

import os
import secrets
import socket
from datetime import timedelta
from functools import partial

from sqlalchemy import Connection

from campaigns.store import workers
from engine.clock import Clock
from engine.database.port import Database, Lane

LASTS = timedelta(seconds=15)
RENEWED_EVERY = timedelta(seconds=3)
GIVEN_UP_AFTER = timedelta(seconds=10)


class Lease:
    """`alone`: the lock of the SQLite file proves that all earlier engines are dead; none is waited for."""

    def __init__(self, clock: Clock, *, alone: bool, epoch: str | None = None) -> None:
        self.epoch = epoch or new_epoch()
        self._clock = clock
        self.alone = alone
        self._renewed: float | None = None  # when the last renewal that went well was begun
        self._lapses = 0
        self._ended = False

    def is_held(self) -> bool:
        """Whether this engine may claim and send; asked from any thread."""
        renewed = self._renewed
        if renewed is None or self._ended:
            return False
        return self._clock.elapsed() - renewed < GIVEN_UP_AFTER.total_seconds()

    @property
    def term(self) -> str | None:
        """A word for the time the lease has been held without a break; None while it is not."""
        return f"{self.epoch}/{self._lapses}" if self.is_held() else None

    async def keep(self, database: Database) -> None:
        """Renew it if that is due, or begin anew after others have taken over. Raises DatabaseTrouble."""
        begun = self._clock.elapsed()
        was_held = self.is_held()
        if was_held and self._renewed is not None and begun - self._renewed < RENEWED_EVERY.total_seconds():
            return
        epoch = await database.write(partial(self._write, new_epoch()), lane=Lane.PLACEMENT)
        if not was_held:
            self._lapses += 1
        self.epoch, self._renewed = epoch, begun

    async def end(self, database: Database) -> None:
        """Nothing is claimed or sent from now on, and others may go on with what we have left at once."""
        was_held, self._ended = self.is_held(), True
        if was_held:
            await database.write(partial(self._say_goodbye, self.epoch))

    def _write(self, fresh: str, connection: Connection) -> str:
        """The epoch under which we have a lease: ours while nobody has taken over, else the `fresh` one."""
        now = workers.clock(connection, self._clock.now())
        if workers.renew(connection, self.epoch, now=now, lasts=LASTS):
            return self.epoch
        is_new = self._renewed is None and not workers.is_known(connection, self.epoch)
        epoch = self.epoch if is_new else fresh
        workers.begin(connection, epoch, name=_name(), now=now, lasts=LASTS)
        if self.alone:
            workers.end_others(connection, epoch, now=now)
        return epoch

    def _say_goodbye(self, epoch: str, connection: Connection) -> None:
        workers.end(connection, epoch, now=workers.clock(connection, self._clock.now()))


def new_epoch() -> str:
    return secrets.token_hex(8)


def _name() -> str:
    return f"{socket.gethostname()}:{os.getpid()}"
