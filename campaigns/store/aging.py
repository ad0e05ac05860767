"""What has become too old: found a slice at a time, then deleted, or emptied of what tells of people.

Nothing that is open is ever chosen, and neither the do-not-call list nor consents.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, String, Table, cast, delete, select, tuple_, update

from campaigns.rules.vocabulary import (
    OPEN_EFFECTS,
    OPEN_SMS,
    CampaignId,
    CampaignState,
    EmployeeCallState,
    RecipientId,
)
from campaigns.store.nameless import MAY_BE_NAMELESS
from campaigns.tables import (
    Attempt,
    Campaign,
    CrmContact,
    Drift,
    Effect,
    EmployeeCall,
    HeardCall,
    Inbox,
    Recipient,
    Sms,
)

_attempt: Table = Attempt.__table__  # type: ignore[attr-defined]
_campaign: Table = Campaign.__table__  # type: ignore[attr-defined]
_contact: Table = CrmContact.__table__  # type: ignore[attr-defined]
_drift: Table = Drift.__table__  # type: ignore[attr-defined]
_effect: Table = Effect.__table__  # type: ignore[attr-defined]
_by_hand: Table = EmployeeCall.__table__  # type: ignore[attr-defined]
_heard: Table = HeardCall.__table__  # type: ignore[attr-defined]
_inbox: Table = Inbox.__table__  # type: ignore[attr-defined]
_recipient: Table = Recipient.__table__  # type: ignore[attr-defined]
_sms: Table = Sms.__table__  # type: ignore[attr-defined]
_ENDED = (CampaignState.FINISHED.value, CampaignState.CANCELLED.value)
_OVER = (EmployeeCallState.ENDED.value, EmployeeCallState.FAILED.value)
_NO_BODY = "{}"


@dataclass(frozen=True)
class Aged:
    """One kind of row that grows old: which `are`, and what is written then; None: they go."""

    table: Table
    are: Callable[[datetime], ColumnElement[bool]]
    values: Mapping[str, Any] | None = None

    @property
    def key(self) -> list[Any]:
        return list(self.table.primary_key.columns)


RECORDINGS = (
    Aged(
        _attempt,
        lambda before: _attempt.c.recording.is_not(None) & (_attempt.c.claimed_at < before),
        MappingProxyType({"recording": None}),
    ),
    Aged(
        _by_hand,
        lambda before: _by_hand.c.recording.is_not(None) & (_by_hand.c.created_at < before),
        MappingProxyType({"recording": None}),
    ),
    Aged(
        _heard,
        lambda before: _heard.c.recording.is_not(None) & (_heard.c.heard_at < before),
        MappingProxyType({"recording": None}),
    ),
)
"""Addresses of sound."""

CALLS = (
    Aged(
        _sms,
        lambda before: (
            (_sms.c.text != "")
            & (_sms.c.created_at < before)
            & _sms.c.state.not_in([state.value for state in OPEN_SMS])
        ),
        MappingProxyType({"text": "", "detail": None}),
    ),
    Aged(
        _effect,
        lambda before: (
            _effect.c.campaign_id.is_not(None) & (cast(_effect.c.body, String) != _NO_BODY) & _settled(before)
        ),
        MappingProxyType({"body": {}, "detail": None}),
    ),
    Aged(_effect, lambda before: _effect.c.campaign_id.is_(None) & _settled(before)),
    Aged(
        _by_hand,
        lambda before: (
            (_by_hand.c.created_at < before) & (_by_hand.c.state.in_(_OVER) | (_by_hand.c.deadline < before))
        ),
    ),
    Aged(_heard, lambda before: _heard.c.heard_at < before),
    Aged(_contact, lambda before: _contact.c.saved_at < before),
    Aged(_drift, lambda before: _drift.c.made_at < before),
    Aged(
        _inbox,
        lambda before: (_inbox.c.received_at < before) & (_inbox.c.applied_at.is_not(None) | _inbox.c.dead),
    ),
)
"""What happened to people, beside the campaigns they were in."""


def _settled(before: datetime) -> ColumnElement[bool]:
    is_open = _effect.c.state.in_([state.value for state in OPEN_EFFECTS])
    settled: ColumnElement[bool] = (_effect.c.finished_at < before) & ~is_open
    return settled


def find(
    connection: Connection, aged: Aged, *, before: datetime, after: Row[Any] | None, limit: int
) -> Sequence[Row[Any]]:
    """Keys of the next rows, in the order of their keys."""
    query = select(*aged.key).where(aged.are(before)).order_by(*aged.key).limit(limit)
    if after is not None:
        types = [column.type for column in aged.key]
        query = query.where(tuple_(*aged.key) > tuple_(*after, types=types))
    return connection.execute(query).all()


def let_go(connection: Connection, aged: Aged, *, keys: Sequence[Row[Any]], before: datetime) -> int:
    """How many of these rows are old still, and were deleted or emptied."""
    chosen = tuple_(*aged.key).in_([tuple(key) for key in keys]) & aged.are(before)
    if aged.values is None:
        return connection.execute(delete(aged.table).where(chosen)).rowcount
    return connection.execute(update(aged.table).where(chosen).values(**aged.values)).rowcount


def ended_campaigns(connection: Connection, *, before: datetime) -> list[CampaignId]:
    """Those that ended before then and whose people are not nameless yet."""
    chosen = select(_campaign.c.id).where(
        _campaign.c.state.in_(_ENDED), _campaign.c.finished_at < before, _campaign.c.nameless_at.is_(None)
    )
    return [CampaignId(each) for each in connection.execute(chosen.order_by(_campaign.c.id)).scalars()]


def people(
    connection: Connection, campaign_id: CampaignId, *, after: RecipientId | None, limit: int
) -> list[RecipientId]:
    """The next of the campaign of whom nothing is open, by id."""
    chosen = select(_recipient.c.id).where(
        _recipient.c.campaign_id == campaign_id, _recipient.c.phone != "", MAY_BE_NAMELESS
    )
    if after is not None:
        chosen = chosen.where(_recipient.c.id > after)
    rows = connection.execute(chosen.order_by(_recipient.c.id).limit(limit))
    return [RecipientId(each) for each in rows.scalars()]


def is_nameless(connection: Connection, campaign_id: CampaignId, *, now: datetime) -> None:
    """Written once nobody with a number is left in the campaign."""
    left = select(_recipient.c.id).where(_recipient.c.campaign_id == campaign_id, _recipient.c.phone != "")
    if connection.execute(left.limit(1)).first() is None:
        connection.execute(update(_campaign).where(_campaign.c.id == campaign_id).values(nameless_at=now))
