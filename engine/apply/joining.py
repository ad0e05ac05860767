"""Puts one person into a campaign: triggered from outside, or sent on by a rule of another campaign."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson

from campaigns.lists.demands import demand_of
from campaigns.lists.preparing import MappingPreparer, PhoneError, Prepared, RowError
from campaigns.problems import Problem, WrongInput
from campaigns.rules.deciding import next_slot
from campaigns.rules.reasons import Waiting
from campaigns.rules.standing import (
    FIRST,
    Circumstances,
    Person,
    Standing,
)
from campaigns.rules.vocabulary import (
    OPEN_STATES,
    CampaignId,
    CampaignState,
    Outcome,
    RecipientId,
    RecipientState,
)
from campaigns.store import campaigns, erased, recipients, suppressions
from engine.apply.change import Change
from engine.apply.consents import consents_told, record_consents
from engine.errors import CannotDo, Conflict

ENDED = (CampaignState.FINISHED, CampaignState.CANCELLED)


@dataclass(frozen=True)
class Joining:
    """Who comes into a campaign. The limits narrow its window, never widen it."""

    phone: str
    external_id: str | None
    data: Mapping[str, Any]
    not_before: datetime | None = None
    not_after: datetime | None = None


def join(change: Change, campaign_id: CampaignId, joining: Joining) -> RecipientId:
    """The new recipient, in the queue. Raises WrongInput, or Conflict where it is open there already."""
    campaign = change.lock(campaign_id)
    assert campaign is not None, f"campaign {campaign_id} is gone"
    if campaign.state in ENDED:
        raise Conflict(f"campaign {campaign.name!r} is {campaign.state}: nobody can be added to it")
    prepared = _prepare(change, campaign_id, joining)
    if erased.among(change.connection, [prepared.phone]):
        raise WrongInput(Problem(erased.NEVER_AGAIN, field="phone"))
    earlier = recipients.in_campaign_with_phone(change.connection, campaign_id, prepared.phone)
    if any(state in OPEN_STATES for _, state in earlier):
        raise Conflict(f"{prepared.phone} is open in campaign {campaign.name!r} already")
    standing = _standing(change, campaign_id, joining, prepared)
    recipient_id = recipients.add(
        change.connection,
        standing,
        campaign_id=campaign_id,
        phone=prepared.phone,
        round=max((round_ for round_, _ in earlier), default=-1) + 1,
        external_id=prepared.external_id,
        zones=prepared.zones,
        not_before=joining.not_before,
        not_after=joining.not_after,
        variables=orjson.loads(prepared.variables) if prepared.variables else None,
        data=orjson.loads(prepared.data),
        calls=0,
    )
    change.count(campaign_id, campaigns.STATE, standing.state.value)
    if standing.outcome:
        change.count(campaign_id, campaigns.OUTCOME, standing.outcome)
    record_consents(change, consents_told([prepared]))
    if not campaign.had_recipients:
        campaigns.save(change.connection, campaign_id, had_recipients=True)
        change.forget(campaign_id)
    return recipient_id


def go_on_in(change: Change, recipient_id: RecipientId, *, campaign_name: str) -> str:
    """Send a person on into another campaign; the sentence tells how it went. Raises CannotDo."""
    row = recipients.get(change.connection, recipient_id)
    campaign_id = campaigns.find(change.connection, campaign_name)
    if row is None or campaign_id is None:
        raise CannotDo(f"there is no campaign named {campaign_name!r}")
    external_id = recipients.external_id_of(change.connection, recipient_id)
    try:
        join(change, campaign_id, Joining(row.phone, external_id, row.data))
    except WrongInput as error:
        raise CannotDo(f"cannot go on in {campaign_name!r}: {error}") from error
    return f"goes on in {campaign_name}"


def _prepare(change: Change, campaign_id: CampaignId, joining: Joining) -> Prepared:
    row = {**joining.data, "phone": joining.phone}
    if joining.external_id is not None:
        row["external_id"] = joining.external_id
    try:
        return MappingPreparer(demand_of(change.policy(campaign_id), now=change.now)).prepare(1, row)
    except RowError as error:
        field = "phone" if isinstance(error, PhoneError) else "data"
        raise WrongInput(Problem(str(error), field=field)) from error


def _standing(change: Change, campaign_id: CampaignId, joining: Joining, prepared: Prepared) -> Standing:
    """In the queue from the first permitted moment; final at once if there is none, or no call is wanted."""
    if suppressions.among(change.connection, [prepared.phone]):
        return Standing(RecipientState.SUPPRESSED, Outcome.OPTED_OUT.value, finished_at=change.now)
    zones = tuple(prepared.zones.split("|")) if prepared.zones else ()
    person = Person(zones, joining.not_before, joining.not_after)
    circumstances = Circumstances(change.policy(campaign_id), person, change.min_gap, change.now)
    slot = next_slot(change.now, circumstances)
    if slot is None:
        return Standing(RecipientState.EXPIRED, Outcome.EXPIRED.value, finished_at=change.now)
    due_at, closes_at = slot
    early = joining.not_before is not None and due_at == joining.not_before
    reason = Waiting.NOT_BEFORE if early else Waiting.HOURS if due_at > change.now else None
    return Standing(
        RecipientState.PENDING, due_at=due_at, closes_at=closes_at, turn=FIRST, wait_reason=reason
    )
