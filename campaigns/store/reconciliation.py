"""What has to be looked for in call history, what else is known of those numbers, and how history answers."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import Connection, func, select, text, update

from campaigns.rules.vocabulary import AccountId, AttemptId, AttemptState
from campaigns.store import attempts
from campaigns.store.attempts import AttemptRow
from campaigns.store.dialects import upsert
from campaigns.tables import Account, Attempt, Campaign, EmployeeCall, HistoryHealth

_account = Account.__table__.c  # type: ignore[attr-defined]
_table = Attempt.__table__  # type: ignore[attr-defined]
_columns = _table.c
_campaign = Campaign.__table__.c  # type: ignore[attr-defined]
_by_hand = EmployeeCall.__table__.c  # type: ignore[attr-defined]
_health = HistoryHealth.__table__  # type: ignore[attr-defined]
# Written out, because SQLite uses a partial index only where it sees the very words of its condition.
_OPEN = text("state IN ('placing','ambiguous','placed')")
_GIVEN_UP = text("state IN ('unplaced','unknown') AND placed_at IS NOT NULL")
_requested_at = func.coalesce(_columns.placed_at, _columns.claimed_at)
MOST = 1000  # calls looked for at once; the newest of more


class HealthRow(NamedTuple):
    """How an account's history has answered."""

    skew_seconds: float | None
    skew_within_seconds: float | None
    clock_set_after: int | None
    healthy_at: datetime | None
    trouble: str | None
    trouble_since: datetime | None
    asked_at: datetime | None
    compared_at: datetime | None


class ByHand(NamedTuple):
    """A call that a person ordered, which leaves a row in history too."""

    id: int
    phone: str
    callid_plain: str | None
    created_at: datetime
    answered_at: datetime | None
    ended_at: datetime | None


def unclear(connection: Connection, account_id: AccountId, *, requested_by: datetime) -> list[AttemptRow]:
    """Open calls of which nobody knows whether they were placed, or whose request left by that moment."""
    overdue = (_columns.state == AttemptState.PLACED.value) & (_requested_at <= requested_by)
    nobody_knows = _columns.state == AttemptState.AMBIGUOUS.value
    return attempts.where(
        connection, _OPEN, _columns.account_id == account_id, nobody_knows | overdue, newest=MOST
    )


def oldest_request(connection: Connection, account_id: AccountId, *, after: datetime) -> datetime | None:
    """When the oldest request after that moment left whose call is open."""
    return connection.execute(
        select(func.min(_requested_at)).where(
            _OPEN,
            _columns.account_id == account_id,
            _columns.state == AttemptState.PLACED.value,
            _requested_at > after,
        )
    ).scalar()


def given_up(connection: Connection, account_id: AccountId, *, since: datetime) -> list[AttemptRow]:
    """Calls given up from then on that may have rung all the same, and that history has not shown."""
    return attempts.where(
        connection,
        _GIVEN_UP,
        _columns.account_id == account_id,
        _columns.ended_at >= since,
        _columns.history_at.is_(None),
        newest=MOST,
    )


def to_numbers(
    connection: Connection, account_id: AccountId, phones: Sequence[str], *, since: datetime
) -> list[AttemptRow]:
    """All calls to these numbers whose request left from then on."""
    return attempts.where(
        connection,
        _columns.phone.in_(phones),
        _columns.account_id == account_id,
        _columns.claimed_at >= since,
        newest=10 * MOST,
    )


def claimed_between(
    connection: Connection, account_id: AccountId, *, since: datetime, until: datetime, newest: int
) -> list[AttemptRow]:
    """The newest calls of the account that were claimed in that time, in whatever state."""
    campaigns = select(_campaign.id).where(_campaign.account_id == account_id)
    return attempts.where(
        connection,
        _columns.campaign_id.in_(campaigns),  # the index is on campaign and time
        _columns.claimed_at >= since,
        _columns.claimed_at <= until,
        newest=newest,
    )


def by_hand_between(
    connection: Connection, account_id: AccountId, *, since: datetime, until: datetime
) -> list[ByHand]:
    rows = connection.execute(
        select(*(_by_hand[name] for name in ByHand._fields))
        .where(_by_hand.account_id == account_id, _by_hand.created_at >= since, _by_hand.created_at <= until)
        .order_by(_by_hand.id.desc())
        .limit(MOST)
    )
    return [ByHand(*row) for row in rows]


def looked_for(
    connection: Connection, attempt_ids: Sequence[AttemptId], *, at: datetime, **more: Any
) -> None:
    """History was asked for these calls."""
    for start in range(0, len(attempt_ids), 500):
        some = attempt_ids[start : start + 500]
        connection.execute(update(_table).where(_columns.id.in_(some)).values(history_asked_at=at, **more))


def health(connection: Connection, account_id: AccountId) -> HealthRow | None:
    """None while history was never asked."""
    columns = [_health.c[name] for name in HealthRow._fields]
    row = connection.execute(select(*columns).where(_health.c.account_id == account_id)).first()
    return None if row is None else HealthRow(*row)


def save_health(connection: Connection, account_id: AccountId, **values: Any) -> None:
    query = upsert(connection, _health).values(account_id=account_id, **values)
    connection.execute(query.on_conflict_do_update(index_elements=["account_id"], set_=values))


def our_clock_was_set(connection: Connection, by: timedelta, *, for_all: bool, unlearned: timedelta) -> None:
    """What is known of LiraX's clock moves along; not `for_all` engines' clocks, and it is widened."""
    newest = connection.execute(select(func.max(_columns.id))).scalar() or 0
    for account_id in connection.execute(select(_account.id)).scalars().all():
        row = health(connection, account_id)
        middle, within = 0.0, unlearned.total_seconds()
        if row is not None and row.skew_seconds is not None:
            middle, within = row.skew_seconds, row.skew_within_seconds or 0.0
        seconds = by.total_seconds()
        if for_all:
            middle -= seconds
        else:
            middle, within = middle - seconds / 2, within + abs(seconds) / 2
        save_health(
            connection, account_id, skew_seconds=middle, skew_within_seconds=within, clock_set_after=newest
        )


def turn_to_ask(
    connection: Connection, account_id: AccountId, *, seen: HealthRow | None, at: datetime
) -> bool:
    """Whether it is ours to ask now: of several engines that saw the same, one."""
    if seen is None:
        query = upsert(connection, _health).values(account_id=account_id, asked_at=at)
        query = query.on_conflict_do_nothing(index_elements=["account_id"])
        return bool(connection.execute(query).rowcount)
    unchanged = _health.c.asked_at.is_not_distinct_from(seen.asked_at)
    query = update(_health).where(_health.c.account_id == account_id, unchanged).values(asked_at=at)
    return bool(connection.execute(query).rowcount)


def trouble_of(connection: Connection, account_id: AccountId, *, at: datetime, trouble: str) -> None:
    """History failed, or cannot be believed."""
    row = health(connection, account_id)
    since = at if row is None or row.trouble is None else row.trouble_since
    save_health(connection, account_id, trouble=trouble[:500], trouble_since=since)


class AccountHealth(NamedTuple):
    account_id: int
    healthy_at: datetime | None
    trouble: str | None
    trouble_since: datetime | None


def all_health(connection: Connection) -> list[AccountHealth]:
    rows = connection.execute(select(*(_health.c[name] for name in AccountHealth._fields)))
    return [AccountHealth(*row) for row in rows]
