"""All that happened to one person of a campaign: calls, messages, errands, calls back; for their page."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, select

from campaigns.rules.vocabulary import AccountId, CampaignId, RecipientId
from campaigns.tables import Attempt, Campaign, Effect, HeardCall, Recipient, Sms

_attempt = Attempt.__table__  # type: ignore[attr-defined]
_campaign = Campaign.__table__.c  # type: ignore[attr-defined]
_effect = Effect.__table__.c  # type: ignore[attr-defined]
_heard = HeardCall.__table__.c  # type: ignore[attr-defined]
_recipient = Recipient.__table__.c  # type: ignore[attr-defined]
_sms = Sms.__table__.c  # type: ignore[attr-defined]

MOST = 200  # of each kind; a person has a handful


class PersonCall(NamedTuple):
    id: int
    number: int
    state: str
    result: str | None
    claimed_at: datetime
    placed_at: datetime | None
    answered_at: datetime | None
    ended_at: datetime | None
    duration: int | None
    agent: str | None
    abandoned: bool
    keys: Sequence[Mapping[str, Any]] | None
    utm: Mapping[str, str] | None
    provider_id: str | None
    callid: str | None
    recording: str | None
    detail: str | None


class PersonMessage(NamedTuple):
    id: int
    text: str
    state: str
    created_at: datetime
    sent_at: datetime | None
    detail: str | None


class PersonErrand(NamedTuple):
    id: int
    kind: str
    body: Mapping[str, Any]
    state: str
    created_at: datetime
    finished_at: datetime | None
    detail: str | None


def of_campaign(
    connection: Connection, campaign_id: CampaignId, recipient_id: RecipientId
) -> tuple[AccountId, str] | None:
    """The account that calls this person, and their number; None if they are not in that campaign."""
    query = select(_campaign.account_id, _recipient.phone).where(
        _recipient.id == recipient_id,
        _recipient.campaign_id == campaign_id,
        _campaign.id == _recipient.campaign_id,
    )
    found = connection.execute(query).first()
    return None if found is None else (AccountId(found[0]), found[1])


def calls(connection: Connection, recipient_id: RecipientId) -> list[PersonCall]:
    columns = [_attempt.c[name] for name in PersonCall._fields]
    query = select(*columns).where(_attempt.c.recipient_id == recipient_id)
    return [PersonCall(*row) for row in connection.execute(query.order_by(_attempt.c.number).limit(MOST))]


def messages(connection: Connection, recipient_id: RecipientId) -> list[PersonMessage]:
    query = select(*(_sms[name] for name in PersonMessage._fields)).where(_sms.recipient_id == recipient_id)
    return [PersonMessage(*row) for row in connection.execute(query.order_by(_sms.id).limit(MOST))]


def errands(connection: Connection, recipient_id: RecipientId) -> list[PersonErrand]:
    query = select(*(_effect[name] for name in PersonErrand._fields))
    query = query.where(_effect.recipient_id == recipient_id).order_by(_effect.id).limit(MOST)
    return [PersonErrand(*row) for row in connection.execute(query)]


def recording_of_call(
    connection: Connection, campaign_id: CampaignId, attempt_id: int
) -> tuple[AccountId, str | None] | None:
    """The account and the addresses kept for a campaign's call; None if there is no such call."""
    query = select(_attempt.c.account_id, _attempt.c.recording).where(
        _attempt.c.id == attempt_id, _attempt.c.campaign_id == campaign_id
    )
    found = connection.execute(query).first()
    return None if found is None else (AccountId(found[0]), found[1])


def recording_of_call_back(
    connection: Connection, campaign_id: CampaignId, heard_id: int
) -> tuple[AccountId, str | None] | None:
    """The same of a call that one of the campaign's people made to us."""
    query = select(_heard.account_id, _heard.recording).where(
        _heard.id == heard_id,
        _heard.attempt_id.is_(None),
        _heard.phone == _recipient.phone,
        _recipient.campaign_id == campaign_id,
        _campaign.id == _recipient.campaign_id,
        _campaign.account_id == _heard.account_id,
    )
    found = connection.execute(query).first()
    return None if found is None else (AccountId(found[0]), found[1])
