"""Who is free to take calls, and how many calls may be in the air for them.

A call is in the air from its claim until it is known to be joined with an agent, or over. Free agents serve
every campaign that names them: none is promised to two.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from itertools import combinations
from typing import NamedTuple

from campaigns.rules.policy import Policy
from campaigns.rules.vocabulary import CampaignId

LOOKED_BACK = 100  # people who answered lately: few enough to follow the hour, enough to tell 3 % from chance
MOST_GROUPS = (
    8  # sets of agents weighed against each other exactly; among more, a shared agent counts for all
)
_HAIR = 1e-9  # what adding fractions may be off by


class Presence(StrEnum):
    FREE = "free"
    BUSY = "busy"
    AWAY = "away"  # not signed in, or LiraX has not told of it


def presence_of(status: int) -> Presence:
    """What a status of `staton` means; the names of those above 1 are the account's own."""
    match status:
        case 0:
            return Presence.AWAY
        case 1:
            return Presence.FREE
        case _:
            return Presence.BUSY


class AgentState(NamedTuple):
    """An employee as LiraX told. `since` when; `believed` False where that was before it was last asked."""

    ext: str
    status: int
    since: datetime
    believed: bool = True

    @property
    def presence(self) -> Presence:
        return presence_of(self.status) if self.believed else Presence.AWAY


def free_now(agents: Iterable[AgentState], joined: Mapping[str, datetime]) -> frozenset[str]:
    """Who can take a call. Who was joined with a person after LiraX called them free is not: that is news."""
    return frozenset(
        agent.ext
        for agent in agents
        if agent.presence is Presence.FREE and not (agent.ext in joined and joined[agent.ext] >= agent.since)
    )


def takes_calls(policy: Policy, ext: str) -> bool:
    """Whether this employee takes calls of the campaign."""
    agents = policy.agents
    return agents is not None and (agents.exts is None or ext in agents.exts)


def is_in_the_air(policy: Policy, agent: str | None, exts: Collection[str]) -> bool:
    """Whether a call that has a line is in the air: not known to be joined with one of these agents.

    LiraX may name the queue as who picked up; a queue is no agent.
    """
    if policy.agents is None:
        return False
    return agent is None or agent not in exts or not takes_calls(policy, agent)


@dataclass(frozen=True)
class Lately:
    """How the last people who answered fared: `abandoned` of them found nobody."""

    answered: int = 0
    abandoned: int = 0


def calls_per_agent(per_agent: float, *, max_abandoned: float | None, lately: Lately) -> float:
    """Calls in the air allowed for each free agent, as `lately` leaves it: from `per_agent` down to 1.

    Up to half of the limit nothing is taken off; from there it falls evenly, and is 1 at the limit. Until
    so many have answered that one of them is the limit, they count as so many: one bad call is no share.
    """
    if max_abandoned is None or per_agent <= 1 or not lately.abandoned:
        return per_agent
    share = lately.abandoned / max(lately.answered, 1 / max_abandoned)
    left = min(1.0, max(0.0, 2 * (1 - share / max_abandoned)))
    return 1 + (per_agent - 1) * left


@dataclass(frozen=True)
class Crew:
    """What a campaign has: the free among its agents, its calls in the air, and calls for each agent."""

    free: frozenset[str]
    in_the_air: int
    per_agent: float


@dataclass
class FreeAgents:
    """Promises free agents to campaigns, call by call, so that each call in the air has its share of one."""

    crews: Mapping[CampaignId, Crew]
    _loads: dict[frozenset[str], float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for crew in self.crews.values():
            self._loads.setdefault(crew.free, 0.0)
            self._loads[crew.free] += crew.in_the_air / crew.per_agent
        self._calls = {campaign_id: crew.in_the_air for campaign_id, crew in self.crews.items()}

    def has_room(self, campaign_id: CampaignId) -> bool:
        """Whether one more call of this campaign would find an agent; True where it needs none."""
        crew = self.crews.get(campaign_id)
        if crew is None:
            return True
        if self._calls[campaign_id] + 1 > len(crew.free) * crew.per_agent + _HAIR:
            return False
        more = 1 / crew.per_agent
        near = [group for group in self._loads if group & crew.free and self._weighs(group, crew)]
        groups = self._reached_from(near, crew)
        if len(groups) > MOST_GROUPS:  # too many to weigh all their ways; a share of its own is always enough
            return sum(self._loads[group] for group in near) + more <= len(crew.free) + _HAIR
        served = _served({group: self._loads[group] for group in groups})
        with_more = {group: self._loads[group] + (more if group == crew.free else 0.0) for group in groups}
        return _served(with_more) - served >= more - _HAIR

    def _weighs(self, group: frozenset[str], crew: Crew) -> bool:
        return self._loads[group] > 0 or group == crew.free

    def take(self, campaign_id: CampaignId) -> None:
        """One more call of the campaign is in the air."""
        crew = self.crews.get(campaign_id)
        if crew is not None:
            self._calls[campaign_id] += 1
            self._loads[crew.free] += 1 / crew.per_agent

    def _reached_from(self, near: list[frozenset[str]], crew: Crew) -> list[frozenset[str]]:
        """These groups, and all that share agents with one found: up to one more than can be weighed."""
        found = list(near)
        for group in found:
            for other in self._loads:
                if len(found) > MOST_GROUPS:
                    return found
                if other not in found and other & group and self._weighs(other, crew):
                    found.append(other)
        return found


def _served(loads: Mapping[frozenset[str], float]) -> float:
    """How much of these loads the agents can bear together, each agent one: the smallest cut between them."""
    groups = list(loads)
    everything = sum(loads.values())
    return min(
        len(frozenset[str]().union(*chosen)) + everything - sum(loads[group] for group in chosen)
        for size in range(len(groups) + 1)
        for chosen in combinations(groups, size)
    )


@dataclass(frozen=True)
class CrewFacts:
    """What must be known of a campaign's agents to say why it waits for them, or dials slower."""

    free: int
    busy: int
    away: int
    in_the_air: int = 0  # calls of all campaigns that share these agents
    heard: bool = True  # LiraX has told how they stand since it was last asked
    trouble: str | None = None  # why LiraX did not tell, a sentence
    per_agent: float = 1.0
    effective: float = 1.0
    max_abandoned: float | None = None
    lately: Lately = Lately()

    @property
    def total(self) -> int:
        return self.free + self.busy + self.away


def count_presence(presences: Iterable[Presence]) -> dict[Presence, int]:
    """How many are in each presence, all of them named."""
    counted = dict.fromkeys(Presence, 0)
    for presence in presences:
        counted[presence] += 1
    return counted
