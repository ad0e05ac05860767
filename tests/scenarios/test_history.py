"""What nobody told of is looked for in call history; absence is believed only where history can be."""

from datetime import timedelta
from pathlib import Path

import pytest

from engine.lirax.simulator.faults import Fault, RequestFault, WebhookFault
from tests.scenarios.people import AWAY, BUSY, LISTENS, OLENA, TARAS
from tests.world import World, a_world

pytestmark = pytest.mark.anyio

RETRIES = "retry: {attempts: 3, delay: 1h}"
QUICK = timedelta(milliseconds=300)


def silence(world: World, phone: str | None = None) -> None:
    """No webhook of LiraX arrives any more."""
    world.exchange.faults.inject(Fault(WebhookFault.DROPPED, phone=phone, times=None))


async def test_a_call_whose_answer_and_webhooks_were_lost_is_found_in_history(tmp_path: Path) -> None:
    async with a_world(tmp_path, with_history=True) as world:
        silence(world)
        world.script(OLENA, LISTENS)
        world.exchange.faults.inject(Fault(RequestFault.CLOSED_AFTER_DOING))
        campaign = await world.campaign(RETRIES, people=[OLENA])
        await world.until("2026-12-01 10:09:59")
        assert (await world.people(campaign))[OLENA].state == "calling"
        await world.until("2026-12-01 10:10:01")  # DZVIN_AMBIGUITY_WAIT
        person = (await world.people(campaign))[OLENA]
        [attempt] = await world.attempts(OLENA)
        assert (person.state, person.outcome, person.last_result) == ("done", "listened", "answered_full")
        assert "knows nothing of keys" in (attempt.detail or "")
        await world.pass_time(days=2)
        assert len(world.posts()) == 1


async def test_a_request_that_was_lost_is_proved_never_to_have_rung_and_made_anew(tmp_path: Path) -> None:
    async with a_world(tmp_path, with_history=True) as world:
        world.script(OLENA, LISTENS)
        world.exchange.faults.inject(Fault(RequestFault.CLOSED_AFTER_READING))
        campaign = await world.campaign("retry: {attempts: 1}", people=[OLENA])
        await world.until("2026-12-01 10:14:59")
        assert (await world.people(campaign))[OLENA].state == "calling"
        await world.until("2026-12-01 10:15:01")
        assert [call.state for call in await world.attempts(OLENA)] == ["unplaced", "placed"]
        await world.pass_time(minutes=5)
        person = (await world.people(campaign))[OLENA]
        assert (person.outcome, person.attempts, person.calls) == ("listened", 1, 2)
        assert len(world.rings(OLENA)) == 1


async def test_a_placed_call_that_nobody_reported_is_found_in_history(tmp_path: Path) -> None:
    async with a_world(tmp_path, with_history=True, lines=1) as world:
        silence(world, OLENA)
        world.script(OLENA, BUSY)
        world.script(TARAS, LISTENS)
        campaign = await world.campaign(people=[OLENA, TARAS])
        await world.pass_time(minutes=17)
        people = await world.people(campaign)
        # history does not tell why nobody picked up
        assert (people[OLENA].state, people[OLENA].last_result) == ("exhausted", "no_answer")
        assert people[TARAS].outcome == "listened"


async def test_history_that_cannot_be_read_proves_nothing(tmp_path: Path) -> None:
    async with a_world(tmp_path, with_history=True) as world:
        world.script(OLENA, LISTENS)
        world.exchange.faults.inject(Fault(RequestFault.CLOSED_AFTER_READING))
        world.exchange.faults.inject(Fault(RequestFault.ERROR, code=503, command="historyExport", times=None))
        campaign = await world.campaign(RETRIES, people=[OLENA])
        await world.until("2026-12-02 10:14:30")
        assert (await world.people(campaign))[OLENA].state == "calling"
        await world.until("2026-12-02 10:15:10")  # DZVIN_UNKNOWN_AFTER after the waits
        person = (await world.people(campaign))[OLENA]
        assert (person.state, person.outcome) == ("done", "unknown")
        assert len(world.posts()) == 1


async def test_after_an_outage_history_decides(tmp_path: Path) -> None:
    async with a_world(tmp_path, with_history=True) as world:
        silence(world)
        world.script(OLENA, AWAY)
        world.exchange.faults.inject(Fault(RequestFault.CLOSED_AFTER_DOING))
        world.exchange.faults.inject(Fault(RequestFault.GARBAGE, command="historyExport", times=None))
        campaign = await world.campaign("retry: {attempts: 1}", people=[OLENA])
        await world.pass_time(hours=3)
        assert (await world.people(campaign))[OLENA].state == "calling"
        world.exchange.faults.clear()
        await world.pass_time(minutes=30)
        person = (await world.people(campaign))[OLENA]
        assert (person.state, person.last_result) == ("exhausted", "no_answer")
        assert len(world.posts()) == 1
