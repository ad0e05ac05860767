"""Dialling that stops by itself, says why, and goes on by itself."""

from datetime import timedelta
from pathlib import Path

import pytest

from campaigns.rules.vocabulary import CampaignId
from campaigns.store import accounts
from campaigns.store.views import campaign_view
from engine.commands.campaigns import pause, resume
from engine.errors import Conflict
from engine.lirax.simulator.faults import Fault, RequestFault
from engine.lirax.simulator.modems import ModemState
from tests.scenarios.people import LISTENS, number
from tests.world import World, a_world

pytestmark = pytest.mark.anyio


async def kind_of_hold(world: World) -> str | None:
    [account] = await world.house.database.read(accounts.every)
    return account.hold_kind


async def reason(world: World, campaign: CampaignId) -> str | None:
    view = await world.house.database.read(
        lambda reading: campaign_view(reading, campaign, now=world.now, policies=world.house.policies)
    )
    assert view is not None
    assert view.state == "running"
    return view.reason


async def test_five_unclear_placements_in_a_row_stop_the_account(tmp_path: Path) -> None:
    async with a_world(tmp_path, lines=1, max_call=timedelta(minutes=1)) as world:
        people = [number(index) for index in range(12)]
        for person in people:
            world.script(person, LISTENS)
        world.exchange.faults.inject(Fault(RequestFault.ERROR, code=500, times=None))
        world.exchange.faults.inject(Fault(RequestFault.ERROR, code=500, command="getShops", times=None))
        campaign = await world.campaign(people=people)
        await world.pass_time(minutes=30)
        assert len(world.posts()) == 5
        assert await kind_of_hold(world) == "unclear"
        assert await reason(world, campaign) == (
            "It is not clear whether LiraX took the last 5 calls of the account default; nobody else is "
            "called until it answers again, and then one at a time at first."
        )
        world.exchange.faults.clear()
        await world.pass_time(minutes=5)
        assert await kind_of_hold(world) is None
        await world.pass_time(hours=1)
        assert await world.counts(campaign) == {"done": 12}


async def test_lines_are_filled_again_once_three_calls_were_taken_one_at_a_time(tmp_path: Path) -> None:
    async with a_world(tmp_path, lines=10) as world:
        people = [number(index) for index in range(25)]
        for person in people:
            world.script(person, LISTENS)
        world.exchange.faults.inject(Fault(RequestFault.ERROR_AFTER_DOING, code=502, times=9))
        campaign = await world.campaign("pace: {lines: 9}", people=people)
        await world.settle()
        assert await kind_of_hold(world) == "unclear"
        assert len(world.posts()) == 9  # all that were on their way when it was noticed
        world.exchange.faults.inject(Fault(RequestFault.ERROR, code=502))
        await world.pass_time(seconds=40)  # the one careful call is unclear too
        assert (await kind_of_hold(world), len(world.posts())) == ("unclear", 10)
        await world.pass_time(minutes=2)
        assert await kind_of_hold(world) is None
        await world.pass_time(hours=1)
        assert await world.counts(campaign) == {"done": 25}


async def test_lirax_that_asks_us_to_wait_is_sent_no_call_meanwhile(tmp_path: Path) -> None:
    async with a_world(tmp_path, lines=1) as world:
        people = [number(index) for index in range(6)]
        for person in people:
            world.script(person, LISTENS)
        world.exchange.faults.inject(Fault(RequestFault.ERROR, code=429, retry_after_seconds=90))
        campaign = await world.campaign(people=people)
        await world.pass_time(seconds=85)
        assert len(world.posts()) == 1
        assert await reason(world, campaign) == (
            "LiraX asked the account default to wait for 90s (429); dialling goes on by itself after that."
        )
        await world.pass_time(hours=1)
        assert await kind_of_hold(world) is None
        assert await world.counts(campaign) == {"done": 6}


async def test_lirax_is_not_waited_for_longer_than_a_quarter_of_an_hour(tmp_path: Path) -> None:
    async with a_world(tmp_path, lines=1) as world:
        world.exchange.faults.inject(Fault(RequestFault.ERROR, code=503, retry_after_seconds=86_400))
        world.script(number(2), LISTENS)
        await world.campaign(people=[number(1), number(2)])
        await world.pass_time(minutes=16)
        assert [ring.number for ring in world.exchange.truth.rings if ring.leg == 1] == [number(2)]


async def refused_campaign(world: World) -> tuple[CampaignId, list[str]]:
    """Forty people, of whom LiraX refuses every one."""
    people = [number(index) for index in range(40)]
    for person in people:
        world.script(person, LISTENS)
    world.exchange.faults.inject(Fault(RequestFault.ERROR, code=400, times=None))
    return await world.campaign(people=people), people


async def test_twenty_refusals_in_a_row_hold_the_campaign_and_no_other(tmp_path: Path) -> None:
    async with a_world(tmp_path, lines=1) as world:
        campaign, _ = await refused_campaign(world)
        await world.settle()
        assert await world.counts(campaign) == {"invalid": 20, "pending": 20}
        told = await reason(world, campaign)
        assert told is not None
        assert told.startswith("LiraX called the last 20 calls of this campaign invalid (400), so it rests")
        await world.pass_time(minutes=40)  # tries after 1, 3, 7, 15 and 31 minutes
        assert await world.counts(campaign) == {"invalid": 25, "pending": 15}
        assert await kind_of_hold(world) is None
        world.exchange.faults.clear()
        other, neighbour = await world.campaign(people=[number(99)]), number(99)
        world.script(neighbour, LISTENS)
        await world.pass_time(minutes=1)
        assert await world.counts(other) == {"done": 1}
        assert await world.counts(campaign) == {"invalid": 25, "pending": 15}
        await world.pass_time(hours=1)  # one try is taken, and all others follow at once
        assert await world.counts(campaign) == {"invalid": 25, "done": 15}


async def test_a_person_lets_a_campaign_that_rests_go_on_at_once(tmp_path: Path) -> None:
    async with a_world(tmp_path, lines=1) as world:
        campaign, _ = await refused_campaign(world)
        await world.settle()
        world.exchange.faults.clear()
        await resume(world.house, campaign)
        await world.settle()
        assert await world.counts(campaign, "calls") == {"placed": 1, "in_flight": 1}
        with pytest.raises(Conflict):
            await resume(world.house, campaign)
        await pause(world.house, campaign)
        await world.pass_time(minutes=2)
        await resume(world.house, campaign)
        await world.pass_time(hours=1)
        assert await world.counts(campaign) == {"invalid": 20, "done": 20}


async def test_refusals_here_and_there_hold_nobody(tmp_path: Path) -> None:
    async with a_world(tmp_path, lines=1) as world:
        people = [number(index) for index in range(45)]
        for person in people:
            world.script(person, LISTENS)
        for person in people[:19] + people[20:39]:
            world.exchange.faults.inject(Fault(RequestFault.ERROR, code=400, phone=person))
        campaign = await world.campaign(people=people)
        await world.pass_time(minutes=10)
        assert await world.counts(campaign) == {"invalid": 38, "done": 7}


async def test_a_modem_that_is_off_holds_no_other_and_is_named(tmp_path: Path) -> None:
    """402: every 30 s again, while the other modem sends."""
    async with a_world(tmp_path) as world:
        rule = "rules: [{when: {result: answered_full}, sms: hello}]\n"
        off, good = "380501111111", "380502222222"
        world.exchange.modems.set_state(off, ModemState.OFF)
        first = await world.campaign(rule + f"sms: {{modem: '{off}', ext: '101'}}", people=[number(1)])
        second = await world.campaign(rule + f"sms: {{modem: '{good}', ext: '101'}}", people=[number(2)])
        for person in (number(1), number(2)):
            world.script(person, LISTENS)
        await world.pass_time(minutes=5)
        assert await world.state(second) == "finished"
        assert await reason(world, first) == (
            "Everybody has been called; 1 SMS still to be sent: modem 380501111111: "
            "The modem is not connected."
        )
        assert len([post for post in world.posts("sendSMS") if post["provider"] == off]) >= 9
