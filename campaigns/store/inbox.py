"""Webhooks as they came: stored before LiraX gets its 200, applied once afterwards."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, and_, bindparam, delete, exists, func, or_, select, text, update

from campaigns.rules.vocabulary import AccountId
from campaigns.store import erased
from campaigns.store.dialects import Save, Upsert
from campaigns.tables import Attempt, EmployeeCall, Inbox, Sms

_table = Inbox.__table__  # type: ignore[attr-defined]
_columns = _table.c
_attempt = Attempt.__table__.c  # type: ignore[attr-defined]
_sms = Sms.__table__.c  # type: ignore[attr-defined]
_by_hand = EmployeeCall.__table__.c  # type: ignore[attr-defined]
# Written out, because SQLite uses a partial index only where it sees the very words of its condition.
_WAITING = text("applied_at IS NULL AND NOT dead")
_ORPHAN = text("verdict = 'orphan'")


APPLIED, ORPHAN, IGNORED, STORED = "applied", "orphan", "ignored", "stored"
DISCARDED = "discarded"  # somebody has looked at it and threw it away
"""What became of a webhook; an orphan is kept for an id that may still become known."""

SETTLED = (APPLIED, IGNORED, STORED, DISCARDED)
"""Nothing more can come of these."""

FINISHED, DELIVERED, EVENT = "make2calls_finished", "smsDelivered", "event"
BY_HAND, RECORD = "makecall_finished", "record"
"""Webhooks that name a call or an SMS by its id alone."""


class Arrival(NamedTuple):
    """A webhook that is to be stored; `body` is what came, without the key."""

    account_id: AccountId
    cmd: str
    dedupe_key: str | None
    subject: str | None
    body: Mapping[str, str]
    received_at: datetime


class InboxRow(NamedTuple):
    id: int
    account_id: AccountId
    cmd: str
    body: Mapping[str, str]
    received_at: datetime
    tries: int
    dead: bool


_SELECT = select(*(_columns[name] for name in InboxRow._fields))
_ADD = Upsert(_table, lambda insert: insert.on_conflict_do_nothing())
_SAVE = Save(_table)
_NEXT_WAITING = (
    _SELECT.where(_WAITING).order_by(_columns.id).limit(bindparam("limit")).with_for_update(skip_locked=True)
)
_KEPT = _SELECT.where(_columns.account_id == bindparam("account"), _ORPHAN).order_by(_columns.id)
_NOT_SET_ASIDE = text("NOT dead")
_ORPHANS = _KEPT.where(_columns.cmd == bindparam("cmd"))
_ORPHANS_OF = _ORPHANS.where(_columns.subject == bindparam("subject"), _NOT_SET_ASIDE)
_PASSED_OVER = _SELECT.where(
    _columns.account_id == bindparam("account"),
    _columns.subject == bindparam("callid"),
    _columns.cmd == EVENT,
    _columns.verdict == IGNORED,
    _columns.received_at >= bindparam("since"),
).order_by(_columns.id)
_RECENT_ORPHANS = _ORPHANS.where(_columns.received_at >= bindparam("since"))
_THE_CALL = exists().where(
    _attempt.account_id == bindparam("account"), _attempt.provider_id == _columns.subject
)
_THE_SMS = exists().where(_sms.account_id == bindparam("account"), _sms.provider_id == _columns.subject)
_THE_CALL_BY_HAND = exists().where(
    _by_hand.account_id == bindparam("account"), _by_hand.provider_id == _columns.subject
)
_LATE_MATCHES = _KEPT.where(
    _NOT_SET_ASIDE,
    _columns.received_at >= bindparam("since"),
    or_(
        and_(_columns.cmd == FINISHED, _THE_CALL),
        and_(_columns.cmd.in_((FINISHED, BY_HAND)), _THE_CALL_BY_HAND),
        and_(_columns.cmd == DELIVERED, _THE_SMS),
    ),
)


def add(connection: Connection, arrivals: Sequence[Arrival]) -> None:
    """Store what is new: neither a webhook with a key seen before nor one about an erased person."""
    kept = erased.about_nobody(connection, arrivals)
    if kept:
        _ADD.run(connection, [_columns_of(arrival) for arrival in kept])


def _columns_of(arrival: Arrival) -> dict[str, Any]:
    return {**arrival._asdict(), "body": dict(arrival.body), "tries": 0, "dead": False}


def waiting(connection: Connection, *, limit: int) -> list[InboxRow]:
    """What has not been applied yet, in the order it came."""
    return [InboxRow(*row) for row in connection.execute(_NEXT_WAITING, {"limit": limit})]


def orphans(connection: Connection, account_id: AccountId, *, cmd: str, subject: str) -> list[InboxRow]:
    """Webhooks kept because nobody knew their id then, and which speak of this one."""
    rows = connection.execute(_ORPHANS_OF, {"account": account_id, "cmd": cmd, "subject": subject})
    return [InboxRow(*row) for row in rows]


def passed_over(
    connection: Connection, account_id: AccountId, *, callid: str, since: datetime
) -> list[InboxRow]:
    """Events with that call id, received from then on, which were about nothing of ours as it seemed."""
    asked = {"account": account_id, "callid": callid, "since": since}
    return [InboxRow(*row) for row in connection.execute(_PASSED_OVER, asked)]


def recent_orphans(
    connection: Connection, account_id: AccountId, *, cmd: str, since: datetime
) -> list[InboxRow]:
    """Webhooks that nobody knew the id of, received from then on; those set aside since too."""
    rows = connection.execute(_RECENT_ORPHANS, {"account": account_id, "cmd": cmd, "since": since})
    return [InboxRow(*row) for row in rows]


def late_matches(connection: Connection, account_id: AccountId, *, since: datetime) -> list[InboxRow]:
    """Orphans received from then on whose call or SMS is known by now.

    Where several may write, a webhook and the answer that brings its id can be written at once, neither
    seeing the other.
    """
    rows = connection.execute(_LATE_MATCHES, {"account": account_id, "since": since})
    return [InboxRow(*row) for row in rows]


def settle(connection: Connection, inbox_id: int, *, verdict: str, now: datetime) -> None:
    """It has been looked at: applied, orphan (kept for a later id), ignored or stored."""
    _SAVE(connection, inbox_id, {"verdict": verdict, "applied_at": now, "error": None})


def failed(connection: Connection, inbox_id: int, *, error: str, last_try: int) -> None:
    """One more try has failed; after `last_try` of them it is set aside."""
    connection.execute(
        update(_table)
        .where(_columns.id == inbox_id)
        .values(error=error[:500], tries=_columns.tries + 1, dead=_columns.tries + 1 >= last_try)
    )


def wait_again(connection: Connection, inbox_id: int) -> None:
    """Let an orphan wait like one that has just come, unless it was set aside: its call is known by now."""
    orphan = update(_table).where(_columns.id == inbox_id, _ORPHAN, _NOT_SET_ASIDE)
    connection.execute(orphan.values(applied_at=None, verdict=None))


def long_applied(connection: Connection, *, before: datetime, limit: int) -> list[int]:
    """The oldest webhooks that came before that moment and of which nothing is waited for any more."""
    newer = _columns.received_at >= before
    first_newer = connection.execute(select(_columns.id).where(newer).order_by(_columns.id).limit(1)).scalar()
    found = select(_columns.id).where(_columns.received_at < before, _columns.verdict.in_(SETTLED))
    if first_newer is not None:
        found = found.where(_columns.id < first_newer)
    return list(connection.execute(found.order_by(_columns.id).limit(limit)).scalars())


def forget(connection: Connection, *, inbox_ids: Sequence[int]) -> None:
    """Unless somebody has had one of them applied once more meanwhile."""
    connection.execute(delete(_table).where(_columns.id.in_(inbox_ids), _columns.verdict.in_(SETTLED)))


def how_many_waiting(connection: Connection) -> int:
    return connection.execute(select(func.count()).where(_WAITING).select_from(_table)).scalar_one()
