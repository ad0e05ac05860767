"""The lines of an account: one row each, taken by a call and given back when it is known to be over."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, bindparam, delete, func, insert, select, update

from campaigns.rules.vocabulary import AccountId, AttemptId, CampaignId
from campaigns.store.dialects import Save
from campaigns.tables import Attempt, LineSlot

_table = LineSlot.__table__  # type: ignore[attr-defined]
_columns = _table.c
_attempts = Attempt.__table__  # type: ignore[attr-defined]
_attempt = _attempts.c

_FREE = (
    select(_columns.id)
    .where(_columns.account_id == bindparam("account"), _columns.attempt_id.is_(None), ~_columns.draining)
    .order_by(_columns.number)
    .limit(bindparam("limit"))
    .with_for_update(skip_locked=True)
)
_HOW_MANY_FREE = select(func.count()).where(
    _columns.account_id == bindparam("account"), _columns.attempt_id.is_(None), ~_columns.draining
)
_WHO_RINGS = 0x72696E67  # "ring" in ASCII: any number will do that nothing else locks
_ONE_WHO_RINGS = select(func.pg_advisory_xact_lock(_WHO_RINGS))
_SAVE = Save(_table)
_RELEASE = update(_table).where(_columns.attempt_id == bindparam("attempt")).values(attempt_id=None)
_IN_USE = (
    select(_attempt.campaign_id, func.count())
    .join_from(_table, _attempts, _attempt.id == _columns.attempt_id)
    .where(_columns.account_id == bindparam("account"))
    .group_by(_attempt.campaign_id)
)
_OVERDUE = (
    select(_columns.attempt_id)
    .join_from(_table, _attempts, _attempt.id == _columns.attempt_id)
    .where(_attempt.claimed_at <= bindparam("claimed_before"))
)
_RELEASE_OVERDUE = update(_table).where(_columns.attempt_id.in_(_OVERDUE)).values(attempt_id=None)
_OLDEST_CLAIM = select(func.min(_attempt.claimed_at)).join_from(
    _table, _attempts, _attempt.id == _columns.attempt_id
)


def resize(connection: Connection, account_id: AccountId, lines: int) -> None:
    """Make the account have that many lines: new rows at once, surplus ones when their call is over."""
    numbers = set(
        connection.execute(select(_columns.number).where(_columns.account_id == account_id)).scalars()
    )
    missing = [n for n in range(1, lines + 1) if n not in numbers]
    if missing:
        rows = [{"account_id": account_id, "number": number, "draining": False} for number in missing]
        connection.execute(insert(_table), rows)
    mine = _columns.account_id == account_id
    is_surplus = _columns.number > lines
    changed = update(_table).where(mine, _columns.draining != is_surplus)  # others may hold the rest locked
    connection.execute(changed.values(draining=is_surplus))
    connection.execute(delete(_table).where(mine, _columns.draining, _columns.attempt_id.is_(None)))


def lock(connection: Connection) -> None:
    """Until this transaction ends nobody else decides who is called.

    A campaign's call and one ordered by hand are rows of two tables, so that no index can keep both from
    ringing one number at once. SQLite has one writer, and needs no lock.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(_ONE_WHO_RINGS)


def free(connection: Connection, account_id: AccountId, *, limit: int = 500) -> Sequence[int]:
    """Ids of lines without a call, locked for this transaction where the database can."""
    return connection.execute(_FREE, {"account": account_id, "limit": limit}).scalars().all()


def how_many_free(connection: Connection, account_id: AccountId) -> int:
    """Lines without a call, also those that somebody has locked who is still to decide."""
    return connection.execute(_HOW_MANY_FREE, {"account": account_id}).scalar_one()


def take(connection: Connection, slot_id: int, *, attempt_id: AttemptId) -> None:
    _SAVE(connection, slot_id, {"attempt_id": attempt_id})


def release(connection: Connection, attempt_id: AttemptId) -> bool:
    """Whether the attempt still had a line, which is free now."""
    return connection.execute(_RELEASE, {"attempt": attempt_id}).rowcount > 0


def in_use(connection: Connection, account_id: AccountId) -> dict[CampaignId, int]:
    """Lines taken, by campaign."""
    rows = connection.execute(_IN_USE, {"account": account_id})
    return {CampaignId(campaign_id): count for campaign_id, count in rows}


def release_overdue(connection: Connection, *, claimed_before: datetime) -> int:
    """Free the lines of calls that began before that moment: they cannot last any longer."""
    return connection.execute(_RELEASE_OVERDUE, {"claimed_before": claimed_before}).rowcount


def oldest_claim(connection: Connection) -> datetime | None:
    """When the longest-running call that holds a line was claimed."""
    return connection.execute(_OLDEST_CLAIM).scalar()
