"""Calls that `event` tells of beside those we ordered: people who call us, further legs of our calls."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, bindparam, delete, exists, select

from campaigns.rules.call_ids import plain
from campaigns.rules.vocabulary import AccountId, AttemptId, CampaignId
from campaigns.store.dialects import Save, insert_one
from campaigns.tables import Campaign, HeardCall, Recipient

_table = HeardCall.__table__  # type: ignore[attr-defined]
_columns = _table.c
_recipient = Recipient.__table__.c  # type: ignore[attr-defined]
_campaign = Campaign.__table__.c  # type: ignore[attr-defined]


class HeardRow(NamedTuple):
    id: int
    account_id: AccountId
    callid: str
    direction: str
    phone: str
    attempt_id: AttemptId | None
    ext: str | None
    status: str | None
    heard_at: datetime
    answered_at: datetime | None
    ended_at: datetime | None
    duration: int | None
    recording: str | None
    utm: Mapping[str, str] | None


_SELECT = select(*(_columns[name] for name in HeardRow._fields))
_SAVE = Save(_table)
_GET = _SELECT.where(_columns.id == bindparam("id"))
_WITH_CALLID = (
    _SELECT.where(
        _columns.account_id == bindparam("account"),
        _columns.callid_plain == bindparam("plain"),
    )
    .order_by((_columns.callid == bindparam("callid")).desc(), _columns.id)
    .limit(1)
    .with_for_update()
)
_FROM = (
    _SELECT.where(_columns.phone == bindparam("phone"), _columns.account_id == bindparam("account"))
    .where(_columns.attempt_id.is_(None))
    .order_by(_columns.heard_at.desc())
    .limit(bindparam("limit"))
)
_LEGS = _SELECT.where(_columns.attempt_id == bindparam("attempt")).order_by(_columns.id)
_IS_KNOWN = select(
    exists().where(
        _recipient.phone == bindparam("phone"),
        _recipient.campaign_id == _campaign.id,
        _campaign.account_id == bindparam("account"),
    )
)


def add(connection: Connection, **values: Any) -> int:
    """The id of the new row."""
    return insert_one(connection, _table, {**values, "callid_plain": plain(values["callid"])})


def get(connection: Connection, heard_id: int) -> HeardRow | None:
    row = connection.execute(_GET, {"id": heard_id}).first()
    return None if row is None else HeardRow(*row)


def save(connection: Connection, heard_id: int, **values: Any) -> None:
    _SAVE(connection, heard_id, values)


def forget(connection: Connection, heard_id: int) -> None:
    """It was no call of its own."""
    connection.execute(delete(_table).where(_columns.id == heard_id))


def with_callid(connection: Connection, account_id: AccountId, callid: str) -> HeardRow | None:
    """The call of that id; where there is none, the one whose id differs in dashes only."""
    asked = {"account": account_id, "callid": callid, "plain": plain(callid)}
    row = connection.execute(_WITH_CALLID, asked).first()
    return None if row is None else HeardRow(*row)


def from_person(
    connection: Connection, account_id: AccountId, phone: str, *, limit: int = 20
) -> Sequence[HeardRow]:
    """The latest calls that this number made to us, the newest first."""
    asked = {"account": account_id, "phone": phone, "limit": limit}
    return [HeardRow(*row) for row in connection.execute(_FROM, asked)]


def legs_of(connection: Connection, attempt_id: AttemptId) -> Sequence[HeardRow]:
    """The further legs of a call of ours, in the order they were heard."""
    return [HeardRow(*row) for row in connection.execute(_LEGS, {"attempt": attempt_id})]


def is_in_a_campaign(connection: Connection, account_id: AccountId, phone: str) -> bool:
    """Whether the number stands in any campaign of the account; others' calls are none of ours."""
    return bool(connection.execute(_IS_KNOWN, {"account": account_id, "phone": phone}).scalar())


def since(
    connection: Connection, campaign_id: CampaignId, *, moment: datetime, limit: int
) -> Sequence[HeardRow]:
    """The latest calls back from people of a campaign, from that moment on, the newest first."""
    of_campaign = exists().where(
        _recipient.phone == _columns.phone, _recipient.campaign_id == bindparam("campaign")
    )
    query = (
        _SELECT.where(_columns.attempt_id.is_(None), _columns.heard_at >= bindparam("moment"), of_campaign)
        .order_by(_columns.heard_at.desc())
        .limit(bindparam("limit"))
    )
    asked = {"campaign": campaign_id, "moment": moment, "limit": limit}
    return [HeardRow(*row) for row in connection.execute(query, asked)]
