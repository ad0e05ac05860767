"""The agents of a campaign as people are shown them: who is free, what is in the air, how it went."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection

from campaigns.rules.agents import (
    AgentState,
    CrewFacts,
    Presence,
    calls_per_agent,
    count_presence,
    free_now,
    is_in_the_air,
    takes_calls,
)
from campaigns.rules.policy import Agents, Policy
from campaigns.rules.vocabulary import AccountId, CampaignId, CampaignState
from campaigns.store import agents, directories
from campaigns.store.agents import CallUp
from campaigns.store.facts import CampaignRow, Policies, campaign_rows, policy_for, select_campaigns
from campaigns.tables import Campaign

_campaign = Campaign.__table__.c  # type: ignore[attr-defined]

LATEST_STATUS = timedelta(seconds=10)  # after LiraX took `initStatuses`; who was not told of is not signed in
NEVER = datetime.min.replace(tzinfo=UTC)
EVERYBODY = Agents(None)
USUAL_WORDS = {0: "not signed in", 1: "free"}
ENDED = (CampaignState.FINISHED, CampaignState.CANCELLED)


def crew_of(
    connection: Connection, campaign: CampaignRow, *, policy: Policy, policies: Policies, now: datetime
) -> CrewFacts | None:
    """None where the campaign's calls wait for nobody to be free, or it has ended."""
    if policy.agents is None or campaign.state in ENDED:
        return None
    account_id = AccountId(campaign.account_id)
    known = agents.every(connection, account_id)
    up = agents.calls_up(connection, account_id)
    mine = _named(known, policy.agents)
    free = free_now(mine, agents.joined_since(up))
    counted = count_presence(agent.presence for agent in mine)
    lately = agents.lately(connection, campaign.id)
    pace = policy.pace
    facts = CrewFacts(
        free=len(free),
        busy=counted[Presence.BUSY] + counted[Presence.FREE] - len(free),
        away=counted[Presence.AWAY],
        in_the_air=_in_the_air(connection, up, mine, policies=policies),
        per_agent=pace.per_agent,
        effective=calls_per_agent(pace.per_agent, max_abandoned=pace.max_abandoned, lately=lately),
        max_abandoned=pace.max_abandoned,
        lately=lately,
    )
    return _as_heard(connection, account_id, facts, known=known, now=now)


@dataclass(frozen=True)
class AgentShown:
    """An employee as shown to people: `status` in the account's own words, `since` None if never told."""

    ext: str
    name: str
    presence: Presence
    status: str
    since: datetime | None


def agents_shown(
    connection: Connection, account_id: AccountId, *, named: Agents = EVERYBODY
) -> list[AgentShown]:
    """How everybody stands, or those who are named."""
    known = directories.read(connection, account_id)
    names = {employee.ext: employee.name for employee in known.users.entries}
    titles = {status.status: status.title for status in known.statuses.entries}
    return [
        AgentShown(
            agent.ext,
            names.get(agent.ext, ""),
            agent.presence,
            _status_word(agent, titles),
            None if agent.since == NEVER else agent.since,
        )
        for agent in _named(agents.every(connection, account_id), named)
    ]


def agents_of_campaign(
    connection: Connection, campaign_id: CampaignId, *, policies: Policies
) -> list[AgentShown]:
    """Who take its calls; empty where its calls wait for nobody to be free, or it has ended."""
    chosen = select_campaigns().where(_campaign.id == campaign_id)
    for row in campaign_rows(connection, chosen):
        named = policy_for(row, policies).agents
        if named is not None and row.state not in ENDED:
            return agents_shown(connection, AccountId(row.account_id), named=named)
    return []


def _status_word(agent: AgentState, titles: Mapping[int, str]) -> str:
    if not agent.believed:
        return "not told of since Dzvin began to listen"
    return titles.get(agent.status) or USUAL_WORDS.get(agent.status, f"status {agent.status}")


def _named(known: Sequence[AgentState], named: Agents) -> list[AgentState]:
    """The campaign's agents; who is named and was never told of is not signed in."""
    if named.exts is None:
        return list(known)
    states = {agent.ext: agent for agent in known}
    return [states.get(ext, AgentState(ext, 0, NEVER, believed=False)) for ext in sorted(named.exts)]


def _in_the_air(
    connection: Connection, up: Sequence[CallUp], mine: Sequence[AgentState], *, policies: Policies
) -> int:
    """Calls in the air of every campaign that shares one of these agents."""
    ids = {call.campaign_id for call in up}
    rows = campaign_rows(connection, select_campaigns().where(_campaign.id.in_(ids))) if ids else []
    of = {row.id: policy_for(row, policies) for row in rows}
    exts = {agent.ext for agent in mine}
    return sum(
        is_in_the_air(of[call.campaign_id], call.agent, exts)
        and any(takes_calls(of[call.campaign_id], ext) for ext in exts)
        for call in up
    )


def _as_heard(
    connection: Connection,
    account_id: AccountId,
    facts: CrewFacts,
    *,
    known: Sequence[AgentState],
    now: datetime,
) -> CrewFacts:
    roll_call = agents.roll_call(connection, account_id)
    told_at = None if roll_call is None else roll_call.told_at
    heard = any(agent.believed for agent in known) or (told_at is not None and now - told_at > LATEST_STATUS)
    return replace(facts, heard=heard, trouble=None if roll_call is None else roll_call.trouble)
