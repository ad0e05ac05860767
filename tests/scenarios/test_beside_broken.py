"""A campaign or a person that cannot be read swallows no stop, and holds up nobody's call, message or end."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from campaigns.rules.consents import Consent
from campaigns.rules.vocabulary import CampaignId
from campaigns.store import consents, suppressions
from engine.commands.campaigns import cancel
from engine.commands.consents import record_consent
from engine.commands.erasing import erase
from engine.commands.suppressing import suppress
from tests.scenarios.broken import broken, go_on, nowhere
from tests.scenarios.people import IVAN, LISTENS, OLENA, TARAS, presses
from tests.scenarios.test_clock_jumps import kind_of_hold
from tests.scenarios.test_poison import set_aside
from tests.world import World, a_world

pytestmark = pytest.mark.anyio

TOMORROW = 'window: {hours: "08:00-09:00"}'  # it is ten o'clock
OPTS_OUT = 'rules: [{when: {key: "9"}, outcome: opted_out, suppress: true}]'
EXPIRES = 'window: {hours: "11:00-23:00"}\nend: "2026-12-01 12:00"'
ADVERTISES = """
profile: ua-marketing
window: {hours: "09:00-20:00"}
"""
NOTE = 'rules: [{when: {result: answered_full}, note: "Listened"}]'
TEXTS = """
rules: [{when: {result: answered_full}, sms: "Thank you"}]
sms: {modem: "%s", ext: "102", hours: "%s"}
"""
MODEM, ANOTHER_MODEM = "380671112233", "380671112244"


async def is_listed(world: World, phone: str) -> bool:
    return bool(await world.house.database.read(lambda reading: suppressions.among(reading, [phone])))


async def state_of(world: World, campaign_id: CampaignId, phone: str) -> str:
    return (await world.people(campaign_id))[phone].state


async def test_a_stop_by_sms_counts_though_a_campaign_of_the_person_is_broken(
    tmp_path: Path, database_url: str
) -> None:
    async with a_world(tmp_path, database_url=database_url) as world:
        damaged = await world.campaign(TOMORROW, people=[OLENA, TARAS])
        async with broken(world, damaged):
            await world.hear("smsReceived", id_sms="7", ani=OLENA, provider=MODEM, text="STOP")
            assert await is_listed(world, OLENA)
            assert await set_aside(world) == 0
            assert await state_of(world, damaged, OLENA) == "suppressed"
            assert await state_of(world, damaged, TARAS) == "pending"
            assert await world.counts(damaged) == {"pending": 1, "suppressed": 1}
            await world.campaign(people=[OLENA])
            await go_on(world, minutes=5)
            assert world.rings(OLENA) == []


async def test_a_key_that_says_stop_counts_though_another_campaign_is_broken(
    tmp_path: Path, database_url: str
) -> None:
    async with a_world(tmp_path, database_url=database_url) as world:
        damaged = await world.campaign(TOMORROW, people=[OLENA])
        async with broken(world, damaged):
            world.script(OLENA, presses("9"), LISTENS)
            campaign = await world.campaign(OPTS_OUT, people=[OLENA])
            await go_on(world, minutes=20, step=1)
            assert (await world.people(campaign))[OLENA].outcome == "opted_out"
            assert await is_listed(world, OLENA)
            assert await state_of(world, damaged, OLENA) == "suppressed"


async def test_a_stop_counts_though_the_persons_row_is_broken(tmp_path: Path) -> None:
    async with a_world(tmp_path) as world:
        hours = 'window: {hours: "08:00-09:00", timezone: recipient}'
        campaign = await world.campaign(hours, people=[OLENA])
        async with nowhere(world, (await world.people(campaign))[OLENA].id):
            await suppress(world.house, [OLENA, TARAS], reason="asked", source="operator")
            assert await is_listed(world, OLENA)
            assert await is_listed(world, TARAS)
            assert await state_of(world, campaign, OLENA) == "suppressed"


async def test_a_person_of_a_broken_campaign_is_erased(tmp_path: Path) -> None:
    async with a_world(tmp_path) as world:
        damaged = await world.campaign(TOMORROW, people=[OLENA])
        async with broken(world, damaged):
            assert (await erase(world.house, OLENA, by="test")).waits_for is None
            assert list(await world.people(damaged)) == [""]


async def test_consent_is_kept_though_a_campaign_that_waits_for_it_is_broken(tmp_path: Path) -> None:
    async with a_world(tmp_path) as world:
        campaign = await world.campaign(ADVERTISES, people=[OLENA])
        await world.pass_time(minutes=1)
        assert (await world.people(campaign))[OLENA].wait_reason == "consent"
        async with broken(world, campaign):
            assert await record_consent(world.house, Consent(OLENA, "a form", world.now, None))
            now = world.now
            assert await world.house.database.read(lambda reading: consents.among(reading, [OLENA], now=now))


async def test_a_result_is_kept_though_a_broken_campaign_waits_for_the_same_number(tmp_path: Path) -> None:
    async with a_world(tmp_path) as world:
        world.script(OLENA, LISTENS, LISTENS)
        campaign = await world.campaign(people=[OLENA])
        damaged = await world.campaign(people=[OLENA])
        await world.pass_time(seconds=2)
        assert (await world.people(damaged))[OLENA].wait_reason == "number_busy"
        async with broken(world, damaged):
            await go_on(world, minutes=20, step=1)
            assert (await world.people(campaign))[OLENA].outcome == "listened"
            assert await set_aside(world) == 0


async def test_a_clock_that_jumped_is_dealt_with_beside_a_broken_campaign(tmp_path: Path) -> None:
    async with a_world(tmp_path) as world:
        world.script(TARAS, LISTENS)
        damaged = await world.campaign(TOMORROW, people=[OLENA])
        async with broken(world, damaged):
            world.clock.jump(timedelta(seconds=30))
            await world.campaign(people=[TARAS])
            await go_on(world, minutes=30)
            assert (len(world.rings(TARAS)), await kind_of_hold(world)) == (1, None)


async def test_a_clock_that_jumped_is_dealt_with_beside_a_person_of_no_zone(tmp_path: Path) -> None:
    async with a_world(tmp_path) as world:
        hours = 'window: {hours: "18:00-19:00", timezone: recipient}'
        campaign = await world.campaign(hours, people=[OLENA, IVAN])
        async with nowhere(world, (await world.people(campaign))[OLENA].id):
            world.clock.jump(timedelta(hours=1))
            await go_on(world, minutes=30)
            assert await kind_of_hold(world) is None


async def test_campaigns_start_and_end_beside_one_that_is_broken(tmp_path: Path) -> None:
    async with a_world(tmp_path) as world:
        world.script(TARAS, LISTENS)
        damaged = await world.campaign(EXPIRES, people=[OLENA])
        later = await world.campaign('start: "2026-12-01 13:00"', people=[TARAS])
        ending = await world.campaign('open: true\nend: "2026-12-01 14:00"', people=[IVAN])
        async with broken(world, damaged):
            await go_on(world, minutes=300)
            assert [await world.state(each) for each in (damaged, later, ending)] == ["finished"] * 3
            assert await state_of(world, damaged, OLENA) == "expired"
            assert len(world.rings(TARAS)) == 1


async def test_a_broken_campaign_can_be_cancelled(tmp_path: Path) -> None:
    async with a_world(tmp_path) as world:
        damaged = await world.campaign(TOMORROW, people=[OLENA])
        async with broken(world, damaged):
            await cancel(world.house, damaged)
            assert (await world.state(damaged), await world.counts(damaged)) == (
                "cancelled",
                {"cancelled": 1},
            )


@pytest.mark.parametrize("modem", [MODEM, ANOTHER_MODEM])
async def test_messages_are_sent_beside_those_of_a_broken_campaign(tmp_path: Path, modem: str) -> None:
    async with a_world(tmp_path) as world:
        world.script(OLENA, LISTENS)
        world.script(TARAS, LISTENS)
        damaged = await world.campaign(TEXTS % (MODEM, "11:00-20:00"), people=[OLENA])
        await world.campaign(TEXTS % (modem, "11:30-20:00"), people=[TARAS])
        await world.pass_time(minutes=5)
        async with broken(world, damaged):
            await go_on(world, minutes=120)
            assert [message.phone for message in world.exchange.truth.messages] == [TARAS]
        await go_on(world, minutes=30)
        assert [message.phone for message in world.exchange.truth.messages] == [TARAS, OLENA]


async def test_a_message_left_behind_is_given_up_though_its_campaign_is_broken(tmp_path: Path) -> None:
    async with a_world(tmp_path) as world:
        world.script(OLENA, LISTENS)
        damaged = await world.campaign(TEXTS % (MODEM, "11:00-20:00"), people=[OLENA])
        await world.pass_time(minutes=5)
        [message] = await world.messages()
        await world.change("sms", id=message.id, state="sending", due_at=world.now, tries=1)
        async with broken(world, damaged):
            await go_on(world, minutes=5)
            assert [each.state for each in await world.messages()] == ["unknown"]
        await go_on(world, minutes=5)
        assert await world.state(damaged) == "finished"


async def test_errands_are_done_beside_an_order_to_go_on_that_nobody_understands(tmp_path: Path) -> None:
    async with a_world(tmp_path) as world:
        for phone in (OLENA, TARAS):
            world.script(phone, LISTENS)
        await world.campaign("open: true", name="Target")
        rule = "rules: [{when: {result: answered_full}, campaign: Target}]"
        await world.campaign(f"open: true\n{rule}", people=[OLENA])
        await world.pass_time(minutes=5)
        [order] = await world.effects()
        again: dict[str, Any] = {"state": "queued", "due_at": world.now, "finished_at": None}
        await world.change("effect", id=order.id, body={}, **again)
        await world.campaign(NOTE, people=[TARAS])
        await go_on(world, minutes=30)
        assert [(each.kind, each.state) for each in await world.effects()] == [
            ("campaign", "queued"),
            ("note", "done"),
        ]
        await world.change("effect", id=order.id, state="done", body=order.body, finished_at=world.now)
