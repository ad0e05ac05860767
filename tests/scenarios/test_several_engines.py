"""Two and three engines on one database: what one claims no other touches; what one leaves is taken over."""

import asyncio
from collections import Counter
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import Connection

from campaigns.rules.vocabulary import AccountId
from campaigns.store import agents, workers
from engine.errors import DatabaseTrouble
from engine.house import House
from engine.lirax.simulator.truth import Ring
from engine.passes.errands import Errands
from engine.passes.texting import Texting
from tests.databases import Postgres
from tests.engines import StandsStill, another_engine, end_leases
from tests.scenarios.people import LISTENS, OLENA, TARAS, number
from tests.world import World, a_world

pytestmark = pytest.mark.anyio

ACCOUNT = AccountId(1)
EVERYTHING = """
pace: {lines: 4, per_minute: 12}
rules:
  - when: {result: answered_full}
    sms: "Thank you"
    deal: {name: "Debt", sum: 5, stage: 1}
    note: "Listened"
    task: {ext: "101", text: "Call back", type: call, due: 1h}
sms: {modem: "380671112233", ext: "102"}
"""


def freeze(world: World, house: House) -> None:
    """The engine of that house stands still, or is dead, until it is thawed."""
    world.frozen[id(house)] = world.engines.pop(id(house))


def thaw(world: World, house: House) -> None:
    world.engines[id(house)] = world.frozen.pop(id(house))


def most_at_once(rings: list[Ring]) -> int:
    """The most calls that were up together, as the exchange saw them."""
    begun = [ring.started_at for ring in rings if ring.leg == 1]
    up = [
        sum(1 for ring in rings if ring.leg == 1 and ring.started_at <= at and (ring.ended_at or at) > at)
        for at in begun
    ]
    return max(up, default=0)


def most_in_a_minute(moments: list[datetime]) -> int:
    minute = timedelta(seconds=60)
    return max((sum(1 for other in moments if at <= other < at + minute) for at in moments), default=0)


async def test_three_engines_call_everybody_once_within_lines_and_pace(
    tmp_path: Path, database_url: str
) -> None:
    async with a_world(tmp_path, database_url=database_url, engines=3) as world:
        world.exchange.people.everyone(LISTENS)
        people = [number(index) for index in range(30)]
        campaign = await world.campaign(EVERYTHING, people=people)
        await world.pass_time(minutes=10)
        assert await world.counts(campaign) == {"done": 30}
        assert await world.state(campaign) == "finished"
        assert Counter(ring.number for ring in world.exchange.truth.rings if ring.leg == 1) == Counter(people)
        assert most_at_once(world.exchange.truth.rings) == 4
        requests = [post.at for post in world.exchange.truth.posts_of("make2Calls")]
        assert most_in_a_minute(requests) <= 12
        for command in ("createDeal", "createNote", "createTask", "sendSMS"):
            assert len(world.posts(command)) == 30, command
        assert {message.state for message in await world.messages()} == {"delivered"}


async def test_an_engine_that_stood_still_past_its_lease_sends_nothing(
    tmp_path: Path, database_url: str
) -> None:
    async with a_world(tmp_path, database_url=database_url, engines=2) as world:
        world.exchange.people.everyone(LISTENS)
        await world.campaign(people=[OLENA])
        frozen_house = another_engine(world.engines, world.house)
        freeze(world, frozen_house)
        frozen = StandsStill(frozen_house)
        await frozen.claim()
        await end_leases(world.house, now=world.now)
        await world.pass_time(seconds=20)
        assert [call.state for call in await world.attempts(OLENA)] == ["ambiguous"]
        assert world.posts() == []
        await frozen.go_on()
        assert world.posts() == []
        [attempt] = await world.attempts(OLENA)
        assert (attempt.state, attempt.result) == ("unplaced", "unplaced")  # nobody else could have sent it
        epoch = frozen_house.epoch
        thaw(world, frozen_house)
        await world.pass_time(minutes=5)
        assert frozen_house.epoch != epoch
        assert len(world.rings(OLENA)) == 1


async def test_a_lease_lost_for_a_moment_stops_what_was_claimed_under_it(
    tmp_path: Path, database_url: str
) -> None:
    """Ten seconds without the database: the others wait for five more, but nothing leaves any more."""
    async with a_world(tmp_path, database_url=database_url, engines=2) as world:
        world.exchange.people.everyone(LISTENS)
        await world.campaign(people=[OLENA])
        house = another_engine(world.engines, world.house)
        freeze(world, house)
        frozen = StandsStill(house)
        await frozen.claim()
        world.clock.advance(timedelta(seconds=10))
        assert not house.lease.is_held()
        await house.lease.keep(house.database)
        assert house.lease.is_held()
        await frozen.go_on()  # within its deadline, but the lease was lost meanwhile
        assert world.posts() == []
        [attempt] = await world.attempts(OLENA)
        assert (attempt.state, attempt.detail) == (
            "unplaced",
            "not sent: this engine was out of touch with the database for too long",
        )
        await world.pass_time(minutes=5)
        assert len(world.rings(OLENA)) == 1


async def test_what_a_killed_engine_was_placing_is_never_placed_again_by_guess(
    tmp_path: Path, database_url: str
) -> None:
    async with a_world(tmp_path, database_url=database_url, engines=2, lines=4) as world:
        world.exchange.people.everyone(LISTENS)
        campaign = await world.campaign("pace: {lines: 2}", people=[OLENA, TARAS])
        killed = another_engine(world.engines, world.house)
        freeze(world, killed)
        await StandsStill(killed).claim()
        others = await world.campaign(people=[number(index) for index in range(4)])
        await world.pass_time(seconds=1)
        assert {call.state for call in await world.attempts(OLENA)} == {"placing"}
        await end_leases(world.house, now=world.now)
        await world.pass_time(seconds=20)
        assert {call.state for call in await world.attempts(OLENA)} == {"ambiguous"}
        await world.pass_time(hours=1)
        # nobody can tell, as there is no call history here; its lines are free, its people not called again
        assert await world.counts(campaign) == {"done": 2}
        assert {person.outcome for person in (await world.people(campaign)).values()} == {"unknown"}
        assert world.rings(OLENA) == world.rings(TARAS) == []
        assert await world.counts(others) == {"done": 4}


async def test_on_sqlite_a_lease_ends_by_the_clock_of_the_house(tmp_path: Path) -> None:
    async with a_world(tmp_path, engines=2) as world:
        await world.campaign(people=[OLENA])
        dead = another_engine(world.engines, world.house)
        freeze(world, dead)
        await StandsStill(dead).claim()
        await world.pass_time(seconds=14)
        assert [call.state for call in await world.attempts(OLENA)] == ["placing"]
        await world.pass_time(seconds=1)
        assert [call.state for call in await world.attempts(OLENA)] == ["ambiguous"]
        await world.pass_time(hours=1)


async def test_after_a_restart_on_one_file_nobody_waits_for_the_lease_of_the_dead(tmp_path: Path) -> None:
    async with a_world(tmp_path) as world:
        world.exchange.people.everyone(LISTENS)
        await world.campaign(people=[OLENA])
        await StandsStill(world.house).claim()
        await world.restart()
        await world.campaign(people=[TARAS])
        await world.settle()
        assert [call.state for call in await world.attempts(OLENA)] == ["ambiguous"]
        assert [post["to1"] for post in world.posts()] == [TARAS]  # in the very same moment
        await world.pass_time(hours=1)


async def test_two_engines_claim_a_message_once_and_a_frozen_one_sends_it_no_more(
    tmp_path: Path, database_url: str
) -> None:
    async with a_world(tmp_path, database_url=database_url, engines=2) as world:
        world.exchange.people.everyone(LISTENS)
        await world.campaign(EVERYTHING, people=[number(index) for index in range(6)])
        await world.pass_time(minutes=3)
        sent = Counter(message.phone for message in world.exchange.truth.messages)
        assert set(sent.values()) == {1}
        assert len(sent) == 6
        gap = world.exchange.truth.smallest_modem_gap("380671112233")
        assert gap is not None
        assert gap >= timedelta(seconds=5)


async def test_engines_without_a_lease_claim_nothing_of_any_kind(tmp_path: Path, database_url: str) -> None:
    async with a_world(tmp_path, database_url=database_url) as world:
        world.exchange.people.everyone(LISTENS)
        campaign = await world.campaign(EVERYTHING, people=[OLENA])
        await world.until(world.now + timedelta(seconds=24))
        idle = another_engine(world.engines, world.house)  # which never got a lease
        freeze(world, idle)
        before = len(world.exchange.truth.posts)
        await world.change("effect", id=1, state="queued", due_at=world.now, finished_at=None)
        await Errands(idle).start_some(ACCOUNT)
        await Texting(idle).run()
        assert len(world.exchange.truth.posts) == before
        assert campaign


async def test_one_engine_calls_the_roll_for_all(tmp_path: Path, database_url: str) -> None:
    async with a_world(tmp_path, database_url=database_url, engines=3) as world:
        await world.pass_time(minutes=1)
        assert len(world.posts("initStatuses")) == 1
        roll_call = await world.house.database.read(partial(agents.roll_call, account_id=ACCOUNT))
        assert roll_call is not None
        owner = next(house for house, _ in world.engines.values() if roll_call.name.startswith(house.epoch))
        freeze(world, owner)
        await end_leases(world.house, now=world.now)
        await world.pass_time(minutes=6)
        assert len(world.posts("initStatuses")) == 2


async def test_lists_of_lirax_are_read_by_one_of_several_engines(tmp_path: Path, database_url: str) -> None:
    async with a_world(tmp_path, database_url=database_url) as world:
        await world.pass_time(minutes=1)
        first = len(world.posts("getUsers"))
        another_engine(world.engines, world.house)
        await world.pass_time(minutes=1)
        assert len(world.posts("getUsers")) == first
        await world.pass_time(hours=25)
        assert len(world.posts("getUsers")) == first + 1


async def test_engines_at_work_are_told_with_the_age_of_their_lease(
    tmp_path: Path, database_url: str
) -> None:
    async with a_world(tmp_path, database_url=database_url, engines=2) as world:
        await world.settle()

        def look(connection: Connection) -> list[tuple[bool, bool]]:
            now = workers.clock(connection, world.now)
            rows = workers.at_work(connection, now=now)
            return [(row.has_lease, row.silent_for < timedelta(seconds=15)) for row in rows]

        assert await world.house.database.read(look) == [(True, True), (True, True)]
        for _, engine in world.engines.values():
            await engine.stop()
        assert await world.house.database.read(look) == []


async def test_while_postgresql_is_gone_nothing_leaves_and_afterwards_all_goes_on(
    tmp_path: Path, postgres: Postgres
) -> None:
    url = await postgres.fresh()
    async with a_world(tmp_path, database_url=url, engines=2) as world:
        world.exchange.people.everyone(LISTENS)
        people = [number(index) for index in range(8)]
        campaign = await world.campaign("pace: {lines: 3}", people=people)
        cut_off = StandsStill(another_engine({}, world.house))
        await cut_off.claim()
        await postgres.lose(url)
        world.clock.advance(timedelta(seconds=20))
        for house, engine in world.engines.values():
            with pytest.raises(DatabaseTrouble):
                await engine.step()
            assert not house.lease.is_held()
        going_on = asyncio.create_task(cut_off.go_on())
        await asyncio.sleep(0.2)
        await postgres.find(url)
        await going_on
        assert world.posts() == []
        await world.pass_time(minutes=10)
        assert await world.counts(campaign) == {"done": 8}
        assert Counter(ring.number for ring in world.exchange.truth.rings if ring.leg == 1) == Counter(people)
