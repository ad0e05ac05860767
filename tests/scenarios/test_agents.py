"""Campaigns that join people with agents: never more calls in the air than agents are free for."""

from pathlib import Path

import pytest

from campaigns.rules.vocabulary import CampaignId
from campaigns.store.views import CampaignView, campaign_view
from engine.lirax.simulator.agents import Queue
from engine.lirax.simulator.people import Behaviour
from tests.agents_oracle import most_in_the_air
from tests.scenarios.people import number
from tests.world import World, a_world

pytestmark = pytest.mark.anyio

EXTS = ("201", "202", "203", "204", "205")
QUEUE = "5001"
JOINED = "call: {connect: '5001', success_after: 15s}\n"
ALL = JOINED + "agents: all\n"
TALKS = Behaviour(ring_seconds=8, talk_seconds=60)
LEAVES = Behaviour(ring_seconds=8, talk_seconds=60, patience_seconds=5)


def staff(world: World, *exts: str, number: str = QUEUE, wrap_up: float = 10) -> None:
    world.exchange.directory.users.clear()
    world.exchange.agents.open_queue(number, Queue(exts, answer_seconds=2, wrap_up_seconds=wrap_up))


def called(world: World, count: int, *behaviours: Behaviour, first: int = 0) -> list[str]:
    people = [number(first + index) for index in range(count)]
    for person in people:
        world.script(person, *behaviours)
    return people


async def view(world: World, campaign: CampaignId) -> CampaignView:
    found = await world.house.database.read(
        lambda reading: campaign_view(reading, campaign, now=world.now, policies=world.house.policies)
    )
    assert found is not None
    return found


async def test_as_many_calls_are_in_the_air_as_agents_are_free(tmp_path: Path) -> None:
    async with a_world(tmp_path, lines=20) as world:
        staff(world, *EXTS)
        campaign = await world.campaign(ALL, people=called(world, 30, TALKS))
        await world.settle()
        assert len(world.posts()) == 5
        await world.pass_time(minutes=12)
        assert most_in_the_air(world.exchange.truth) == 5
        seen = await view(world, campaign)
        assert (seen.calls.answered, seen.calls.abandoned, seen.state) == (30, 0, "finished")


async def test_more_calls_for_each_agent_find_some_people_alone(tmp_path: Path) -> None:
    async with a_world(tmp_path, lines=20) as world:
        staff(world, *EXTS)
        campaign = await world.campaign(ALL + "pace: {per_agent: 2}\n", people=called(world, 30, LEAVES))
        await world.settle()
        assert len(world.posts()) == 10
        await world.pass_time(minutes=15)
        seen = await view(world, campaign)
        assert seen.calls.abandoned > 0
        assert seen.calls.answered == 30
