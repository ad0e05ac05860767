"""LiraX refuses, or is not there: nothing is lost, and it goes on by itself."""

from pathlib import Path

import pytest

from campaigns.store import accounts
from engine.lirax.simulator.faults import Fault, RequestFault
from tests.scenarios.people import LISTENS, OLENA, TARAS, number
from tests.world import a_world

pytestmark = pytest.mark.anyio


async def test_a_refused_key_holds_the_dialling_and_costs_nobody_an_attempt(tmp_path: Path) -> None:
    async with a_world(tmp_path, now="2026-12-01 10:00", lines=2) as world:
        people = [number(index) for index in range(6)]
        for person in people:
            world.script(person, LISTENS)
        world.exchange.faults.inject(Fault(RequestFault.ERROR, code=401, command="*", times=None))
        campaign = await world.campaign(people=people)
        await world.pass_time(hours=1)
        assert await world.state(campaign) == "running"
        assert await world.counts(campaign) == {"pending": 6}
        assert await world.counts(campaign, "calls") == {}
        assert len(world.posts()) <= 2
        world.exchange.faults.clear()
        await world.pass_time(seconds=90)
        assert len(world.posts()) > 2
        await world.pass_time(minutes=10)
        assert await world.counts(campaign) == {"done": 6}
        assert all(person.attempts == 1 for person in (await world.people(campaign)).values())


async def test_a_number_that_lirax_refuses_is_invalid(tmp_path: Path) -> None:
    async with a_world(tmp_path) as world:
        world.script(TARAS, LISTENS)
        world.exchange.faults.inject(Fault(RequestFault.ERROR, code=400, phone=OLENA))
        campaign = await world.campaign("retry: {attempts: 3, delay: 1h}", people=[OLENA, TARAS])
        await world.pass_time(hours=1)
        people = await world.people(campaign)
        assert (people[OLENA].state, people[OLENA].outcome, people[OLENA].attempts) == (
            "invalid",
            "invalid",
            0,
        )
        assert people[OLENA].last_result == "rejected"
        assert people[TARAS].outcome == "listened"
        assert await world.state(campaign) == "finished"


async def test_while_lirax_is_away_nobody_loses_an_attempt(tmp_path: Path) -> None:
    async with a_world(tmp_path) as world:
        world.script(OLENA, LISTENS)
        await world.simulator.__aexit__(None, None, None)  # nobody listens on LiraX's port any more
        campaign = await world.campaign(people=[OLENA])
        await world.pass_time(seconds=30)
        row = (await world.people(campaign))[OLENA]
        assert (row.state, row.attempts) == ("pending", 0)
        assert (await world.attempts(OLENA))[0].state == "unplaced"
        assert await world.state(campaign) == "running"
        [account] = await world.house.database.read(accounts.every)
        assert account.hold_reason == (
            f"LiraX cannot be reached at {account.lirax_url} (All connection attempts failed); "
            "dialling goes on by itself once it answers."
        )
