"""The lines of an account: one row each, taken by a call and given back when it is known to be over."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, delete, func, insert, select, update

from campaigns.rules.vocabulary import AccountId, AttemptId, CampaignId
from campaigns.tables import Attempt, LineSlot

_table = LineSlot.__table__  # type: ignore[attr-defined]
_columns = _table.c
_attempt = Attempt.__table__.c  # type: ignore[attr-defined]


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
    connection.execute(update(_table).where(mine).values(draining=_columns.number > lines))
    connection.execute(delete(_table).where(mine, _columns.draining, _columns.attempt_id.is_(None)))


def free(connection: Connection, account_id: AccountId, *, limit: int = 500) -> Sequence[int]:
    """Ids of lines without a call, locked for this transaction where the database can."""
    return (
        connection.execute(
            select(_columns.id)
            .where(_columns.account_id == account_id, _columns.attempt_id.is_(None), ~_columns.draining)
            .order_by(_columns.number)
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
        .scalars()
        .all()
    )


def take(connection: Connection, slot_id: int, *, attempt_id: AttemptId) -> None:
    connection.execute(update(_table).where(_columns.id == slot_id).values(attempt_id=attempt_id))


def release(connection: Connection, attempt_id: AttemptId) -> bool:
    """Whether the attempt still had a line, which is free now."""
    freed = connection.execute(
        update(_table).where(_columns.attempt_id == attempt_id).values(attempt_id=None)
    ).rowcount
    return freed > 0


def in_use(connection: Connection, account_id: AccountId) -> dict[CampaignId, int]:
    """Lines taken, by campaign."""
    rows = connection.execute(
        select(_attempt.campaign_id, func.count())
        .join_from(_table, Attempt.__table__, _attempt.id == _columns.attempt_id)  # type: ignore[attr-defined]
        .where(_columns.account_id == account_id)
        .group_by(_attempt.campaign_id)
    )
    return {CampaignId(campaign_id): count for campaign_id, count in rows}


def release_overdue(connection: Connection, *, claimed_before: datetime) -> int:
    """Free the lines of calls that began before that moment: they cannot last any longer."""
    overdue = (
        select(_columns.attempt_id)
        .join_from(_table, Attempt.__table__, _attempt.id == _columns.attempt_id)  # type: ignore[attr-defined]
        .where(_attempt.claimed_at <= claimed_before)
    )
    return connection.execute(
        update(_table).where(_columns.attempt_id.in_(overdue)).values(attempt_id=None)
    ).rowcount


def oldest_claim(connection: Connection) -> datetime | None:
    """When the longest-running call that holds a line was claimed."""
    return connection.execute(
        select(func.min(_attempt.claimed_at)).join_from(
            _table,
            Attempt.__table__,  # type: ignore[attr-defined]
            _attempt.id == _columns.attempt_id,
        )
    ).scalar()
