"""What only the pages show: the last calls, busy lines, what waits at the modems.

Each read is bounded, and its statement is made once: live pages ask twice a second.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, ScalarSelect, Select, and_, bindparam, func, select

from campaigns.rules.vocabulary import (
    OPEN_ATTEMPTS,
    AttemptState,
    CallResult,
    CampaignId,
    RecipientId,
    SmsState,
)
from campaigns.tables import Account, Attempt, Campaign, LineSlot, Modem, Recipient, Sms

_account = Account.__table__  # type: ignore[attr-defined]
_attempt = Attempt.__table__  # type: ignore[attr-defined]
_campaign = Campaign.__table__  # type: ignore[attr-defined]
_line = LineSlot.__table__  # type: ignore[attr-defined]
_modem = Modem.__table__  # type: ignore[attr-defined]
_recipient = Recipient.__table__  # type: ignore[attr-defined]
_sms = Sms.__table__  # type: ignore[attr-defined]

COUNTED = 10_000  # messages are counted up to here: more tells nobody more, and costs a longer read


@dataclass(frozen=True)
class LastCall:
    """One call as the pages list it. `result` is None while the call is open."""

    id: int
    campaign_id: CampaignId
    campaign: str
    recipient_id: RecipientId
    phone: str
    data: Mapping[str, Any]
    number: int
    state: AttemptState
    result: CallResult | None
    at: datetime
    ended_at: datetime | None
    keys: Sequence[Mapping[str, Any]]
    may_hang_up: bool  # it is open, and LiraX has told which call it is
    recorded: bool
    agent: str | None  # with whom the person was joined
    abandoned: bool


@dataclass(frozen=True)
class AccountLines:
    """The lines of an account, how many are in a call, and why it is held, if it is."""

    account: str
    total: int
    busy: int
    hold: str | None


@dataclass(frozen=True)
class ModemQueue:
    """`queued` stops counting at `COUNTED`."""

    modem: str
    queued: int
    trouble: str | None


@dataclass(frozen=True)
class SmsFigures:
    """Messages of one campaign; each figure stops counting at `COUNTED`."""

    waiting: int
    sent: int
    failed: int
    unknown: int = 0

    @property
    def any(self) -> bool:
        return bool(self.waiting or self.sent or self.failed or self.unknown)


SMS_WAITING = (SmsState.QUEUED, SmsState.SENDING)
SMS_SENT = (SmsState.SENT, SmsState.DELIVERED)
SMS_FAILED = (SmsState.FAILED, SmsState.EXPIRED)
SMS_UNKNOWN = (SmsState.UNKNOWN,)


def last_calls(
    connection: Connection, *, campaign_id: CampaignId | None = None, limit: int = 10
) -> list[LastCall]:
    """The newest calls first, of one campaign or of all."""
    if campaign_id is None:
        rows = connection.execute(_LAST_OF_ALL, {"most": limit})
    else:
        rows = connection.execute(_LAST_OF_ONE, {"campaign": campaign_id, "most": limit})
    return [_call(row) for row in rows]


def account_lines(connection: Connection) -> list[AccountLines]:
    """Of every account that is not closed."""
    query = (
        select(
            _account.c.name, _account.c.hold_reason, func.count(_line.c.id), func.count(_line.c.attempt_id)
        )
        .outerjoin(_line, (_line.c.account_id == _account.c.id) & _line.c.draining.is_(False))
        .where(_account.c.closed_at.is_(None))
        .group_by(_account.c.id, _account.c.name, _account.c.hold_reason)
        .order_by(_account.c.id)
    )
    return [AccountLines(name, total, busy, hold) for name, hold, total, busy in connection.execute(query)]


def modem_queues(connection: Connection) -> list[ModemQueue]:
    return [ModemQueue(*row) for row in connection.execute(_QUEUES, {"counted": COUNTED})]


def sms_figures(connection: Connection, campaign_id: CampaignId) -> SmsFigures:
    row = connection.execute(_FIGURES, {"campaign": campaign_id, "counted": COUNTED}).one()
    return SmsFigures(waiting=row[0], sent=row[1], failed=row[2], unknown=row[3])


def _counted(where: ColumnElement[bool], states: Sequence[SmsState]) -> ScalarSelect[int]:
    here = and_(where, _sms.c.state.in_([state.value for state in states]))
    found = select(_sms.c.id).where(here).limit(bindparam("counted")).correlate(_modem)
    return select(func.count()).select_from(found.subquery()).scalar_subquery()


_CALLS = (
    select(
        _attempt.c.id,
        _attempt.c.campaign_id,
        _campaign.c.name.label("campaign"),
        _attempt.c.recipient_id,
        _attempt.c.phone,
        _recipient.c.data,
        _attempt.c.number,
        _attempt.c.state,
        _attempt.c.result,
        _attempt.c.placed_at,
        _attempt.c.claimed_at,
        _attempt.c.ended_at,
        _attempt.c["keys"],
        _attempt.c.agent,
        _attempt.c.abandoned,
        _attempt.c.callid,
        _attempt.c.recording,
    )
    .join(_campaign, _campaign.c.id == _attempt.c.campaign_id)
    .join(_recipient, _recipient.c.id == _attempt.c.recipient_id)
    .limit(bindparam("most"))
)
_LAST_OF_ALL: Select[Any] = _CALLS.order_by(_attempt.c.id.desc())
_LAST_OF_ONE: Select[Any] = _CALLS.where(_attempt.c.campaign_id == bindparam("campaign")).order_by(
    _attempt.c.claimed_at.desc()
)
_FIGURES = select(
    *(
        _counted(_sms.c.campaign_id == bindparam("campaign"), states)
        for states in (SMS_WAITING, SMS_SENT, SMS_FAILED, SMS_UNKNOWN)
    )
)
_QUEUES = select(
    _modem.c.number, _counted(_sms.c.modem_id == _modem.c.id, SMS_WAITING), _modem.c.trouble
).order_by(_modem.c.id)


def _call(row: Row[Any]) -> LastCall:
    found = row._mapping
    return LastCall(
        id=found["id"],
        campaign_id=found["campaign_id"],
        campaign=found["campaign"],
        recipient_id=found["recipient_id"],
        phone=found["phone"],
        data=found["data"],
        number=found["number"],
        state=AttemptState(found["state"]),
        result=CallResult(found["result"]) if found["result"] else None,
        at=found["placed_at"] or found["claimed_at"],
        ended_at=found["ended_at"],
        keys=found["keys"] or (),
        agent=found["agent"],
        abandoned=found["abandoned"],
        may_hang_up=found["state"] in OPEN_ATTEMPTS and found["callid"] is not None,
        recorded=bool(found["recording"]),
    )
