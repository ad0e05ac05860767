"""Calls that a person ordered by hand: from an employee to a number, or a try of a campaign's own call."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, bindparam, func, or_, select, text, true

from campaigns.rules.call_ids import plain
from campaigns.rules.vocabulary import (
    OPEN_EMPLOYEE_CALLS,
    AccountId,
    CampaignId,
    EmployeeCallId,
    EmployeeCallState,
)
from campaigns.store.dialects import Save, insert_one
from campaigns.tables import EmployeeCall

_table = EmployeeCall.__table__  # type: ignore[attr-defined]
_columns = _table.c
LONGEST = timedelta(days=2)  # that a call by hand may be open: DZVIN_UNKNOWN_AFTER and the waits before it
# Written out, because SQLite uses a partial index only where it sees the very words of its condition.
_MAY_RING = text("state IN ('placing','placed','answered','unknown')")
_OPEN = _columns.state.in_(sorted(OPEN_EMPLOYEE_CALLS))


class EmployeeCallRow(NamedTuple):
    """`campaign_id` is set for a try of a campaign's own call."""

    id: EmployeeCallId
    account_id: AccountId
    campaign_id: CampaignId | None
    ext: str
    phone: str
    state: EmployeeCallState
    provider_id: str | None
    call_id: str | None
    callid: str | None
    requested_by: str
    created_at: datetime
    deadline: datetime
    answered_at: datetime | None
    ended_at: datetime | None
    result: str | None
    duration: int | None
    keys: Sequence[Any] | None
    recording: str | None
    detail: str | None

    @property
    def is_try(self) -> bool:
        return self.campaign_id is not None


_SELECT = select(*(_columns[name] for name in EmployeeCallRow._fields))
_OF_ACCOUNT = _SELECT.where(_columns.account_id == bindparam("account"))
_SAVE = Save(_table)
_PEEK = _SELECT.where(_columns.id == bindparam("id"))
_GET = _PEEK.with_for_update()
_WITH_PROVIDER_ID = _OF_ACCOUNT.where(_columns.provider_id == bindparam("provider_id")).with_for_update()
_WITH_CALLID = (
    _OF_ACCOUNT.where(
        or_(_columns.callid_plain == bindparam("plain"), _columns.call_id == bindparam("callid"))
    )
    .order_by((_columns.callid == bindparam("callid")).desc(), _columns.id.desc())
    .limit(1)
    .with_for_update()
)
_AWAITING_EVENT = (
    _OF_ACCOUNT.where(
        _columns.phone == bindparam("phone"),
        _MAY_RING,
        _columns.ext == bindparam("ext"),
        _columns.callid.is_(None),
        _columns.deadline > bindparam("now"),
    )
    .order_by(_columns.id.desc())
    .limit(1)
    .with_for_update()
)
_RINGING = select(_columns.phone, func.max(_columns.deadline)).where(
    _columns.phone.in_(bindparam("phones", expanding=True)), _MAY_RING, _columns.deadline > bindparam("now")
)
_ENDS = select(_columns.phone, func.max(_columns.ended_at)).where(
    _columns.created_at > bindparam("created_since"),
    _columns.ended_at > bindparam("since"),
    _columns.phone.in_(bindparam("phones", expanding=True)),
    _columns.state != EmployeeCallState.FAILED.value,
)
_LAST_ENDS = _ENDS.group_by(_columns.phone)
_LAST_ENDS_BESIDES_TRIES = _ENDS.where(_columns.campaign_id.is_(None)).group_by(_columns.phone)
_NAMELESS = select(func.count()).where(
    _columns.account_id == bindparam("account"),
    _columns.campaign_id.is_not(None),
    _columns.provider_id.is_(None),
    _MAY_RING,
    _columns.deadline > bindparam("now"),
)
_HOW_MANY_OPEN = select(func.count()).where(
    _columns.account_id == bindparam("account"), _MAY_RING, _OPEN, _columns.deadline > bindparam("now")
)
_OVERDUE = (
    _SELECT.where(_MAY_RING, _OPEN, _columns.deadline <= bindparam("now"))
    .order_by(_columns.id)
    .with_for_update(skip_locked=True)
)
_NEXT_DEADLINE = select(func.min(_columns.deadline)).where(_MAY_RING, _OPEN)


def add(connection: Connection, **values: Any) -> EmployeeCallId:
    state = EmployeeCallState.PLACING.value
    return EmployeeCallId(insert_one(connection, _table, {"state": state, **values}))


def get(connection: Connection, call_id: EmployeeCallId) -> EmployeeCallRow | None:
    """The call, locked until the transaction ends where several may write."""
    return _one(connection, _GET, id=call_id)


def peek(connection: Connection, call_id: EmployeeCallId) -> EmployeeCallRow | None:
    return _one(connection, _PEEK, id=call_id)


def save(connection: Connection, id_: EmployeeCallId, /, **values: Any) -> None:
    if values.get("callid"):
        values["callid_plain"] = plain(values["callid"])
    _SAVE(connection, id_, values)


def with_provider_id(
    connection: Connection, account_id: AccountId, provider_id: str, *, tries: bool
) -> EmployeeCallRow | None:
    """By id_make2calls where `tries`, else by id_makecall: the two are no one family of ids."""
    rows = connection.execute(_WITH_PROVIDER_ID, {"account": account_id, "provider_id": provider_id})
    found = (_row(row) for row in rows)
    return next((row for row in found if row.is_try is tries), None)


def with_callid(connection: Connection, account_id: AccountId, callid: str) -> EmployeeCallRow | None:
    """The call of that id, told by an event or by makecall_finished; dashes are ignored."""
    return _one(connection, _WITH_CALLID, account=account_id, callid=callid, plain=plain(callid))


def awaiting_event(
    connection: Connection, account_id: AccountId, phone: str, *, ext: str, now: datetime
) -> EmployeeCallRow | None:
    """The newest call from that extension to that number of which no event has told yet."""
    return _one(connection, _AWAITING_EVENT, account=account_id, phone=phone, ext=ext, now=now)


def ringing(connection: Connection, phones: Sequence[str], *, now: datetime) -> dict[str, datetime]:
    """Of these numbers those that may be in a call ordered by hand, and until when at most."""
    rows = connection.execute(_RINGING.group_by(_columns.phone), {"phones": phones, "now": now})
    return {row[0]: row[1] for row in rows}


def last_ends(
    connection: Connection, phones: Sequence[str], *, since: datetime, besides_tries: bool = False
) -> dict[str, datetime]:
    """When the last call by hand to each of these numbers ended, where that is after `since`."""
    query = _LAST_ENDS_BESIDES_TRIES if besides_tries else _LAST_ENDS
    asked = {"phones": phones, "since": since, "created_since": since - LONGEST}
    return {row[0]: row[1] for row in connection.execute(query, asked)}


def any_try_without_id(connection: Connection, account_id: AccountId, *, now: datetime) -> bool:
    """Whether a finished webhook of unknown id may be about a try of a campaign."""
    return connection.execute(_NAMELESS, {"account": account_id, "now": now}).scalar_one() > 0


def how_many_open(connection: Connection, account_id: AccountId, *, now: datetime) -> int:
    """Calls by hand of the account that may be going on."""
    return connection.execute(_HOW_MANY_OPEN, {"account": account_id, "now": now}).scalar_one()


def overdue(connection: Connection, *, now: datetime) -> list[EmployeeCallRow]:
    return [_row(row) for row in connection.execute(_OVERDUE, {"now": now})]


def next_deadline(connection: Connection) -> datetime | None:
    return connection.execute(_NEXT_DEADLINE).scalar()


def latest(
    connection: Connection,
    *,
    account_id: AccountId | None = None,
    campaign_id: CampaignId | None = None,
    limit: int = 10,
) -> list[EmployeeCallRow]:
    """The newest first: an account's calls of employees, or the tries of a campaign."""
    where: ColumnElement[bool] = true()
    if account_id is not None:
        where = (_columns.account_id == account_id) & _columns.campaign_id.is_(None)
    if campaign_id is not None:
        where = _columns.campaign_id == campaign_id
    query = _SELECT.where(where).order_by(_columns.id.desc()).limit(limit)
    return [_row(row) for row in connection.execute(query)]


def _one(connection: Connection, query: Any, **values: Any) -> EmployeeCallRow | None:
    row = connection.execute(query, values).first()
    return None if row is None else _row(row)


def _row(row: Any) -> EmployeeCallRow:
    found = EmployeeCallRow(*row)
    return found._replace(state=EmployeeCallState(found.state))
