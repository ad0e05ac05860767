"""A request whose fate nobody knows is never repeated, and its answer is not lost."""

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest

from engine.commands.campaigns import start
from engine.lirax.simulator.faults import Fault, RequestFault, WebhookFault
from tests.scenarios.people import AWAY, BUSY, LISTENS, OLENA, TARAS, presses
from tests.world import a_world

pytestmark = pytest.mark.anyio

RETRIES = "retry: {attempts: 3, delay: 1h}"


@pytest.mark.parametrize(
    "kind",
    [
        RequestFault.LOST_ANSWER,
        RequestFault.CLOSED_AFTER_DOING,
        RequestFault.ERROR_AFTER_DOING,
        RequestFault.GARBAGE,
    ],
)
async def test_a_call_that_was_placed_without_an_answer_is_found_by_its_webhooks(
    tmp_path: Path, kind: RequestFault
) -> None:
    async with a_world(tmp_path, lirax_timeout=timedelta(milliseconds=300)) as world:
        world.script(OLENA, presses("1"))
        world.exchange.faults.inject(Fault(kind))
        campaign = await world.campaign(RETRIES, people=[OLENA])
        await world.pass_time(days=2)
        person = (await world.people(campaign))[OLENA]
        assert len(world.rings(OLENA)) == 1
        assert (person.state, person.outcome, person.attempts) == ("done", "listened", 1)
        assert person.keys == [{"ivr_name": "Menu", "ivr_entry": "0", "key": "1"}]
        assert await world.counts(campaign, "calls") == {"placed": 1, "answered": 1}


async def test_what_nobody_can_tell_ends_as_unknown_and_is_not_called_again(tmp_path: Path) -> None:
    async with a_world(tmp_path, now="2026-12-01 10:00") as world:
        world.exchange.faults.inject(Fault(RequestFault.CLOSED_AFTER_READING))
        campaign = await world.campaign(RETRIES, people=[OLENA])
        await world.until("2026-12-01 10:14:59")
        assert (await world.people(campaign))[OLENA].state == "calling"
        await world.until("2026-12-01 10:15:01")  # max(DZVIN_AMBIGUITY_WAIT, DZVIN_MAX_CALL)
        person = (await world.people(campaign))[OLENA]
        assert (person.state, person.outcome, person.last_result) == ("done", "unknown", "unknown")
        await world.pass_time(days=2)
        assert len(world.posts()) == 1
        assert await world.state(campaign) == "finished"


async def test_unknown_is_called_again_only_where_the_rules_name_it(tmp_path: Path) -> None:
    async with a_world(tmp_path) as world:
        world.script(OLENA, LISTENS)
        world.exchange.faults.inject(Fault(RequestFault.CLOSED_AFTER_READING))
        campaign = await world.campaign(
            "retry: {attempts: 3, delay: 1h, by_result: {unknown: 30m}}", people=[OLENA]
        )
        await world.pass_time(days=1)
        person = (await world.people(campaign))[OLENA]
        assert (person.outcome, person.attempts) == ("listened", 2)


async def test_a_lost_finished_webhook_is_made_good_by_the_event(tmp_path: Path) -> None:
    async with a_world(tmp_path) as world:
        world.script(OLENA, LISTENS)
        world.exchange.faults.inject(Fault(WebhookFault.DROPPED, command="make2calls_finished", times=None))
        campaign = await world.campaign(RETRIES, people=[OLENA])
        await world.pass_time(minutes=20)
        person = (await world.people(campaign))[OLENA]
        assert (person.state, person.outcome, person.last_result) == ("done", "listened", "answered_full")
        assert len(world.rings(OLENA)) == 1


async def test_a_call_that_is_never_reported_ends_as_unknown_and_frees_its_line(tmp_path: Path) -> None:
    async with a_world(tmp_path, lines=1) as world:
        world.script(OLENA, LISTENS)
        world.script(TARAS, LISTENS)
        world.exchange.faults.inject(Fault(WebhookFault.DROPPED, phone=OLENA, times=None))
        campaign = await world.campaign(people=[OLENA, TARAS])
        await world.pass_time(minutes=30)
        people = await world.people(campaign)
        assert (people[OLENA].state, people[OLENA].outcome) == ("done", "unknown")
        assert people[TARAS].outcome == "listened"


async def test_a_webhook_that_overtakes_the_answer_is_kept_for_it(tmp_path: Path) -> None:
    async with a_world(tmp_path) as world:
        world.script(OLENA, presses("1"))
        world.exchange.faults.inject(Fault(RequestFault.ANSWER_AFTER_WEBHOOK))
        campaign = await world.draft(people=[OLENA])
        await start(world.house, campaign)
        # the answer waits for the webhook, and the webhook for time: both move together
        stepping = asyncio.create_task(world.engine.step())
        for _ in range(200):
            await asyncio.sleep(0.01)
            if (moment := world.exchange.next_at()) is not None:
                world.clock.move_to(max(moment, world.now))
                await world.exchange.run_due()
            if stepping.done():
                break
        await stepping
        await world.pass_time(minutes=1)
        person = (await world.people(campaign))[OLENA]
        assert (person.state, person.outcome) == ("done", "listened")
        assert len(world.rings(OLENA)) == 1


async def test_a_call_that_is_told_of_while_its_answer_is_lost_has_a_time_of_placing(tmp_path: Path) -> None:
    async with a_world(tmp_path, lirax_timeout=timedelta(milliseconds=500)) as world:
        world.exchange.faults.inject(Fault(RequestFault.LOST_ANSWER))
        campaign = await world.draft(people=[OLENA])
        await start(world.house, campaign)
        stepping = asyncio.create_task(world.engine.step())
        while not world.posts():
            await asyncio.sleep(0.01)
        await world.hear_event(OLENA, "C-1", event="ACCEPTED")
        await stepping
        [attempt] = await world.attempts(OLENA)
        assert (attempt.state, attempt.placed_at) == ("placed", attempt.claimed_at)


async def test_repeated_and_late_webhooks_change_nothing(tmp_path: Path) -> None:
    async with a_world(tmp_path) as world:
        world.script(OLENA, presses("1"))
        world.exchange.faults.inject(Fault(WebhookFault.DUPLICATED, times=None, seconds=90))
        campaign = await world.campaign(
            """
            rules: [{when: {key: "1"}, outcome: promised, sms: "Thank you"}]
            sms: {modem: "380671112233", ext: "101"}
            """,
            people=[OLENA],
        )
        await world.pass_time(hours=1)
        person = (await world.people(campaign))[OLENA]
        assert (person.state, person.outcome, person.attempts) == ("done", "promised", 1)
        assert len(await world.messages()) == 1
        assert len(world.exchange.truth.messages) == 1
        assert await world.counts(campaign, "calls") == {"placed": 1, "answered": 1}


async def test_events_that_come_after_the_finished_webhook_make_its_word_finer(tmp_path: Path) -> None:
    async with a_world(tmp_path, now="2026-12-01 10:00") as world:
        world.script(OLENA, BUSY, LISTENS)
        world.exchange.faults.inject(Fault(WebhookFault.DELAYED, command="event", seconds=60, times=None))
        campaign = await world.campaign(
            "retry: {attempts: 2, delay: 3h, by_result: {busy: 30m, no_answer: 2h}}", people=[OLENA]
        )
        await world.until("2026-12-01 10:00:30")
        assert (await world.people(campaign))[OLENA].last_result == "no_answer"
        await world.until("2026-12-01 10:05")
        assert (await world.people(campaign))[OLENA].last_result == "busy"
        await world.until("2026-12-01 11:00")
        assert world.ring_times(OLENA)[1] == "2026-12-01 10:30:02"


async def test_a_restart_never_puts_an_intent_back_into_the_queue(tmp_path: Path) -> None:
    async with a_world(tmp_path, lirax_timeout=timedelta(milliseconds=200)) as world:
        world.script(OLENA, AWAY)
        world.exchange.faults.inject(Fault(RequestFault.LOST_ANSWER))
        campaign = await world.campaign(RETRIES, people=[OLENA])
        await world.settle()
        await world.restart()
        await world.settle()
        assert [attempt.state for attempt in await world.attempts(OLENA)] == ["ambiguous"]
        await world.pass_time(minutes=20)
        assert len(world.rings(OLENA)) == 1
        assert (await world.people(campaign))[OLENA].state in ("done", "waiting")
