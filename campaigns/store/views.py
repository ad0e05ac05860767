"""What API, pages and command line show of campaigns and of the people in them; reads only.

Every count comes from the kept tallies. Every list is read by key in the order of ids, oldest first: pass
the id of the last item as `after`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, func, select, tuple_

from campaigns.rules.agents import CrewFacts
from campaigns.rules.caps import NO_CAPS, ContactCaps, caps_in_words, caps_of, merge_caps
from campaigns.rules.policy import Policy
from campaigns.rules.profiles import caps_at
from campaigns.rules.reasons import CampaignFacts, RecipientFacts, reason_of_campaign, reason_of_recipient
from campaigns.rules.vocabulary import (
    OPEN_ATTEMPTS,
    QUEUED_STATES,
    AttemptState,
    CallResult,
    CampaignId,
    CampaignState,
    RecipientId,
    RecipientState,
)
from campaigns.store.crews import crew_of
from campaigns.store.expecting import expected_end
from campaigns.store.facts import (
    CampaignRow,
    Counts,
    Policies,
    campaign_rows,
    counts_of,
    facts_of,
    lines_of,
    plain_facts,
    policy_for,
    queued,
    select_campaigns,
    total_of,
    waiting_of,
)
from campaigns.store.finding import recipient_ids
from campaigns.tables import Attempt, Campaign, Recipient

_attempt = Attempt.__table__  # type: ignore[attr-defined]
_campaign = Campaign.__table__  # type: ignore[attr-defined]
_recipient = Recipient.__table__  # type: ignore[attr-defined]

CALL_COUNTS = ("placed", "answered", "in_flight", "abandoned")
_OF_ATTEMPT = ("recipient_id", "state", "deadline", "detail", "history_asked_at")
AHEAD_COUNTED = 1000  # further back in the queue a number tells nobody anything, and costs a longer read


@dataclass(frozen=True)
class Calls:
    """`placed` counts attempts that LiraX took or may have taken; `abandoned` answered and found nobody."""

    placed: int
    answered: int
    in_flight: int
    abandoned: int = 0


@dataclass(frozen=True)
class CampaignView:
    """`counts` holds `total` and every recipient state, zero too; `timezone` is where to show moments."""

    id: CampaignId
    name: str
    state: CampaignState
    counts: Mapping[str, int]
    outcomes: Mapping[str, int]
    calls: Calls
    reason: str | None
    eta: datetime | None
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    timezone: str
    agents: CrewFacts | None = None  # None where its calls wait for nobody to be free
    caps: ContactCaps = NO_CAPS  # with its account's and its profile's
    rests: bool = False  # held for its own sake: a person may let it go on

    @property
    def caps_in_words(self) -> str | None:
        """How often one number may be called; None without caps."""
        return caps_in_words(self.caps)


@dataclass(frozen=True)
class RecipientView:
    """`attempts` counts calls that count; `keys` are `{ivr_name, ivr_entry, key}` of all calls, in order."""

    id: RecipientId
    campaign_id: CampaignId
    campaign: str
    phone: str
    external_id: str | None
    state: RecipientState
    outcome: str | None
    attempts: int
    due_at: datetime | None
    reason: str
    keys: Sequence[Mapping[str, Any]]
    data: Mapping[str, Any]
    last_result: str | None
    last_attempt_at: datetime | None
    finished_at: datetime | None


def campaign_view(
    connection: Connection, campaign_id: CampaignId, *, now: datetime, policies: Policies
) -> CampaignView | None:
    """The campaign, or None when there is no such one."""
    chosen = select_campaigns().where(_campaign.c.id == campaign_id)
    views = _views_of(connection, chosen, now=now, policies=policies)
    return views[0] if views else None


def campaign_views(
    connection: Connection, *, now: datetime, policies: Policies, after: int = 0, limit: int = 50
) -> list[CampaignView]:
    chosen = select_campaigns().where(_campaign.c.id > after).order_by(_campaign.c.id).limit(limit)
    return _views_of(connection, chosen, now=now, policies=policies)


def latest_campaign_views(
    connection: Connection, *, now: datetime, policies: Policies, before: int | None = None, limit: int = 50
) -> list[CampaignView]:
    """Newest first, for pages; only those made before the campaign `before`."""
    chosen = select_campaigns().order_by(_campaign.c.id.desc()).limit(limit)
    if before is not None:
        chosen = chosen.where(_campaign.c.id < before)
    return _views_of(connection, chosen, now=now, policies=policies)


def recipient_view(
    connection: Connection, recipient_id: RecipientId, *, now: datetime, policies: Policies
) -> RecipientView | None:
    """The recipient, with how many are before it in the queue; None when there is no such one."""
    views = _people(connection, [recipient_id], now=now, policies=policies, place_in_queue=True)
    return views[0] if views else None


def recipient_views(
    connection: Connection,
    campaign_id: CampaignId,
    *,
    now: datetime,
    policies: Policies,
    state: RecipientState | None = None,
    q: str | None = None,
    after: int = 0,
    limit: int = 50,
) -> list[RecipientView]:
    """Recipients of a campaign; `q` is the beginning of a phone or of an external id."""
    ids = recipient_ids(connection, campaign_id, state=state, q=q, after=after, limit=limit)
    return _people(connection, ids, now=now, policies=policies)


def recipients_by_external_id(
    connection: Connection, external_id: str, *, now: datetime, policies: Policies
) -> list[RecipientView]:
    """Every recipient of that external id, of all campaigns."""
    chosen = select(_recipient.c.id).where(_recipient.c.external_id == external_id).order_by(_recipient.c.id)
    ids = connection.execute(chosen).scalars().all()
    return _people(connection, ids, now=now, policies=policies)


def _views_of(
    connection: Connection, chosen: Select[Any], *, now: datetime, policies: Policies
) -> list[CampaignView]:
    rows = campaign_rows(connection, chosen)
    counts = counts_of(connection, [row.id for row in rows])
    lines = lines_of(connection)
    views = []
    for row in rows:
        mine, policy = counts.get(row.id, {}), policy_for(row, policies)
        crew = crew_of(connection, row, policy=policy, policies=policies, now=now)
        facts = facts_of(connection, row, policy=policy, counts=mine, lines=lines, crew=crew, now=now)
        eta = expected_end(connection, row, policy=policy, facts=facts, now=now)
        view = _view_of(row, counts=mine, facts=facts, crew=crew, eta=eta, now=now)
        views.append(replace(view, caps=_caps(row, policy, now=now), rests=row.resting is not None))
    return views


def _view_of(
    row: CampaignRow,
    *,
    counts: Counts,
    facts: CampaignFacts,
    crew: CrewFacts | None,
    eta: datetime | None,
    now: datetime,
) -> CampaignView:
    states = {state.value: counts.get(("state", state), 0) for state in RecipientState}
    return CampaignView(
        id=row.id,
        name=row.name,
        state=row.state,
        counts={"total": total_of(counts), **states},
        outcomes={
            word: count for (kind, word), count in sorted(counts.items()) if kind == "outcome" and count
        },
        calls=Calls(*(counts.get(("calls", word), 0) for word in CALL_COUNTS)),
        agents=crew,
        reason=reason_of_campaign(facts, now=now),
        eta=eta,
        created_at=row.created_at,
        started_at=row.started_at,
        finished_at=row.finished_at,
        timezone=facts.zone,
    )


def _caps(row: CampaignRow, policy: Policy, *, now: datetime) -> ContactCaps:
    return merge_caps(policy.caps, caps_of(row.account_caps), *caps_at(policy.profile, now))


def _people(
    connection: Connection,
    ids: Sequence[int],
    *,
    now: datetime,
    policies: Policies,
    place_in_queue: bool = False,
) -> list[RecipientView]:
    rows = connection.execute(
        select(_recipient).where(_recipient.c.id.in_(ids)).order_by(_recipient.c.id)
    ).all()
    campaigns = _campaigns_of(connection, {row.campaign_id for row in rows}, now=now, policies=policies)
    attempts = _last_attempts(connection, [row.id for row in rows if row.calls])
    return [
        _person(
            row,
            campaign=campaigns[row.campaign_id],
            attempt=attempts.get(row.id),
            ahead=_ahead(connection, row) if place_in_queue else None,
            now=now,
        )
        for row in rows
    ]


def _campaigns_of(
    connection: Connection, ids: set[CampaignId], *, now: datetime, policies: Policies
) -> dict[CampaignId, tuple[str, CampaignFacts]]:
    found = {}
    for row in campaign_rows(connection, select_campaigns().where(_campaign.c.id.in_(ids))):
        policy = policy_for(row, policies)
        crew = crew_of(connection, row, policy=policy, policies=policies, now=now)
        found[row.id] = row.name, replace(plain_facts(row, policy=policy, now=now), crew=crew)
    return found


def _last_attempts(connection: Connection, ids: Sequence[int]) -> dict[int, Any]:
    """The latest attempt of each of those recipients."""
    rows = connection.execute(
        select(*(_attempt.c[name] for name in _OF_ATTEMPT))
        .where(_attempt.c.recipient_id.in_(ids))
        .order_by(_attempt.c.recipient_id, _attempt.c.number)
    )
    return {row.recipient_id: row for row in rows}


def _ahead(connection: Connection, row: Any) -> int | None:
    """How many of its campaign stand before it in the queue, counted up to AHEAD_COUNTED."""
    if row.state not in QUEUED_STATES or row.closes_at is None:
        return None
    place = (_recipient.c.due_at, _recipient.c.id)
    before = (
        select(_recipient.c.id)
        .where(
            _recipient.c.campaign_id == row.campaign_id,
            queued(),
            _recipient.c.closes_at == row.closes_at,
            _recipient.c.turn == row.turn,
            tuple_(*place) < tuple_(row.due_at, row.id, types=[column.type for column in place]),
        )
        .limit(AHEAD_COUNTED)
    )
    return connection.execute(select(func.count()).select_from(before.subquery())).scalar_one()


def _person(
    row: Any, *, campaign: tuple[str, CampaignFacts], attempt: Any, ahead: int | None, now: datetime
) -> RecipientView:
    name, campaign_facts = campaign
    reason = reason_of_recipient(
        _person_facts(row, attempt=attempt, ahead=ahead), campaign=campaign_facts, now=now
    )
    return RecipientView(
        id=RecipientId(row.id),
        campaign_id=row.campaign_id,
        campaign=name,
        phone=row.phone,
        external_id=row.external_id,
        state=RecipientState(row.state),
        outcome=row.outcome,
        attempts=row.attempts,
        due_at=row.due_at if row.state in QUEUED_STATES else None,
        reason=reason,
        keys=row.keys or [],
        data=row.data,
        last_result=row.last_result,
        last_attempt_at=row.last_attempt_at,
        finished_at=row.finished_at,
    )


def _person_facts(row: Any, *, attempt: Any, ahead: int | None) -> RecipientFacts:
    zones = row.zones.split("|") if row.zones else []
    attempt_state = AttemptState(attempt.state) if attempt is not None else None
    return RecipientFacts(
        state=RecipientState(row.state),
        outcome=row.outcome,
        calls=row.attempts,
        last_result=None if row.last_result is None else CallResult(row.last_result),
        due_at=row.due_at,
        waits_for=waiting_of(row.wait_reason),
        ahead=ahead,
        zone=zones[0] if zones else None,
        attempt=attempt_state if attempt_state in OPEN_ATTEMPTS else None,
        looked_at=attempt.deadline if attempt is not None else None,
        sought=attempt is not None and attempt.history_asked_at is not None,
        detail=attempt.detail if attempt is not None else None,
    )
