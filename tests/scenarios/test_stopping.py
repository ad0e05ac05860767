"""Pause, resume and cancel; and the word no."""

from pathlib import Path

import pytest

from engine.commands.campaigns import cancel, pause, resume, start
from engine.commands.suppressing import suppress
from engine.commands.triggering import Trigger, cancel_call, trigger_call
from engine.errors import Conflict
from engine.lirax.simulator.faults import Fault, WebhookFault
from engine.lirax.simulator.people import Behaviour
from tests.scenarios.people import AWAY, LISTENS, OLENA, TARAS, number, presses
from tests.world import a_world

pytestmark = pytest.mark.anyio

OPT_OUT = """
rules: [{when: {key: "9"}, outcome: opted_out, suppress: true}]
"""


async def test_pause_lets_open_calls_end_and_places_no_other(tmp_path: Path) -> None:
    async with a_world(tmp_path, lines=2) as world:
        people = [number(index) for index in range(6)]
        for person in people:
            world.script(person, Behaviour(ring_seconds=5, talk_seconds=60))
        campaign = await world.campaign(people=people)
        await world.pass_time(seconds=10)
        await pause(world.house, campaign)
        assert await world.state(campaign) == "pausing"
        assert await world.counts(campaign) == {"calling": 2, "pending": 4}
        await world.pass_time(minutes=10)
        assert await world.state(campaign) == "paused"
        assert await world.counts(campaign) == {"done": 2, "pending": 4}
        await resume(world.house, campaign)
        await world.pass_time(minutes=10)
        assert await world.counts(campaign) == {"done": 6}
        assert await world.state(campaign) == "finished"


async def test_a_pause_with_nothing_in_the_air_is_paused_at_once(tmp_path: Path) -> None:
    async with a_world(tmp_path, now="2026-12-01 06:00") as world:
        campaign = await world.campaign('window: {hours: "09:00-20:00"}', people=[OLENA])
        await world.settle()
        await pause(world.house, campaign)
        assert await world.state(campaign) == "paused"


async def test_cancel_is_at_once_and_open_calls_end_by_their_own_result(tmp_path: Path) -> None:
    async with a_world(tmp_path, lines=2) as world:
        people = [number(index) for index in range(6)]
        world.script(people[0], LISTENS)
        world.script(people[1], AWAY)
        campaign = await world.campaign("retry: {attempts: 3, delay: 1h}", people=people)
        await world.pass_time(seconds=3)
        await cancel(world.house, campaign)
        assert await world.counts(campaign) == {"calling": 2, "cancelled": 4}
        await world.pass_time(hours=3)
        assert await world.counts(campaign) == {"done": 1, "exhausted": 1, "cancelled": 4}
        assert len(world.posts()) == 2
        assert await world.state(campaign) == "cancelled"


async def test_what_the_state_forbids_is_refused_with_a_sentence(tmp_path: Path) -> None:
    async with a_world(tmp_path) as world:
        campaign = await world.draft(people=[OLENA])
        for forbidden in (pause, resume):
            with pytest.raises(Conflict, match="is draft and cannot be"):
                await forbidden(world.house, campaign)
        await start(world.house, campaign)
        with pytest.raises(Conflict, match="is running and cannot be started"):
            await start(world.house, campaign)


async def test_who_presses_nine_is_never_called_or_texted_again_by_any_campaign(tmp_path: Path) -> None:
    async with a_world(tmp_path) as world:
        world.script(OLENA, presses("9"))
        first = await world.campaign(OPT_OUT, people=[OLENA])
        second = await world.campaign('start: "2026-12-01 12:00"', people=[OLENA])
        await world.pass_time(minutes=5)
        person = (await world.people(first))[OLENA]
        assert (person.state, person.outcome) == ("done", "opted_out")
        other = (await world.people(second))[OLENA]
        assert (other.state, other.outcome) == ("suppressed", "opted_out")
        third = await world.campaign(people=[OLENA])
        await world.pass_time(hours=5)
        assert (await world.people(third))[OLENA].state == "suppressed"
        assert len(world.rings(OLENA)) == 1


async def test_a_key_that_says_stop_counts_at_once_even_if_the_finished_webhook_is_lost(
    tmp_path: Path,
) -> None:
    async with a_world(tmp_path) as world:
        world.script(OLENA, presses("9"))
        world.exchange.set_options({"keys_on_completed_event": True})
        world.exchange.faults.inject(Fault(WebhookFault.DROPPED, command="make2calls_finished"))
        first = await world.campaign(OPT_OUT, people=[OLENA])
        second = await world.campaign('start: "2026-12-01 12:00"', people=[OLENA])
        await world.pass_time(minutes=1)
        assert (await world.people(second))[OLENA].state == "suppressed"
        await world.pass_time(minutes=30)
        person = (await world.people(first))[OLENA]
        assert (person.state, person.outcome) == ("done", "opted_out")


async def test_who_is_put_on_the_list_during_the_last_call_ends_suppressed(tmp_path: Path) -> None:
    async with a_world(tmp_path) as world:
        world.script(OLENA, AWAY)
        campaign = await world.campaign(people=[OLENA])
        await world.pass_time(seconds=5)
        await suppress(world.house, [OLENA], reason="asked us", source="operator")
        await world.pass_time(minutes=5)
        person = (await world.people(campaign))[OLENA]
        assert (person.state, person.outcome) == ("suppressed", "opted_out")


async def test_a_number_put_on_the_list_while_it_waits_is_not_called(tmp_path: Path) -> None:
    async with a_world(tmp_path) as world:
        world.script(OLENA, AWAY)
        campaign = await world.campaign("retry: {attempts: 3, delay: 1h}", people=[OLENA])
        await world.pass_time(minutes=5)
        assert await suppress(world.house, [OLENA], reason="asked us", source="operator") == 1
        await world.pass_time(hours=5)
        person = (await world.people(campaign))[OLENA]
        assert (person.state, person.outcome) == ("suppressed", "opted_out")
        assert len(world.rings(OLENA)) == 1


async def test_a_stop_word_by_sms_takes_the_sender_off(tmp_path: Path) -> None:
    async with a_world(tmp_path) as world:
        world.script(
            OLENA, Behaviour(ring_seconds=5, talk_seconds=3, sms_reply="Стоп!", sms_reply_seconds=30)
        )
        campaign = await world.campaign(
            """
            retry: {attempts: 3, delay: 1h}
            rules: [{when: {result: answered_short}, sms: "We will call again"}]
            sms: {modem: "380671112233", ext: "101"}
            """,
            people=[OLENA],
        )
        await world.pass_time(hours=5)
        person = (await world.people(campaign))[OLENA]
        assert (person.state, person.outcome) == ("suppressed", "opted_out")
        assert len(world.rings(OLENA)) == 1


async def test_a_triggered_call_that_was_paid_meanwhile_never_rings(tmp_path: Path) -> None:
    async with a_world(tmp_path, now="2026-12-01 06:00") as world:
        campaign = await world.campaign('{window: {hours: "09:00-20:00"}, open: true}', name="Bills")
        call = await trigger_call(world.house, Trigger("Bills", OLENA, "invoice-1", {"amount": 10}))
        await world.settle()
        await cancel_call(world.house, call)
        await cancel_call(world.house, call)
        await world.until("2026-12-01 12:00")
        assert world.posts() == []
        assert (await world.people(campaign))[OLENA].state == "cancelled"
        assert await world.state(campaign) == "running"


async def test_a_number_may_be_triggered_again_once_its_call_is_over(tmp_path: Path) -> None:
    async with a_world(tmp_path) as world:
        world.script(TARAS, LISTENS)
        campaign = await world.campaign("open: true", name="Bills")
        await trigger_call(world.house, Trigger("Bills", TARAS, "invoice-1"))
        with pytest.raises(Conflict, match="is open in campaign"):
            await trigger_call(world.house, Trigger("Bills", TARAS, "invoice-2"))
        await world.pass_time(minutes=20)
        again = await trigger_call(world.house, Trigger(str(campaign), TARAS, "invoice-2"))
        await world.pass_time(minutes=20)
        assert len(world.rings(TARAS)) == 2
        with pytest.raises(Conflict, match="is done and cannot be cancelled"):
            await cancel_call(world.house, again)
