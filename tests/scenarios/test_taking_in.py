"""A restored database that has lost calls learns of them from call history, and rings nobody twice."""

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest

from campaigns.rules.vocabulary import AccountId
from engine.lirax.errors import LiraxError
from engine.lirax.requests import MakeTwoCalls
from engine.lirax.simulator.faults import Fault, RequestFault
from engine.reconciliation.taking_in import take_in_history
from tests.scenarios.people import BUSY, HANGS_UP, IVAN, LISTENS, OLENA, TARAS
from tests.world import World, a_world

pytestmark = pytest.mark.anyio

ACCOUNT = AccountId(1)


async def lost_call(world: World, phone: str, *, ext: str = "101") -> None:
    """A call that LiraX makes and of which this database knows nothing."""
    request = MakeTwoCalls(from_ext=ext, to1=phone, to2="5001", successtime=15, notbefore="00", notafter="23")
    await world.house.accounts.client(ACCOUNT).send(request)
    await world.pass_time(minutes=2)


async def test_rings_that_the_database_has_lost_count_and_are_not_repeated(tmp_path: Path) -> None:
    async with a_world(tmp_path, with_history=True) as world:
        world.script(OLENA, LISTENS)
        world.script(TARAS, BUSY)
        world.script(IVAN, LISTENS)
        draft = await world.draft("retry: {attempts: 2, delay: 3h}", people=[OLENA, TARAS, IVAN])
        since = world.now
        await lost_call(world, OLENA)
        await lost_call(world, TARAS)
        taken = await take_in_history(world.house, ACCOUNT, since=since, until=world.now)
        assert (taken.rows, taken.adopted, taken.strange) == (2, 2, 0)
        assert taken.sure_until == world.now - timedelta(minutes=15)
        people = await world.people(draft)
        assert (people[OLENA].state, people[OLENA].outcome, people[OLENA].attempts) == ("done", "listened", 1)
        assert (people[TARAS].state, people[TARAS].last_result) == ("waiting", "no_answer")
        assert people[IVAN].state == "pending"
        again = await take_in_history(world.house, ACCOUNT, since=since, until=world.now)
        assert (again.adopted, again.learned) == (0, 0)


async def test_two_engines_that_ask_history_at_once_write_a_lost_ring_down_once(tmp_path: Path) -> None:
    async with a_world(tmp_path, with_history=True) as world:
        world.script(TARAS, BUSY)
        draft = await world.draft("retry: {attempts: 3, delay: 3h}", people=[TARAS])
        since = world.now
        await lost_call(world, TARAS)
        takings = [take_in_history(world.house, ACCOUNT, since=since, until=world.now) for _ in range(2)]
        assert sorted(taken.adopted for taken in await asyncio.gather(*takings)) == [0, 1]
        assert (await world.people(draft))[TARAS].attempts == 1


async def test_a_call_of_somebody_elses_is_no_campaigns(tmp_path: Path) -> None:
    async with a_world(tmp_path, with_history=True) as world:
        world.script(OLENA, LISTENS)
        world.script(TARAS, HANGS_UP, HANGS_UP)
        since = world.now
        await world.campaign(people=[OLENA])
        await world.pass_time(minutes=2)  # from it, history is known to name extensions
        draft = await world.draft(people=[TARAS])
        await lost_call(world, TARAS, ext="105")
        taken = await take_in_history(world.house, ACCOUNT, since=since, until=world.now)
        assert (taken.learned, taken.adopted, taken.strange) == (1, 0, 1)
        assert (await world.people(draft))[TARAS].state == "pending"
        truth = world.exchange.truth  # that call was made by somebody else: no promise of ours is about it
        truth.posts[:] = [post for post in truth.posts if post.fields.get("to1") != TARAS]
        truth.rings[:] = [ring for ring in truth.rings if ring.number != TARAS]


async def test_history_that_cannot_be_read_is_not_taken_in(tmp_path: Path) -> None:
    async with a_world(tmp_path, with_history=True) as world:
        world.exchange.faults.inject(Fault(RequestFault.GARBAGE, command="historyExport", times=None))
        with pytest.raises(LiraxError):
            await take_in_history(world.house, ACCOUNT, since=world.now - timedelta(hours=1), until=world.now)
    async with a_world(tmp_path) as world:
        with pytest.raises(LiraxError, match="has no call history"):
            await take_in_history(world.house, ACCOUNT, since=world.now, until=world.now)
