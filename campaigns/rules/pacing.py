"""Who gets the free lines of an account, and how many requests a campaign may send this minute.

Lines are dealt one by one: whoever can use a line gains a share of it, and who is owed most gets it. So
weights 1 and 3 get one and three of four lines, nobody waits for ever, and no line stays free while anybody
can use it. Who cannot use a line meanwhile (own limit, pace, nobody due) is owed nothing for it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from campaigns.rules.agents import FreeAgents
from campaigns.rules.vocabulary import CampaignId

RATE_WINDOW = timedelta(
    seconds=61
)  # a request leaves a little after it was noted: in no 60 s may there be more


@dataclass(frozen=True)
class Candidate:
    """A campaign that would dial. `lines`, `requests`: what its own limits leave, None where it has none."""

    campaign_id: CampaignId
    due: int
    weight: int = 1
    credit: float = 0.0  # lines it is owed, from the time before
    lines: int | None = None
    requests: int | None = None

    @property
    def usable(self) -> int:
        limits = (limit for limit in (self.due, self.lines, self.requests) if limit is not None)
        return max(0, min(limits))


@dataclass(frozen=True)
class Share:
    lines: int
    credit: float


def share_lines(
    candidates: Iterable[Candidate], *, free: int, agents: FreeAgents | None = None
) -> Mapping[CampaignId, Share]:
    """What each candidate gets of the free lines, and the credit it comes with next time.

    Who could not use a line after all is made whole by adding 1 to its credit. Where `agents` are needed
    too, each line takes its share of one: they are dealt in the same turns.
    """
    ordered = sorted(candidates, key=lambda each: each.campaign_id)
    credit = {each.campaign_id: each.credit for each in ordered}
    given = {each.campaign_id: 0 for each in ordered}
    able = [each for each in ordered if each.usable]
    for _ in range(free):
        if agents is not None:
            able = [each for each in able if agents.has_room(each.campaign_id)]
        if not able:
            break
        winner = _deal_one(able, credit)
        given[winner.campaign_id] += 1
        if agents is not None:
            agents.take(winner.campaign_id)
        if given[winner.campaign_id] == winner.usable:
            able.remove(winner)
    return {campaign_id: Share(given[campaign_id], credit[campaign_id]) for campaign_id in given}


def _deal_one(able: Sequence[Candidate], credit: dict[CampaignId, float]) -> Candidate:
    """One line for whoever is owed most, the older campaign on equal terms; gains and price sum to nought."""
    weights = sum(each.weight for each in able)
    for each in able:
        credit[each.campaign_id] += each.weight / weights
    winner = max(able, key=lambda each: credit[each.campaign_id])
    credit[winner.campaign_id] -= 1
    return winner


def requests_allowed(
    sent_at: Iterable[datetime], *, per_minute: int, now: datetime
) -> tuple[int, datetime | None]:
    """How many requests may leave now so that in any 60 s at most `per_minute` do, and when the next may.

    The moment is None while one may leave at once. Of `sent_at` only the last 61 seconds matter, in any
    order; what lies ahead of `now`, since the clock was set back, counts as sent now. `per_minute` is at
    least 1.
    """
    recent = sorted(min(moment, now) for moment in sent_at if moment > now - RATE_WINDOW)
    if len(recent) < per_minute:
        return per_minute - len(recent), None
    return 0, recent[-per_minute] + RATE_WINDOW
