"""Webhooks, events and call history of the same calls are compared; what is missing is healed."""

from datetime import timedelta
from pathlib import Path

import pytest

from campaigns.rules.vocabulary import AccountId
from campaigns.store import drift
from engine.commands.reconciling import NOT_ASKED, look_now, report_now
from engine.lirax.simulator.faults import Fault, RequestFault, WebhookFault
from tests.scenarios.people import IVAN, LISTENS, MARTA, OLENA, TARAS
from tests.world import a_world

pytestmark = pytest.mark.anyio

A_DAY = timedelta(days=1)


async def test_each_source_is_held_against_the_others(tmp_path: Path) -> None:
    async with a_world(tmp_path, with_history=True) as world:
        facts = world.house.accounts.find("default")
        for phone in (OLENA, TARAS, IVAN, MARTA):
            world.script(phone, LISTENS)
        world.exchange.faults.inject(Fault(WebhookFault.DROPPED, phone=OLENA, times=None))  # healed
        world.exchange.faults.inject(Fault(WebhookFault.DROPPED, phone=TARAS, command="event", times=None))
        world.exchange.faults.inject(
            Fault(WebhookFault.DELAYED, phone=IVAN, command="make2calls_finished", seconds=1200)
        )
        await world.campaign(people=[OLENA, TARAS, IVAN, MARTA])
        await world.pass_time(minutes=40)
        await world.hear("make2calls_finished", id_make2calls="stranger", success="1")
        report = await report_now(world.house, facts, back=A_DAY)
        body = report.body
        assert (body["calls"], body["unknown"]) == (4, 0)
        assert (body["webhooks"]["told"], body["webhooks"]["missing"]) == (3, 1)
        assert (body["events"]["told"], body["events"]["missing"]) == (2, 2)
        assert (body["history"]["told"], body["history"]["missing"]) == (4, 0)
        assert (body["late"]["count"], body["healed"]["count"]) == (1, 1)
        assert body["orphaned"]["webhooks"]["count"] == 1
        assert body["orphaned"]["history"]["count"] == 0


async def test_a_comparison_is_made_daily_by_itself(tmp_path: Path) -> None:
    async with a_world(tmp_path, with_history=True) as world:
        world.script(OLENA, LISTENS)
        await world.campaign(people=[OLENA])
        await world.pass_time(days=2, hours=1)
        kept = await world.house.database.read(lambda reading: drift.latest(reading, AccountId(1), limit=10))
        assert [row.body["calls"] for row in kept] == [0, 1]


async def test_who_asks_is_told_what_was_decided_and_when_more_can_be(tmp_path: Path) -> None:
    async with a_world(tmp_path, with_history=True) as world:
        facts = world.house.accounts.find("default")
        world.script(OLENA, LISTENS)
        world.exchange.faults.inject(Fault(WebhookFault.DROPPED, phone=OLENA, times=None))
        world.exchange.faults.inject(Fault(RequestFault.CLOSED_AFTER_DOING, phone=OLENA))
        world.exchange.faults.inject(Fault(RequestFault.CLOSED_AFTER_READING, phone=TARAS))
        began = world.now
        await world.campaign(people=[OLENA, TARAS])
        await world.pass_time(minutes=2)
        looked = await look_now(world.house, facts)
        told = {decision.call.phone: decision for decision in looked.decisions}
        assert (told[OLENA].word, told[OLENA].call.result) == ("found", "answered_full")
        assert (told[TARAS].word, told[TARAS].believed_from) == ("waiting", began + timedelta(minutes=15))
        world.exchange.faults.inject(Fault(RequestFault.GARBAGE, command="historyExport", times=None))
        assert "is no export" in str((await look_now(world.house, facts)).trouble)


async def test_without_history_the_other_two_are_compared(tmp_path: Path) -> None:
    async with a_world(tmp_path) as world:
        facts = world.house.accounts.find("default")
        world.script(OLENA, LISTENS)
        await world.campaign(people=[OLENA])
        await world.pass_time(minutes=2)
        body = (await report_now(world.house, facts, back=A_DAY)).body
        assert (body["webhooks"]["told"], body["events"]["told"]) == (1, 1)
        assert body["history"]["configured"] is False
        assert (await look_now(world.house, facts)).trouble == NOT_ASKED
