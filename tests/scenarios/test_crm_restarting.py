"""A program that is killed at an order never sends twice what LiraX may have done."""

from pathlib import Path
from typing import Any

import pytest

from campaigns.rules.vocabulary import CampaignId
from campaigns.store import campaigns
from engine.lirax.simulator.faults import Fault, RequestFault
from tests.scenarios.people import LISTENS, OLENA, TARAS, presses
from tests.world import World, a_world

pytestmark = pytest.mark.anyio

NOTE = 'rules: [{when: {result: answered_full}, note: "Listened"}]'
DEAL = 'rules: [{when: {result: answered_full}, deal: {name: "Debt", sum: 5, stage: 1}}]'
TWO_DEALS = """
rules:
  - when: {key: "1"}
    deal: {name: "Debt", sum: 5, stage: 1}
  - when: {key: "2"}
    deal: {name: "Debt", sum: 7, stage: 2}
"""


async def killed_at_the_last_order(world: World, **more: Any) -> None:
    """As if the program had died after LiraX did it, before that was written down; and started again."""
    last = (await world.effects())[-1]
    assert last.state == "done"
    begun = {"state": "sending", "due_at": world.now, "finished_at": None, "detail": None, **more}
    await world.change("effect", id=last.id, **begun)
    await world.restart()


async def states(world: World) -> list[str]:
    return [effect.state for effect in await world.effects()]


async def test_what_was_being_sent_is_unclear_after_a_restart(tmp_path: Path, database_url: str) -> None:
    async with a_world(tmp_path, database_url=database_url) as world:
        world.script(OLENA, LISTENS)
        await world.campaign(NOTE, people=[OLENA])
        await world.pass_time(minutes=1)
        await killed_at_the_last_order(world)
        await world.pass_time(seconds=20)
        assert await states(world) == ["sending"]  # an answer of a program that still lives would be heeded
        await world.pass_time(seconds=10)
        [effect] = await world.effects()
        assert (effect.state, len(world.posts("createNote"))) == ("unknown", 1)
        assert effect.detail == "the program stopped while it was being sent, so LiraX may have done it"
        assert await world.state(CampaignId(1)) == "finished"


async def test_an_order_that_cannot_be_read_after_a_restart_is_unclear_and_holds_up_no_other(
    tmp_path: Path,
) -> None:
    async with a_world(tmp_path, lines=2) as world:
        world.script(OLENA, LISTENS)
        world.script(TARAS, LISTENS)
        broken = await world.campaign(NOTE, people=[OLENA], name="Broken")
        await world.campaign(NOTE, people=[TARAS])
        await world.pass_time(minutes=1)
        assert await states(world) == ["done", "done"]
        for effect in await world.effects():
            await world.change("effect", id=effect.id, state="sending", due_at=world.now, finished_at=None)
        row = await world.house.database.read(lambda reading: campaigns.get(reading, broken))
        assert row is not None
        await world.change("campaign", id=broken, definition={"name": "Broken"}, fingerprint="damaged")
        await world.restart()
        await world.pass_time(minutes=2)
        assert await states(world) == ["unknown", "unknown"]
        assert len(world.posts("createNote")) == 2
        await world.change("campaign", id=broken, definition=row.definition, fingerprint=row.fingerprint)


async def test_what_had_not_left_yet_is_sent_after_a_restart(tmp_path: Path, database_url: str) -> None:
    async with a_world(tmp_path, database_url=database_url) as world:
        world.script(OLENA, LISTENS)
        world.exchange.faults.inject(Fault(RequestFault.ERROR, code=500, command="checkContact", times=None))
        await world.campaign(NOTE, people=[OLENA])
        await world.pass_time(minutes=1)
        # killed while the contact was being saved: the note itself cannot have left
        await world.change("effect", id=1, state="sending", due_at=world.now, sent_at=None)
        await world.restart()
        world.exchange.faults.clear()
        await world.pass_time(minutes=1)
        assert (await states(world), len(world.posts("createNote"))) == (["done"], 1)


async def test_a_deal_that_was_being_made_is_unclear_and_no_second_one_is_made(tmp_path: Path) -> None:
    async with a_world(tmp_path) as world:
        world.script(OLENA, presses("12"))
        fault = Fault(RequestFault.CLOSED_AFTER_DOING, command="createDeal")
        world.exchange.faults.inject(fault)
        await world.campaign(TWO_DEALS, people=[OLENA])
        await world.pass_time(minutes=1)
        assert await states(world) == ["unknown", "failed"]
        detail = (await world.effects())[1].detail or ""
        assert detail.startswith("not sent: an earlier order may have made this person's deal already")
        assert len(world.posts("createDeal")) == 1


async def test_a_deal_that_was_being_moved_is_moved_again_after_a_restart(
    tmp_path: Path, database_url: str
) -> None:
    async with a_world(tmp_path, database_url=database_url) as world:
        world.script(OLENA, presses("12"))
        await world.campaign(TWO_DEALS, people=[OLENA])
        await world.pass_time(minutes=1)
        assert world.exchange.directory.deals[1911]["stage"] == "2"
        await killed_at_the_last_order(world)
        await world.house.database.write(_forget_the_move)
        await world.pass_time(minutes=1)
        assert await states(world) == ["done", "done"]
        assert [post.code for post in world.exchange.truth.posts_of("updateDeal")] == [200, 400]
        assert (await world.effects())[1].detail == "deal 1911 was so already: LiraX found nothing to change"


def _forget_the_move(connection: Any) -> None:
    from sqlalchemy import update

    from tests.builders import table

    connection.execute(update(table("deal")).values(sum=5, stage=1))


async def test_an_answer_that_comes_after_all_outweighs_not_knowing(tmp_path: Path) -> None:
    async with a_world(tmp_path) as world:
        world.script(OLENA, LISTENS)
        fault = Fault(RequestFault.ERROR_AFTER_DOING, code=500, command="createNote")
        world.exchange.faults.inject(fault)
        await world.campaign(NOTE, people=[OLENA])
        await world.pass_time(minutes=1)
        assert await states(world) == ["unknown"]
        from campaigns.rules.vocabulary import EffectId, EffectState
        from campaigns.store import outbox

        def late(connection: Any) -> list[bool]:
            row = outbox.get(connection, EffectId(1))
            assert row is not None
            older = row._replace(tries=row.tries - 1)
            return [
                outbox.conclude(connection, older, state=EffectState.DONE),
                outbox.conclude(connection, row, state=EffectState.DONE),
                outbox.conclude(connection, row, state=EffectState.FAILED),
            ]

        assert await world.house.database.write(late) == [False, True, False]
        assert await states(world) == ["done"]
