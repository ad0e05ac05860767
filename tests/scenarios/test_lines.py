"""Lines are kept busy, never more than there are, and shared fairly."""

import asyncio
from pathlib import Path

import pytest

from engine.lirax.simulator.faults import Fault, RequestFault
from engine.passes.dialing import Dialing
from tests.scenarios.people import AWAY, LISTENS, number, quiet
from tests.world import World, a_world

pytestmark = pytest.mark.anyio


def simultaneous(world: World, people: list[str]) -> int:
    """The most calls that were in the air at once."""
    edges = []
    for person in people:
        for ring in world.rings(person):
            edges += [(ring.started_at, 1), (ring.ended_at, -1)]
    most = now = 0
    for _, change in sorted(edges, key=lambda edge: (edge[0], edge[1])):
        now += change
        most = max(most, now)
    return most


async def test_never_more_calls_than_lines_and_none_idle(tmp_path: Path) -> None:
    async with a_world(tmp_path, lines=3) as world:
        people = [number(index) for index in range(30)]
        for person in people:
            world.script(person, quiet(5, 25))
        campaign = await world.campaign(people=people)
        await world.pass_time(minutes=6)
        assert simultaneous(world, people) == 3
        # 30 calls of 30 s on 3 lines take 300 s, refilled by the event that frees each line
        assert await world.counts(campaign) == {"done": 30}
        last = max(ring.ended_at for person in people for ring in world.rings(person) if ring.ended_at)
        first = min(ring.started_at for person in people for ring in world.rings(person))
        assert (last - first).total_seconds() == 300


async def test_a_campaign_keeps_to_its_own_lines(tmp_path: Path) -> None:
    async with a_world(tmp_path, lines=5) as world:
        people = [number(index) for index in range(10)]
        for person in people:
            world.script(person, LISTENS)
        await world.campaign("pace: {lines: 2}", people=people)
        await world.pass_time(minutes=5)
        assert simultaneous(world, people) == 2


async def test_in_any_minute_at_most_so_many_requests(tmp_path: Path) -> None:
    async with a_world(tmp_path, lines=20) as world:
        people = [number(index) for index in range(40)]
        for person in people:
            world.script(person, quiet(2, 3))
        campaign = await world.campaign("pace: {per_minute: 12}", people=people)
        await world.pass_time(minutes=10)
        sent = sorted(post.at for post in world.exchange.truth.posts_of("make2Calls"))
        assert len(sent) == 40
        assert all(
            (later - earlier).total_seconds() >= 60 for earlier, later in zip(sent, sent[12:], strict=False)
        )
        assert await world.state(campaign) == "finished"


async def test_two_campaigns_share_the_lines_by_weight(tmp_path: Path) -> None:
    async with a_world(tmp_path, lines=4) as world:
        light = [number(index) for index in range(40)]
        heavy = [number(1000 + index) for index in range(100)]
        for person in light + heavy:
            world.script(person, quiet(5, 25))
        await world.campaign("pace: {weight: 1}", people=light)
        await world.campaign("pace: {weight: 3}", people=heavy)
        await world.pass_time(minutes=14)
        shares = [sum(len(world.rings(person)) for person in people) for people in (light, heavy)]
        assert shares[1] / sum(shares) == pytest.approx(0.75, abs=0.02)


async def test_retries_go_before_first_calls(tmp_path: Path) -> None:
    async with a_world(tmp_path, lines=1) as world:
        people = [number(index) for index in range(60)]
        world.script(people[0], AWAY, LISTENS)
        for person in people[1:]:
            world.script(person, quiet(5, 55))
        await world.campaign("retry: {attempts: 2, delay: 20m}", people=people)
        await world.pass_time(minutes=25)
        again = world.rings(people[0])[1].started_at
        assert (again - world.rings(people[0])[0].started_at).total_seconds() < 20 * 60 + 30 + 60 + 1


async def test_the_same_number_in_two_campaigns_rings_once_at_a_time(tmp_path: Path) -> None:
    async with a_world(tmp_path) as world:
        person = number(7)
        world.script(person, LISTENS)
        first = await world.campaign(people=[person])
        second = await world.campaign(people=[person])
        await world.pass_time(minutes=5)
        assert len(world.rings(person)) == 1
        await world.pass_time(minutes=30)
        rings = world.rings(person)
        assert len(rings) == 2
        assert rings[0].ended_at is not None
        assert (rings[1].started_at - rings[0].ended_at).total_seconds() >= 15 * 60  # DZVIN_MIN_GAP
        assert await world.state(first) == await world.state(second) == "finished"


async def test_who_waits_for_an_overdue_call_to_the_number_is_looked_at_again_later(tmp_path: Path) -> None:
    """The dialling comes first, in the very moment at which the call to that number would be given up."""
    async with a_world(tmp_path) as world:
        person = number(7)
        world.exchange.faults.inject(Fault(RequestFault.CLOSED_AFTER_READING))
        await world.campaign(people=[person])
        second = await world.campaign(people=[person])
        await world.settle()
        [attempt] = await world.attempts(person)
        world.clock.move_to(attempt.deadline)
        await world.house.lease.keep(world.house.database)
        async with asyncio.timeout(5):
            await Dialing(world.house, placer=world.engine.placer).run()
        waiting = (await world.people(second))[person]
        assert waiting.due_at is not None
        assert waiting.due_at > attempt.deadline
        assert len(world.posts()) == 1


async def test_who_waits_to_be_called_again_keeps_nobody_else_waiting(tmp_path: Path) -> None:
    async with a_world(tmp_path, lines=1) as world:
        away, *others = people = [number(index) for index in range(4)]
        world.script(away, AWAY)
        for person in others:
            world.script(person, quiet(5, 25))
        await world.campaign("retry: {attempts: 2, delay: 1h}", people=people)
        await world.pass_time(minutes=10)
        assert [len(world.rings(person)) for person in people] == [1, 1, 1, 1]
