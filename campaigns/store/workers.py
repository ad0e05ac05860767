"""Workers: each run of an engine, and until when it may act, by the clock of the database."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import Connection, bindparam, delete, exists, func, insert, select, text, update

from campaigns.rules.vocabulary import AttemptState
from campaigns.tables import Attempt, Worker

_table = Worker.__table__  # type: ignore[attr-defined]
_columns = _table.c
_attempt = Attempt.__table__.c  # type: ignore[attr-defined]

CLOCK = "dzvin_clock"  # the execution option: a function that tells the time
_CLOCK = select(func.clock_timestamp())
_AT_WORK = _columns.ended_at.is_(None)
_THIS = _columns.epoch == bindparam("of_epoch")
_OTHERS = _columns.epoch != bindparam("besides")
_IS_PLACING = exists().where(
    _attempt.epoch == _columns.epoch,
    _attempt.state == AttemptState.PLACING.value,
    text("attempt.state IN ('placing','ambiguous','placed')"),  # the words of an index
)
_RENEW = update(_table).where(_THIS, _AT_WORK)
_END = update(_table).where(_THIS, _AT_WORK)
_END_OTHERS = update(_table).where(_OTHERS, _AT_WORK)
_END_EXPIRED = _END_OTHERS.where(_columns.expires_at <= bindparam("expired_at"))
_NEXT_EXPIRY = select(func.min(_columns.expires_at)).where(_OTHERS, _AT_WORK, _IS_PLACING)
_EVERY = select(_columns.epoch, _columns.started_at, _columns.renewed_at, _columns.expires_at).where(_AT_WORK)


class WorkerRow(NamedTuple):
    """An engine that has not ended; `silent_for` is the time since it last renewed its lease."""

    epoch: str
    started_at: datetime
    silent_for: timedelta
    has_lease: bool


def clock(connection: Connection, now: datetime) -> datetime:
    """The clock that all engines of a database go by: PostgreSQL's own; on SQLite the house's, `now`.

    Who opened the database may have given it another, as the execution option `CLOCK`.
    """
    own: Callable[[], datetime] | None = connection.get_execution_options().get(CLOCK)
    if own is not None:
        return own()
    if connection.dialect.name == "sqlite":
        return now
    told: datetime = connection.execute(_CLOCK).scalar_one()
    return told


def begin(connection: Connection, epoch: str, *, name: str, now: datetime, lasts: timedelta) -> None:
    """A new engine, with its first lease; `now` is what `clock` told."""
    row = {"epoch": epoch, "name": name, "started_at": now, "renewed_at": now, "expires_at": now + lasts}
    connection.execute(insert(_table), row)


def renew(connection: Connection, epoch: str, *, now: datetime, lasts: timedelta) -> bool:
    """Whether the engine has its lease again; False when it never began, or others have taken over."""
    renewed = {"renewed_at": now, "expires_at": now + lasts}
    return connection.execute(_RENEW.values(**renewed), {"of_epoch": epoch}).rowcount == 1


def take_jump(connection: Connection, epoch: str, number: int) -> bool:
    """Whether moments have still to be moved along with that jump: a commit told as failed may have been."""
    known = update(_table).where(_THIS, _columns.jumps_taken < number).values(jumps_taken=number)
    taken = connection.execute(known, {"of_epoch": epoch}).rowcount == 1
    return taken or not is_known(connection, epoch)


def is_known(connection: Connection, epoch: str) -> bool:
    """Whether there was ever an engine of that epoch."""
    return connection.execute(select(_columns.epoch).where(_THIS), {"of_epoch": epoch}).first() is not None


def has_lease(connection: Connection, epoch: str, *, now: datetime) -> bool:
    """Whether the engine of that epoch is at work."""
    found = select(_columns.epoch).where(_THIS, _AT_WORK, _columns.expires_at > now)
    return connection.execute(found, {"of_epoch": epoch}).first() is not None


def others(connection: Connection, *, besides: str, now: datetime) -> int:
    """How many further engines are at work."""
    found = select(func.count()).where(_OTHERS, _AT_WORK, _columns.expires_at > now)
    return connection.execute(found, {"besides": besides}).scalar_one()


def end(connection: Connection, epoch: str, *, now: datetime) -> None:
    """The engine says goodbye: nobody has to wait for its lease."""
    connection.execute(_END.values(ended_at=now), {"of_epoch": epoch})


def end_others(connection: Connection, epoch: str, *, now: datetime) -> None:
    """Take over from all others, which are known to be dead."""
    connection.execute(_END_OTHERS.values(ended_at=now), {"besides": epoch})


def end_expired(connection: Connection, *, besides: str, now: datetime) -> int:
    """Take over from those whose lease has ended; how many they were. They find out when they renew."""
    expired = {"besides": besides, "expired_at": now}
    return connection.execute(_END_EXPIRED.values(ended_at=now), expired).rowcount


def next_expiry(connection: Connection, *, besides: str) -> datetime | None:
    """When the lease of another engine ends that is placing a call; None where none is."""
    found: datetime | None = connection.execute(_NEXT_EXPIRY, {"besides": besides}).scalar()
    return found


def at_work(connection: Connection, *, now: datetime) -> Sequence[WorkerRow]:
    """Engines that have not ended, the first to begin first."""
    rows = connection.execute(_EVERY.order_by(_columns.started_at, _columns.epoch))
    return [
        WorkerRow(row.epoch, row.started_at, now - row.renewed_at, has_lease=row.expires_at > now)
        for row in rows
    ]


def forget_ended(connection: Connection, *, now: datetime, after: timedelta) -> None:
    """Engines that ended so long ago."""
    connection.execute(delete(_table).where(_columns.ended_at < clock(connection, now) - after))
