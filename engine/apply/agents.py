"""Agents: what LiraX says of how they stand, and how many calls may be in the air for those who are free."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime

from campaigns.rules.agents import (
    AgentState,
    Crew,
    FreeAgents,
    Lately,
    Presence,
    calls_per_agent,
    free_now,
    is_in_the_air,
    presence_of,
    takes_calls,
)
from campaigns.rules.policy import Policy
from campaigns.rules.vocabulary import AccountId, CampaignId
from campaigns.store import accounts, agents, attempts
from campaigns.store.agents import CallUp
from campaigns.store.campaigns import CampaignRow
from campaigns.store.inbox import APPLIED
from engine.apply.change import Change
from engine.lirax.capabilities import Capabilities


def status_changed(change: Change, account_id: AccountId, *, ext: str, status: int, at: datetime) -> str:
    """Keep how an employee stands; what came before the roll was called is kept, but not believed."""
    roll_call = agents.roll_call(change.connection, account_id)
    believed = roll_call is not None and at >= roll_call.since
    before = agents.find(change.connection, account_id, ext)
    heard_in = roll_call.name if roll_call is not None and believed else None
    agents.save(change.connection, account_id, ext=ext, status=status, at=at, heard_in=heard_in)
    was_free = before is not None and before.presence is Presence.FREE
    if believed and was_free and presence_of(status) is Presence.BUSY:
        _join_in_silence(change, account_id, ext=ext, at=at)
    return APPLIED


def free_agents(
    change: Change, account_id: AccountId, rows: Mapping[CampaignId, CampaignRow]
) -> FreeAgents | None:
    """Whom campaigns that need agents may still count on; None where no campaign of these needs any."""
    if not any(change.policy(campaign_id).agents is not None for campaign_id in rows):
        return None
    known, up = agents.every(change.connection, account_id), agents.calls_up(change.connection, account_id)
    free = free_now(known, agents.joined_since(up))
    in_the_air = _in_the_air(change, up, known)
    crews = {}
    for campaign_id in {*rows, *in_the_air}:
        policy = change.policy(campaign_id)
        if policy.agents is not None:
            mine = frozenset(ext for ext in free if takes_calls(policy, ext))
            crews[campaign_id] = Crew(mine, in_the_air[campaign_id], _ratio(change, campaign_id, policy))
    return FreeAgents(crews)


def _in_the_air(change: Change, up: Sequence[CallUp], known: Sequence[AgentState]) -> Counter[CampaignId]:
    exts = {agent.ext for agent in known}
    return Counter(
        call.campaign_id for call in up if is_in_the_air(change.policy(call.campaign_id), call.agent, exts)
    )


def _ratio(change: Change, campaign_id: CampaignId, policy: Policy) -> float:
    pace = policy.pace
    if pace.max_abandoned is None or pace.per_agent <= 1:
        return pace.per_agent
    lately: Lately = agents.lately(change.connection, campaign_id)
    return calls_per_agent(pace.per_agent, max_abandoned=pace.max_abandoned, lately=lately)


def _join_in_silence(change: Change, account_id: AccountId, *, ext: str, at: datetime) -> None:
    """Where this LiraX is known not to tell by event who picks up, an agent who turns busy has taken a call.

    It is the oldest in the air. Where nobody knows what LiraX tells, nothing is guessed: the call counts as
    in the air until it is over.
    """
    lirax = Capabilities.read(accounts.get(change.connection, account_id).capabilities)
    if lirax.events_for_make2calls is not False and lirax.accepted_event is not False:
        return
    for call in agents.calls_up(change.connection, account_id):
        if call.agent is None and takes_calls(change.policy(call.campaign_id), ext):
            attempts.save(change.connection, call.attempt_id, agent=ext, joined_at=at)
            return
