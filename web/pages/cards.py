"""A campaign as pages tell it: one sentence, a tone, and a bar whose every colour has its word."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from campaigns.rules.vocabulary import FINAL_STATES, CampaignState, RecipientState
from campaigns.store.views import CampaignView
from web.pages.templating import number, share
from web.pages.words import CAMPAIGN, Tone, word_of_outcome

ICONS = {
    CampaignState.DRAFT: "file",
    CampaignState.SCHEDULED: "clock",
    CampaignState.RUNNING: "phone",
    CampaignState.PAUSING: "pause",
    CampaignState.PAUSED: "pause",
    CampaignState.FINISHED: "check",
    CampaignState.CANCELLED: "stop",
}


class Segment(NamedTuple):
    tone: str
    people: int
    word: str


@dataclass(frozen=True)
class Card:
    view: CampaignView
    headline: str
    tone: Tone
    icon: str
    total: int
    final: int
    legend: Sequence[Segment]

    @property
    def share(self) -> str:
        return share(self.final, self.total)

    @property
    def segments(self) -> list[tuple[str, int]]:
        return [(segment.tone, segment.people) for segment in self.legend]

    @property
    def told(self) -> str:
        """The bar in words, for those who do not see it."""
        if self.total == 0:
            return "nobody is on its list"
        return ", ".join(f"{number(part.people)} {part.word}" for part in self.legend)


def card_of(view: CampaignView) -> Card:
    tone = CAMPAIGN[view.state].tone
    dialling = view.state is CampaignState.RUNNING
    if dialling and view.reason is not None:
        tone = Tone.WAIT
    return Card(
        view=view,
        headline=view.reason or _dialling(view.calls.in_flight),
        tone=tone,
        icon="clock" if dialling and view.reason is not None else ICONS[view.state],
        total=view.counts["total"],
        final=sum(view.counts[state] for state in FINAL_STATES),
        legend=_legend(view),
    )


def _dialling(in_flight: int) -> str:
    if in_flight == 0:
        return "Running; the next call is about to be placed."
    return f"Calling now: {number(in_flight)} {'call is' if in_flight == 1 else 'calls are'} open."


def _legend(view: CampaignView) -> list[Segment]:
    """Who is final by the tone of the outcome, then who is not: all of it makes the total."""
    by_tone = dict.fromkeys(Tone, 0)
    for outcome, count in view.outcomes.items():
        by_tone[word_of_outcome(outcome).tone] += count
    told = sum(by_tone.values())
    final = sum(view.counts[state] for state in FINAL_STATES)
    segments = [
        Segment(Tone.GOOD, by_tone[Tone.GOOD], "reached"),
        Segment(Tone.BAD, by_tone[Tone.BAD], "not reached"),
        Segment(Tone.QUIET, by_tone[Tone.QUIET] + max(0, final - told), "opted out or called off"),
        Segment(Tone.LIVE, view.counts[RecipientState.CALLING], "being called"),
        Segment(Tone.WAIT, view.counts[RecipientState.WAITING], "to call again"),
        Segment("rest", view.counts[RecipientState.PENDING], "not called yet"),
    ]
    return [segment for segment in segments if segment.people]
