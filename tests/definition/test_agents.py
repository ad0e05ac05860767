"""`agents`, and what of the pace depends on them."""

import pytest

from campaigns.definition import outline, policy_of
from campaigns.rules.policy import Agents
from tests.definition.reading_aloud import KYIV, minimal, problem_of, problems_of, read

PLAYS = 'name: Reminder\nfrom: "101"\ncall: {play: "https://files.example.com/hello.mp3"}\n'


@pytest.mark.parametrize(
    ("more", "agents"),
    [
        ("", None),
        ("agents: all\n", Agents(None)),
        ("agents: [101, '201']\n", Agents(frozenset({"101", "201"}))),
        ("agents: 101\n", Agents(frozenset({"101"}))),
        ("agents: [101, 101]\n", Agents(frozenset({"101"}))),
    ],
)
def test_agents_are_named_or_everybody(more: str, agents: Agents | None) -> None:
    definition = minimal(more)
    assert definition.policy.agents == agents
    assert policy_of(definition.document, account_timezone=KYIV).agents == agents


def test_agents_may_stand_in_the_call() -> None:
    text = 'name: Reminder\nfrom: "101"\ncall: {connect: "5001", agents: [201]}\n'
    assert read(text).policy.agents == Agents(frozenset({"201"}))
    (problem,) = problems_of(text + "agents: all\n")
    assert (problem.field, problem.message.split(";")[0]) == (
        "call.agents",
        "stands at the top of the definition too",
    )


def test_the_pace_of_agents_is_read() -> None:
    pace = minimal("agents: all\npace: {per_agent: 1.5, max_abandoned: 3%}\n").policy.pace
    assert (pace.per_agent, pace.max_abandoned) == (1.5, 0.03)


@pytest.mark.parametrize(
    ("more", "field", "message"),
    [
        ("agents: []\n", "agents", "names nobody"),
        ("agents: everybody\n", "agents", "is not an extension of LiraX"),
        ("agents: {ext: 101}\n", "agents", "must be"),
        ("pace: {per_agent: 2}\n", "pace.per_agent", "needs agents"),
        ("pace: {max_abandoned: 3%}\n", "pace.max_abandoned", "needs agents"),
        ("agents: all\npace: {per_agent: 0}\n", "pace.per_agent", "is not a number above 0"),
        ("agents: all\npace: {per_agent: 11}\n", "pace.per_agent", "up to 10"),
        ("agents: all\npace: {per_agent: two}\n", "pace.per_agent", "such as 1.5"),
        ("agents: all\npace: {per_agent: 1e1}\n", "pace.per_agent", "such as 1.5"),
        ("agents: all\npace: {max_abandoned: 0.03}\n", "pace.max_abandoned", "write it with its sign"),
        ("agents: all\npace: {max_abandoned: 3}\n", "pace.max_abandoned", "as in “3%”"),
        ("agents: all\npace: {max_abandoned: 0%}\n", "pace.max_abandoned", "from 0.1% to 50%"),
        ("agents: all\npace: {max_abandoned: 60%}\n", "pace.max_abandoned", "from 0.1% to 50%"),
        ("agents: all\npace: {max_abandoned: few}\n", "pace.max_abandoned", "such as “3%”"),
    ],
)
def test_what_is_wrong_with_agents_is_named(more: str, field: str, message: str) -> None:
    problem = problem_of(more)
    assert problem.field == field
    assert message in problem.message


def test_a_recording_needs_no_agents() -> None:
    (problem,) = problems_of(PLAYS + "agents: all\npace: {per_agent: 2}\n")
    assert (problem.field, problem.line) == ("agents", 4)
    assert "needs call.connect" in problem.message


def test_it_is_told_what_agents_mean() -> None:
    told = outline(minimal("agents: [202, 201]\npace: {per_agent: 1.5, max_abandoned: 2.5%}\n"))
    assert "Calls are taken by 201 and 202: up to 1.5 calls are in the air for each who is free." in told
    assert "When more than 2.5% of those who answer find nobody, it dials slower by itself." in told


def test_a_pace_that_nothing_limits_is_noted() -> None:
    more = "window: {hours: 09:00-10:00}\nagents: all\npace: {per_agent: 2}\n"
    (note,) = minimal(more).notes
    assert note.startswith("pace.per_agent is above 1 and pace.max_abandoned is left out")
