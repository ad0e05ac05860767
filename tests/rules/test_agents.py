"""Who is free, how many calls that allows, and how abandoned people slow the dialling: as tables."""

from datetime import timedelta
from fractions import Fraction
from itertools import product

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from campaigns.rules.agents import (
    AgentState,
    Crew,
    FreeAgents,
    Lately,
    Presence,
    calls_per_agent,
    free_now,
    presence_of,
)
from campaigns.rules.vocabulary import CampaignId
from tests.rules.calling_windows import utc

NOW = utc("2026-12-01 10:00:00")
BEFORE, AFTER = NOW - timedelta(minutes=1), NOW + timedelta(minutes=1)
FIVE = frozenset({"201", "202", "203", "204", "205"})
ONE, TWO, THREE = CampaignId(1), CampaignId(2), CampaignId(3)


@pytest.mark.parametrize(
    ("status", "presence"),
    [
        (0, Presence.AWAY),
        (1, Presence.FREE),
        (2, Presence.BUSY),
        (5, Presence.BUSY),
        (77, Presence.BUSY),  # a status the account has not told us of
        (-1, Presence.BUSY),
    ],
)
def test_a_status_says_free_busy_or_away(status: int, presence: Presence) -> None:
    assert presence_of(status) is presence


@pytest.mark.parametrize(
    ("agent", "joined", "is_free"),
    [
        (AgentState("201", 1, NOW), {}, True),
        (AgentState("201", 2, NOW), {}, False),
        (AgentState("201", 0, NOW), {}, False),
        (AgentState("201", 1, NOW, believed=False), {}, False),  # told before LiraX was asked
        (AgentState("201", 1, NOW), {"201": AFTER}, False),  # the event came before the staton
        (AgentState("201", 1, NOW), {"201": NOW}, False),
        (AgentState("201", 1, NOW), {"201": BEFORE}, True),  # free again; the call's end is not told yet
        (AgentState("201", 1, NOW), {"202": AFTER}, True),
    ],
)
def test_free_is_who_is_told_free_and_was_not_joined_since(
    agent: AgentState, joined: dict[str, object], is_free: bool
) -> None:
    assert (free_now([agent], joined) == {"201"}) is is_free  # type: ignore[arg-type]


def rooms(crews: dict[CampaignId, Crew], campaign: CampaignId = ONE) -> int:
    """How many calls of the campaign may be added."""
    agents, added = FreeAgents(crews), 0
    while agents.has_room(campaign):
        agents.take(campaign)
        added += 1
    return added


@pytest.mark.parametrize(
    ("crew", "room"),
    [
        (Crew(FIVE, 0, 1.0), 5),
        (Crew(FIVE, 3, 1.0), 2),
        (Crew(FIVE, 5, 1.0), 0),
        (Crew(FIVE, 9, 1.0), 0),  # agents have left
        (Crew(FIVE, 0, 1.5), 7),  # 7.5, and half a call is none
        (Crew(FIVE, 0, 2.0), 10),
        (Crew(FIVE, 0, 1.2), 6),
        (Crew(FIVE, 0, 0.5), 2),
        (Crew(FIVE, 0, 0.1), 0),
        (Crew(frozenset({"201"}), 0, 1.5), 1),
        (Crew(frozenset(), 0, 10.0), 0),
    ],
)
def test_free_agents_times_calls_for_each_and_no_more(crew: Crew, room: int) -> None:
    assert rooms({ONE: crew}) == room


A, B, AB = frozenset({"a"}), frozenset({"b"}), frozenset({"a", "b"})


@pytest.mark.parametrize(
    ("crews", "room"),
    [
        # another campaign with the same agents has taken them
        ({ONE: Crew(FIVE, 0, 1.0), TWO: Crew(FIVE, 4, 1.0)}, 1),
        ({ONE: Crew(FIVE, 0, 1.0), TWO: Crew(FIVE, 5, 1.0)}, 0),
        # its own agents are none of this one's business
        ({ONE: Crew(A, 0, 1.0), TWO: Crew(B, 1, 1.0)}, 1),
        ({ONE: Crew(A, 0, 1.0), TWO: Crew(B, 9, 1.0)}, 1),
        # who can do with another leaves the shared one
        ({ONE: Crew(A, 0, 1.0), TWO: Crew(AB, 1, 1.0)}, 1),
        ({ONE: Crew(A, 0, 1.0), TWO: Crew(AB, 2, 1.0)}, 0),
        ({ONE: Crew(AB, 0, 1.0), TWO: Crew(A, 1, 1.0)}, 1),
        ({ONE: Crew(AB, 0, 1.0), TWO: Crew(A, 1, 1.0), THREE: Crew(B, 1, 1.0)}, 0),
        # a chain: 1 on a, 2 on a and b, 3 on b
        ({ONE: Crew(A, 0, 1.0), TWO: Crew(AB, 1, 1.0), THREE: Crew(B, 1, 1.0)}, 0),
        # two calls for each agent: half an agent a call
        ({ONE: Crew(AB, 0, 1.0), TWO: Crew(AB, 2, 2.0)}, 1),
        ({ONE: Crew(AB, 0, 2.0), TWO: Crew(AB, 1, 1.0)}, 2),
    ],
)
def test_no_free_agent_is_promised_to_two_campaigns(crews: dict[CampaignId, Crew], room: int) -> None:
    assert rooms(crews) == room


def test_a_campaign_without_agents_needs_none() -> None:
    assert FreeAgents({ONE: Crew(frozenset(), 0, 1.0)}).has_room(TWO)


@settings(deadline=None, max_examples=200)
@given(
    st.lists(
        st.tuples(st.frozensets(st.sampled_from("abcde")), st.integers(1, 3), st.integers(0, 3)),
        min_size=1,
        max_size=12,
    ),
    st.lists(st.integers(0, 11), max_size=30),
)
@example(  # more groups share agents than can be weighed
    [
        (frozenset(exts), per, 0)
        for exts, per in zip(
            ("abc", "abcde", "", "c", "abd", "abcd", "a", "b", "ab", "ac"), (2, *[1] * 9), strict=True
        )
    ],
    [0, 0, 0, 3, 4, 4],
)
def test_whatever_is_asked_for_each_call_finds_its_share_of_an_agent(
    wanted: list[tuple[frozenset[str], int, int]], order: list[int]
) -> None:
    """The oracle: calls are handed to agents one by one, moving others out of the way."""
    crews = {CampaignId(number): Crew(exts, 0, float(per)) for number, (exts, per, _) in enumerate(wanted)}
    agents = FreeAgents(crews)
    calls: list[tuple[frozenset[str], Fraction]] = []
    for number in order:
        campaign = CampaignId(number % len(wanted))
        if agents.has_room(campaign):
            agents.take(campaign)
            exts, per, _ = wanted[campaign]
            calls.append((exts, Fraction(1, per)))
    for chosen in product((False, True), repeat=5):
        some = frozenset(ext for ext, taken in zip("abcde", chosen, strict=True) if taken)
        load = sum((share for exts, share in calls if exts <= some), Fraction(0))
        assert load <= len(some)


@pytest.mark.parametrize(
    ("per_agent", "limit", "lately", "allowed"),
    [
        (2.0, None, Lately(100, 50), 2.0),  # nobody asked for a limit
        (2.0, 0.03, Lately(), 2.0),
        (2.0, 0.03, Lately(100, 0), 2.0),
        (2.0, 0.03, Lately(100, 1), 2.0),  # 1 % is under half of the limit
        (2.0, 0.03, Lately(100, 2), 1 + 2 / 3),  # 2 % of 3 %: a third of the limit is left, twice that
        (2.0, 0.03, Lately(100, 3), 1.0),
        (2.0, 0.03, Lately(100, 20), 1.0),  # never below one call for each free agent
        (2.0, 0.03, Lately(5, 1), 1.0),  # counts as 1 of 34
        (2.0, 0.10, Lately(3, 1), 1.0),  # counts as 1 of 10
        (2.0, 0.10, Lately(40, 1), 2.0),
        (1.5, 0.05, Lately(100, 4), 1.2),  # a fifth of the limit left: 1 + 0.5 x 0.4
        (1.0, 0.03, Lately(100, 50), 1.0),
        (0.5, 0.03, Lately(100, 50), 0.5),
    ],
)
def test_abandoned_people_slow_the_dialling_down_to_one_call_an_agent(
    per_agent: float, limit: float | None, lately: Lately, allowed: float
) -> None:
    assert calls_per_agent(per_agent, max_abandoned=limit, lately=lately) == pytest.approx(allowed)
