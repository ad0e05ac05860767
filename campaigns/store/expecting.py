"""When a campaign is expected to have placed its last call: the rule of `eta` fed with its speed so far."""

from datetime import datetime, timedelta

from sqlalchemy import Connection, func, select

from campaigns.rules.eta import calls_per_hour, estimated_end
from campaigns.rules.policy import Policy
from campaigns.rules.reasons import CampaignFacts
from campaigns.rules.vocabulary import CampaignId, CampaignState
from campaigns.store.facts import CampaignRow, queue_tail
from campaigns.tables import Attempt

_attempt = Attempt.__table__  # type: ignore[attr-defined]

LOOKED_BACK = timedelta(minutes=10)
ENOUGH_CALLS = 20  # fewer tell little of the speed
SECONDS_PER_CALL = 60.0  # ring and talk, until there is something to measure


def expected_end(
    connection: Connection, campaign: CampaignRow, *, policy: Policy, facts: CampaignFacts, now: datetime
) -> datetime | None:
    """To the second; None unless it is under way, free to dial, has somebody to call and ends by itself."""
    under_way = campaign.state in (CampaignState.RUNNING, CampaignState.SCHEDULED)
    if not under_way or facts.hold is not None or policy.open or not facts.queued:
        return None
    expected = estimated_end(
        policy.window,
        (facts.zone,),
        remaining=facts.queued,
        hourly=_hourly(connection, campaign, policy=policy, facts=facts, now=now),
        now=max(now, campaign.start_at or now),
        last_due=queue_tail(connection, campaign.id),
        end=campaign.end_at,
    )
    return None if expected is None else expected.replace(microsecond=0)


def _hourly(
    connection: Connection, campaign: CampaignRow, *, policy: Policy, facts: CampaignFacts, now: datetime
) -> float:
    """Calls an hour of open window, as measured lately, else as lines and pace allow."""
    since = max(now - LOOKED_BACK, campaign.started_at or now)
    placed = _placed_since(connection, campaign.id, since)
    if placed >= ENOUGH_CALLS and now > since:
        return placed / ((now - since) / timedelta(hours=1))
    lines = min(facts.lines, policy.pace.lines or facts.lines)
    return calls_per_hour(lines=lines, seconds_per_call=SECONDS_PER_CALL, per_minute=policy.pace.per_minute)


def _placed_since(connection: Connection, campaign_id: CampaignId, since: datetime) -> int:
    recent = select(func.count()).where(_attempt.c.campaign_id == campaign_id, _attempt.c.claimed_at >= since)
    return connection.execute(recent).scalar_one()
