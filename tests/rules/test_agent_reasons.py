"""What is said of a campaign that waits for its agents."""

import pytest

from campaigns.rules.agent_reasons import dials_slower, waits_for_agents, waits_for_its_agent, write_share
from campaigns.rules.agents import CrewFacts, Lately


@pytest.mark.parametrize(
    ("crew", "sentence"),
    [
        (CrewFacts(free=1, busy=4, away=0), None),
        (CrewFacts(free=0, busy=2, away=3), "No agent is free (2 of 5 busy, 3 not signed in)."),
        (CrewFacts(free=0, busy=5, away=0), "No agent is free (5 of 5 busy)."),
        (CrewFacts(free=0, busy=0, away=3), "No agent is free (3 of 3 not signed in)."),
        (CrewFacts(free=0, busy=0, away=0), "No agent is free: LiraX has told of no employee."),
        (CrewFacts(free=0, busy=0, away=3, heard=False), "Waiting for LiraX to tell who is free."),
        (
            CrewFacts(free=0, busy=0, away=3, heard=False, trouble="LiraX cannot be reached."),
            "Waiting for LiraX to tell who is free: LiraX cannot be reached.",
        ),
        (CrewFacts(free=1, busy=0, away=0, trouble="LiraX cannot be reached."), None),
    ],
)
def test_nobody_is_called_while_no_agent_is_free(crew: CrewFacts, sentence: str | None) -> None:
    assert waits_for_agents(crew) == sentence


@pytest.mark.parametrize(
    ("crew", "sentence"),
    [
        (CrewFacts(free=3, busy=0, away=0, in_the_air=2), None),
        (
            CrewFacts(free=3, busy=0, away=0, in_the_air=3),
            "Waiting for a free agent: 3 calls are in the air for 3 free agents.",
        ),
        (
            CrewFacts(free=1, busy=0, away=0, in_the_air=1, per_agent=1.5, effective=1.5),
            "Waiting for a free agent: 1 call is in the air for 1 free agent.",
        ),
        (CrewFacts(free=1, busy=0, away=0, in_the_air=1, per_agent=2, effective=2), None),
        (CrewFacts(free=0, busy=2, away=3), "No agent is free (2 of 5 busy, 3 not signed in)."),
    ],
)
def test_a_person_waits_for_an_agent_of_their_own(crew: CrewFacts, sentence: str | None) -> None:
    assert waits_for_its_agent(crew) == sentence


def test_slower_dialling_says_why() -> None:
    crew = CrewFacts(
        free=1, busy=0, away=0, per_agent=2, effective=1.5, max_abandoned=0.03, lately=Lately(98, 2)
    )
    assert dials_slower(crew) == (
        "Dialling slower, 1.5 instead of 2 calls for each free agent: 2 of the last 98 people who answered "
        "found nobody, and at most 3% may."
    )
    assert dials_slower(CrewFacts(free=1, busy=0, away=0)) is None


@pytest.mark.parametrize(("share", "text"), [(0.03, "3%"), (0.025, "2.5%"), (0.1, "10%"), (0.001, "0.1%")])
def test_a_share_is_written_as_in_a_definition(share: float, text: str) -> None:
    assert write_share(share) == text
