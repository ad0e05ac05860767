"""Attempts: one row a call, written before its request leaves."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, bindparam, exists, func, select, text

from campaigns.rules.call_ids import plain
from campaigns.rules.confluence import Report
from campaigns.rules.evidence import Evidence
from campaigns.rules.policy import KeyPress
from campaigns.rules.vocabulary import (
    AccountId,
    AttemptId,
    AttemptState,
    CallResult,
    CampaignId,
    RecipientId,
)
from campaigns.store.dialects import Save, Upsert
from campaigns.store.pressed import event_keys_of, presses_of
from campaigns.tables import Attempt, Campaign, Worker

_table = Attempt.__table__  # type: ignore[attr-defined]
_columns = _table.c
_campaign = Campaign.__table__.c  # type: ignore[attr-defined]
_worker = Worker.__table__.c  # type: ignore[attr-defined]
_OPEN = text("state IN ('placing','ambiguous','placed')")
_GIVEN_UP = text("state IN ('unplaced','unknown') AND placed_at IS NOT NULL")
NEVER_RANG = (AttemptState.UNPLACED.value, AttemptState.REJECTED.value)


@dataclass(frozen=True)
class AttemptRow:
    id: AttemptId
    account_id: AccountId
    campaign_id: CampaignId
    recipient_id: RecipientId
    number: int
    phone: str
    state: AttemptState
    result: CallResult | None
    provider_id: str | None
    callid: str | None
    epoch: str
    claimed_at: datetime
    deadline: datetime
    placed_at: datetime | None
    ended_at: datetime | None
    evidence: Evidence
    keys: tuple[KeyPress, ...]
    finished_keys: Report | None
    event_keys: tuple[Report, ...]
    fired: tuple[int, ...]
    answered_at: datetime | None
    agent: str | None
    recording: str | None
    utm: Mapping[str, str] | None
    abandoned: bool
    detail: str | None
    finished_heard_at: datetime | None
    event_heard_at: datetime | None
    history_at: datetime | None
    history_id: str | None
    history_asked_at: datetime | None
    absent_at: datetime | None

    @property
    def requested_at(self) -> datetime:
        """When its request left, or may have left."""
        return self.placed_at or self.claimed_at

    @property
    def may_have_left(self) -> bool:
        """Whether a request for it may have reached LiraX; without one no evidence can be about it."""
        return self.placed_at is not None


_SELECT = select(
    _columns.id,
    _columns.account_id,
    _columns.campaign_id,
    _columns.recipient_id,
    _columns.number,
    _columns.phone,
    _columns.state,
    _columns.result,
    _columns.provider_id,
    _columns.callid,
    _columns.epoch,
    _columns.claimed_at,
    _columns.deadline,
    _columns.placed_at,
    _columns.ended_at,
    _columns.success,
    _columns.duration_success,
    _columns.event_status,
    _columns.duration,
    _columns["keys"],
    _columns.finished_keys,
    _columns.event_keys,
    _columns.fired,
    _columns.answered_at,
    _columns.agent,
    _columns.recording,
    _columns.utm,
    _columns.abandoned,
    _columns.detail,
    _columns.finished_heard_at,
    _columns.event_heard_at,
    _columns.history_at,
    _columns.history_id,
    _columns.history_connected,
    _columns.history_duration,
    _columns.history_asked_at,
    _columns.absent_at,
)


_ADD = Upsert(_table, lambda insert: insert.on_conflict_do_nothing().returning(_columns.id))
_SAVE = Save(_table)
_PEEK = _SELECT.where(_columns.id == bindparam("id"))
_GET = _PEEK.with_for_update()
_OF_ACCOUNT = _SELECT.where(_columns.account_id == bindparam("account"))
_WITH_PROVIDER_ID = _OF_ACCOUNT.where(_columns.provider_id == bindparam("provider_id")).with_for_update()
_WITH_CALLID = (
    _OF_ACCOUNT.where(_columns.callid_plain == bindparam("plain"))
    .order_by((_columns.callid == bindparam("callid")).desc(), _columns.id)
    .limit(1)
    .with_for_update()
)
_WITH_HISTORY_ID = (
    _OF_ACCOUNT.where(
        _columns.phone == bindparam("phone"),
        func.replace(_columns.history_id, "-", "") == bindparam("plain"),
    )
    .order_by(_columns.id)
    .limit(1)
    .with_for_update()
)
_LATEST_TO = (
    _OF_ACCOUNT.where(_columns.phone == bindparam("phone"))
    .order_by(_columns.id.desc())
    .limit(1)
    .with_for_update()
)
_LATEST_OF = _SELECT.where(_columns.recipient_id == bindparam("recipient")).order_by(_columns.number.desc())
_WITHOUT_ID = _OF_ACCOUNT.where(_columns.provider_id.is_(None), _OPEN).order_by(_columns.id).with_for_update()
_OVERDUE = (
    _SELECT.where(_columns.deadline <= bindparam("now"), _OPEN)
    .order_by(_columns.deadline, _columns.id)
    .limit(bindparam("limit"))
    .with_for_update(skip_locked=True)
)
_NEXT_DEADLINE = select(func.min(_columns.deadline)).where(_OPEN)
_WORKER_IS_AT_WORK = exists().where(_worker.epoch == _columns.epoch, _worker.ended_at.is_(None))
_LEFT_PLACING = _SELECT.where(
    _columns.state == AttemptState.PLACING.value,
    _OPEN,
    _columns.epoch != bindparam("epoch"),
    ~_WORKER_IS_AT_WORK,
).with_for_update(skip_locked=True)
_THESE_PHONES = _columns.phone.in_(bindparam("phones", expanding=True))
_NUMBERS_OPEN = (
    select(_columns.phone, func.max(_columns.deadline)).where(_THESE_PHONES, _OPEN).group_by(_columns.phone)
)


def _row(row: Row[*tuple[Any, ...]]) -> AttemptRow:
    duration = None if row.duration is None else timedelta(seconds=row.duration)
    talked = None if row.history_duration is None else timedelta(seconds=row.history_duration)
    return AttemptRow(
        id=row.id,
        account_id=row.account_id,
        campaign_id=row.campaign_id,
        recipient_id=row.recipient_id,
        number=row.number,
        phone=row.phone,
        state=AttemptState(row.state),
        result=CallResult(row.result) if row.result else None,
        provider_id=row.provider_id,
        callid=row.callid,
        epoch=row.epoch,
        claimed_at=row.claimed_at,
        deadline=row.deadline,
        placed_at=row.placed_at,
        ended_at=row.ended_at,
        evidence=Evidence(
            row.success,
            row.duration_success,
            row.event_status,
            duration,
            picked_up=row.answered_at is not None,
            connected=row.history_connected,
            talked=talked,
        ),
        keys=presses_of(row.keys),
        finished_keys=None if row.finished_keys is None else presses_of(row.finished_keys),
        event_keys=event_keys_of(row),
        fired=tuple(row.fired or ()),
        answered_at=row.answered_at,
        agent=row.agent,
        recording=row.recording,
        utm=row.utm,
        abandoned=row.abandoned,
        detail=row.detail,
        finished_heard_at=row.finished_heard_at,
        event_heard_at=row.event_heard_at,
        history_at=row.history_at,
        history_id=row.history_id,
        history_asked_at=row.history_asked_at,
        absent_at=row.absent_at,
    )


def add(connection: Connection, **values: Any) -> AttemptId | None:
    """The new attempt, or None when another call to this number is open on this account."""
    return _ADD.run(connection, {"state": AttemptState.PLACING.value, **values}).scalar()


def get(connection: Connection, attempt_id: AttemptId) -> AttemptRow | None:
    """The attempt, locked until the transaction ends where several may write."""
    row = connection.execute(_GET, {"id": attempt_id}).first()
    return None if row is None else _row(row)


def peek(connection: Connection, attempt_id: AttemptId) -> AttemptRow | None:
    """The attempt as it stands, without locking it."""
    row = connection.execute(_PEEK, {"id": attempt_id}).first()
    return None if row is None else _row(row)


def with_provider_id(connection: Connection, account_id: AccountId, provider_id: str) -> AttemptRow | None:
    row = connection.execute(_WITH_PROVIDER_ID, {"account": account_id, "provider_id": provider_id}).first()
    return None if row is None else _row(row)


def with_callid(connection: Connection, account_id: AccountId, callid: str) -> AttemptRow | None:
    """The attempt with that call id; where there is none, the one whose id differs in dashes only."""
    asked = {"account": account_id, "callid": callid, "plain": plain(callid)}
    row = connection.execute(_WITH_CALLID, asked).first()
    return None if row is None else _row(row)


def with_history_id(
    connection: Connection, account_id: AccountId, callid: str, *, phone: str
) -> AttemptRow | None:
    """The call to that number which call history showed under this call id."""
    row = connection.execute(
        _WITH_HISTORY_ID, {"account": account_id, "phone": phone, "plain": plain(callid)}
    ).first()
    return None if row is None else _row(row)


def latest_to(connection: Connection, account_id: AccountId, phone: str) -> AttemptRow | None:
    """The newest attempt to that number, open or not."""
    row = connection.execute(_LATEST_TO, {"account": account_id, "phone": phone}).first()
    return None if row is None else _row(row)


def given_up_before(connection: Connection, attempt: AttemptRow) -> AttemptRow | None:
    """The newest earlier attempt to the number that was given up and may have left, locked."""
    conditions = (
        _GIVEN_UP,
        _columns.account_id == attempt.account_id,
        _columns.phone == attempt.phone,
        _columns.id < attempt.id,
    )
    found = where(connection, *conditions, newest=1)
    return get(connection, found[0].id) if found else None


def where(connection: Connection, *conditions: Any, newest: int) -> list[AttemptRow]:
    """The newest that meet the conditions, to be looked at."""
    query = _SELECT.where(*conditions).order_by(_columns.claimed_at.desc(), _columns.id.desc())
    return [_row(row) for row in connection.execute(query.limit(newest))]


def latest_of(connection: Connection, recipient_id: RecipientId) -> AttemptRow | None:
    """The recipient's newest call, to be looked at."""
    row = connection.execute(_LATEST_OF, {"recipient": recipient_id}).first()
    return None if row is None else _row(row)


def open_without_id(connection: Connection, account_id: AccountId) -> list[AttemptRow]:
    """Open attempts of which LiraX's id is not known, locked: a finished webhook may be theirs."""
    return [_row(row) for row in connection.execute(_WITHOUT_ID, {"account": account_id})]


def ended_without_id(connection: Connection, account_id: AccountId, *, since: datetime) -> list[AttemptRow]:
    """Calls made from then on that were closed without LiraX's id ever becoming known."""
    closed = (AttemptState.DONE.value, AttemptState.UNKNOWN.value)
    campaigns = select(_campaign.id).where(_campaign.account_id == account_id)
    rows = connection.execute(
        _SELECT.where(
            _columns.campaign_id.in_(campaigns),  # the index is on campaign and time
            _columns.claimed_at >= since,
            _columns.state.in_(closed),
            _columns.provider_id.is_(None),
        ).order_by(_columns.id)
    )
    return [_row(row) for row in rows]


def save(connection: Connection, attempt_id: AttemptId, **values: Any) -> None:
    if values.get("callid"):
        values["callid_plain"] = plain(values["callid"])
    _SAVE(connection, attempt_id, values)


def overdue(connection: Connection, *, now: datetime, limit: int) -> list[AttemptRow]:
    """Open attempts whose deadline has come, oldest first."""
    return [_row(row) for row in connection.execute(_OVERDUE, {"now": now, "limit": limit})]


def next_deadline(connection: Connection) -> datetime | None:
    return connection.execute(_NEXT_DEADLINE).scalar()


def left_placing(connection: Connection, *, epoch: str) -> list[AttemptRow]:
    """Intents of engines that have ended or lost their lease: nobody knows whether their request left."""
    return [_row(row) for row in connection.execute(_LEFT_PLACING, {"epoch": epoch})]


def numbers_open(connection: Connection, phones: Sequence[str]) -> dict[str, datetime]:
    """Of these numbers those that a call is open to, with its deadline."""
    rows = connection.execute(_NUMBERS_OPEN, {"phones": phones})
    return {row[0]: row[1] for row in rows}


def requests_since(connection: Connection, campaign_id: CampaignId, *, since: datetime) -> list[datetime]:
    """When the campaign's latest requests left or were about to, oldest first."""
    sent_at = func.coalesce(_columns.placed_at, _columns.claimed_at)
    rows = connection.execute(
        select(sent_at)
        .where(_columns.campaign_id == campaign_id, _columns.claimed_at > since)
        .order_by(sent_at)
    )
    return [moment for (moment,) in rows]


def latest_states(connection: Connection, campaign_id: CampaignId, *, limit: int) -> list[AttemptState]:
    """Where the campaign's latest calls stand, the newest first."""
    query = select(_columns.state).where(_columns.campaign_id == campaign_id)
    newest = query.order_by(_columns.claimed_at.desc(), _columns.id.desc()).limit(limit)
    return [AttemptState(state) for state in connection.execute(newest).scalars()]


def any_placing(
    connection: Connection, *, account_id: AccountId | None = None, campaign_id: CampaignId | None = None
) -> bool:
    """Whether a request of the account, or of the campaign, is on its way or about to leave."""
    mine = _columns.account_id == account_id if campaign_id is None else _columns.campaign_id == campaign_id
    placing = select(_columns.id).where(_OPEN, _columns.state == AttemptState.PLACING.value, mine)
    return connection.execute(placing.limit(1)).first() is not None


def how_many_open(connection: Connection, campaign_id: CampaignId) -> int:
    return connection.execute(
        select(func.count()).where(_columns.campaign_id == campaign_id, _OPEN)
    ).scalar_one()
