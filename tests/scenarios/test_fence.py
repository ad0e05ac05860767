"""Between the claim and the first byte anything may happen; what objects then is heard."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection

from campaigns.rules.vocabulary import CampaignId
from engine.apply.campaigns import transaction
from engine.apply.claiming import Claims, claim
from engine.commands.campaigns import cancel, pause, resume
from engine.commands.suppressing import suppress
from engine.fences import Fence
from engine.lirax.simulator.faults import Fault, RequestFault
from engine.passes.placing import Placer
from tests.scenarios.people import LISTENS, OLENA
from tests.world import World, a_world

pytestmark = pytest.mark.anyio

Send = Callable[[], Awaitable[None]]


@asynccontextmanager
async def claimed(folder: Path, database_url: str) -> AsyncIterator[tuple[World, CampaignId, Send]]:
    """Olena's call is claimed and written down; its request leaves by `send`, if it may."""
    async with a_world(folder, now="2026-12-01 10:00", database_url=database_url) as world:
        world.script(OLENA, LISTENS)
        campaign = await world.campaign('window: {hours: "09:00-12:00"}', people=[OLENA])

        def job(connection: Connection) -> Claims:
            with transaction(connection, world.house) as change:
                return claim(change, world.house.accounts.all()[0].id)

        house = world.house
        await house.lease.keep(house.database)
        fence = Fence(house.clock, patience=house.settings.lirax_timeout, lease=house.lease)
        [intent] = (await house.database.write(job)).intents

        async def send() -> None:
            placer = Placer(house)
            placer.start(intent, fence)
            await placer.settle()

        yield world, campaign, send


async def pausing(world: World, campaign: CampaignId) -> None:
    await pause(world.house, campaign)


async def cancelling(world: World, campaign: CampaignId) -> None:
    await cancel(world.house, campaign)


async def suppressing(world: World, campaign: CampaignId) -> None:
    await suppress(world.house, [OLENA], reason=None, source="api")


async def closing_time(world: World, campaign: CampaignId) -> None:
    world.clock.move_to(world.now + timedelta(hours=1, minutes=59))  # the last minute of the window


@pytest.mark.parametrize(
    ("meanwhile", "state"),
    [
        (pausing, "pending"),
        (cancelling, "cancelled"),
        (suppressing, "suppressed"),
        (closing_time, "pending"),
    ],
)
async def test_what_objects_before_the_first_byte_is_heard(
    tmp_path: Path,
    database_url: str,
    meanwhile: Callable[[World, CampaignId], Awaitable[None]],
    state: str,
) -> None:
    async with claimed(tmp_path, database_url) as (world, campaign, send):
        await meanwhile(world, campaign)
        await send()
        assert world.posts() == []
        [attempt] = await world.attempts(OLENA)
        person = (await world.people(campaign))[OLENA]
        assert (attempt.state, person.state, person.attempts) == ("unplaced", state, 0)


async def test_after_a_pause_who_was_stopped_at_the_fence_is_called(
    tmp_path: Path, database_url: str
) -> None:
    async with claimed(tmp_path, database_url) as (world, campaign, send):
        await pause(world.house, campaign)
        await send()
        assert await world.state(campaign) == "paused"
        await resume(world.house, campaign)
        await world.pass_time(minutes=5)
        person = (await world.people(campaign))[OLENA]
        assert (person.outcome, person.attempts, len(world.posts())) == ("listened", 1, 1)


async def test_an_intent_that_another_engine_has_taken_over_is_not_sent(tmp_path: Path) -> None:
    async with claimed(tmp_path, f"sqlite:///{tmp_path / 'dzvin.db'}") as (world, campaign, send):
        await world.restart()
        await world.settle()
        assert [call.state for call in await world.attempts(OLENA)] == ["ambiguous"]
        await send()  # the old run wakes up again
        assert world.posts() == []
        # nobody but that very task could have sent it, so it is certain that it never rang
        assert [call.state for call in await world.attempts(OLENA)] == ["unplaced"]
        await world.pass_time(minutes=20)
        assert (await world.people(campaign))[OLENA].outcome == "listened"
        assert len(world.rings(OLENA)) == 1


async def test_stopping_waits_for_the_request_that_was_sent(tmp_path: Path, database_url: str) -> None:
    async with a_world(tmp_path, database_url=database_url) as world:
        world.script(OLENA, LISTENS)
        world.exchange.faults.inject(Fault(RequestFault.SLOW_ANSWER, seconds=3))
        await world.campaign(people=[OLENA])
        await world.engine.start()
        await _until(lambda: bool(world.posts()))
        stopping = asyncio.create_task(world.engine.stop())
        await asyncio.sleep(0.05)
        assert not stopping.done()
        world.clock.advance(timedelta(seconds=3))
        await world.exchange.run_due()
        await stopping
        assert [call.state for call in await world.attempts(OLENA)] == ["placed"]
        await world.restart()
        await world.pass_time(minutes=5)


async def test_stopping_at_any_moment_leaves_no_intent_unsent(tmp_path: Path, database_url: str) -> None:
    async with a_world(tmp_path, database_url=database_url, lines=3) as world:
        world.exchange.people.everyone(LISTENS)
        campaign = await world.campaign(people=[f"3806720000{index:02}" for index in range(12)])
        for turns in range(8):
            await world.engine.start()
            for _ in range(turns * 3):
                await asyncio.sleep(0)
            await world.engine.stop()
            rows = [call for phone in await world.people(campaign) for call in await world.attempts(phone)]
            assert "placing" not in {call.state for call in rows}
            assert len(rows) == len(world.posts())
            await world.restart()
            await world.pass_time(seconds=30)
        await world.pass_time(minutes=10)
        assert await world.counts(campaign) == {"done": 12}


async def _until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not true():
            await asyncio.sleep(0.01)
