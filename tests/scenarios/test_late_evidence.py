"""A call that was proved never to have rung, and rings all the same: its retry is called off."""

from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from campaigns.rules.vocabulary import AccountId, CampaignId
from engine.commands.reconciling import look_now
from engine.lirax.requests import MakeTwoCalls
from engine.lirax.simulator.faults import Fault, RequestFault, WebhookFault
from engine.passes.dialing import Dialing
from tests.scenarios.people import BUSY, HANGS_UP, LISTENS, OLENA, presses
from tests.world import World, a_world

pytestmark = pytest.mark.anyio

ACCOUNT = AccountId(1)
RETRIES = "retry: {attempts: 3, delay: 1h}"
SHORT: dict[str, Any] = {
    "ambiguity_wait": timedelta(minutes=1),
    "max_call": timedelta(minutes=2),
    "lirax_timeout": timedelta(milliseconds=300),
    "min_gap": timedelta(minutes=15),
}


async def call_that_comes_late(world: World, *, seconds: float, more: str = RETRIES) -> CampaignId:
    """Its request is held up on the way for so long; by then it has been proved never to have rung."""
    world.exchange.faults.inject(Fault(RequestFault.LATE_REQUEST, seconds=seconds))
    return await world.campaign(more, people=[OLENA])


@pytest.mark.parametrize("events", [True, False])
async def test_a_request_that_arrives_after_the_verdict_calls_off_the_retry(
    tmp_path: Path, events: bool
) -> None:
    async with a_world(tmp_path, with_history=True, **SHORT) as world:
        world.script(OLENA, LISTENS)
        if not events:
            world.exchange.faults.inject(Fault(WebhookFault.DROPPED, times=None))
        campaign = await call_that_comes_late(world, seconds=400)
        await world.until("2026-12-01 10:04")
        [attempt] = await world.attempts(OLENA)
        assert (attempt.state, attempt.result) == ("unplaced", "unplaced")
        assert (await world.people(campaign))[OLENA].state == "pending"  # until the gap is over
        await world.until("2026-12-01 10:14")
        person = (await world.people(campaign))[OLENA]
        assert (person.state, person.outcome, person.attempts) == ("done", "listened", 1)
        await world.pass_time(days=1)
        assert len(world.rings(OLENA)) == 1
        assert await world.counts(campaign, "calls") == {"placed": 1, "answered": 1}
        assert await world.state(campaign) == "finished"


async def test_while_a_late_call_rings_nobody_else_calls_its_number(tmp_path: Path) -> None:
    async with a_world(tmp_path, with_history=True, **SHORT) as world:
        world.script(OLENA, presses("1"))
        campaign = await call_that_comes_late(world, seconds=400)
        await world.until("2026-12-01 10:06:50")
        [attempt] = await world.attempts(OLENA)
        assert (attempt.state, attempt.result, (await world.people(campaign))[OLENA].state) == (
            "placed",
            None,
            "calling",
        )
        await world.pass_time(minutes=1)
        person = (await world.people(campaign))[OLENA]
        assert (person.state, person.outcome) == ("done", "listened")
        assert person.keys == [{"ivr_name": "Menu", "ivr_entry": "0", "key": "1"}]  # its orphan was bound


async def test_a_late_call_beside_its_retry_is_kept_and_counted(tmp_path: Path) -> None:
    async with a_world(tmp_path, with_history=True, **{**SHORT, "min_gap": timedelta(0)}) as world:
        world.script(OLENA, HANGS_UP, LISTENS)
        campaign = await call_that_comes_late(world, seconds=400)
        await world.until("2026-12-01 10:05")
        first, second = await world.attempts(OLENA)
        assert (first.state, second.result) == ("unplaced", "answered_short")
        await world.until("2026-12-01 10:30")
        first, second = await world.attempts(OLENA)
        assert (first.state, first.result, second.result) == ("done", "answered_full", "answered_short")
        person = (await world.people(campaign))[OLENA]
        # who has listened is not called again, whichever call it was
        assert (person.state, person.outcome, person.attempts) == ("done", "listened", 2)
        await world.pass_time(days=1)
        assert len(world.rings(OLENA)) == 2


async def test_a_late_call_that_was_not_answered_is_followed_by_the_retry_rule(tmp_path: Path) -> None:
    async with a_world(tmp_path, with_history=True, **SHORT) as world:
        world.script(OLENA, BUSY, LISTENS)
        campaign = await call_that_comes_late(world, seconds=400)
        await world.until("2026-12-01 10:14")
        person = (await world.people(campaign))[OLENA]
        assert (person.state, person.last_result, person.attempts) == ("waiting", "busy", 1)
        await world.pass_time(hours=2)
        assert world.ring_times(OLENA)[1] > "2026-12-01 11:06"
        assert (await world.people(campaign))[OLENA].outcome == "listened"


async def test_a_call_just_being_placed_is_not_taken_for_the_late_ring_of_the_one_before(
    tmp_path: Path,
) -> None:
    """It ended before LiraX's answer was there: history shows it while it is `placing` still."""
    async with a_world(tmp_path, with_history=True, **SHORT) as world:
        world.script(OLENA, BUSY)
        world.exchange.faults.inject(Fault(RequestFault.CLOSED_AFTER_READING))
        world.exchange.faults.inject(Fault(WebhookFault.DROPPED, times=None))
        await world.campaign(people=[OLENA])
        await world.until("2026-12-01 10:14:59")
        world.clock.advance(timedelta(seconds=1))
        await world.house.lease.keep(world.house.database)
        dialing = Dialing(world.house, placer=world.engine.placer)
        claims = await world.house.database.write(partial(dialing._claim, ACCOUNT))
        assert len(claims.intents) == 1
        await call_behind_our_back(world)
        looked = await look_now(world.house, world.house.accounts.get(ACCOUNT))
        assert looked.trouble is None
        assert [attempt.state for attempt in await world.attempts(OLENA)] == ["unplaced", "placing"]
        await world.pass_time(minutes=5)
        assert [attempt.result for attempt in await world.attempts(OLENA)] == ["unplaced", "no_answer"]


async def call_behind_our_back(world: World) -> None:
    """What the engine sends when it places that call; its answer is on the way."""
    request = MakeTwoCalls(
        from_ext="101", to1=OLENA, to2="5001", successtime=15, notbefore="00", notafter="23"
    )
    await world.house.accounts.client(ACCOUNT).send(request)
    while (next_at := world.exchange.next_at()) is not None:
        world.clock.move_to(next_at)
        await world.exchange.run_due()


async def test_a_call_that_never_left_hears_nothing_late(tmp_path: Path) -> None:
    async with a_world(tmp_path, with_history=True) as world:
        world.exchange.faults.inject(Fault(RequestFault.ERROR, code=401, command="*", times=None))
        campaign = await world.campaign(RETRIES, people=[OLENA])
        await world.pass_time(seconds=5)
        await world.hear_event(OLENA, "C-1", event="ACCEPTED")
        [attempt] = await world.attempts(OLENA)
        assert (attempt.state, attempt.callid) == ("unplaced", None)
        assert (await world.people(campaign))[OLENA].attempts == 0
