"""What failed or is unclear is sent again, or settled, by somebody who has looked."""

from pathlib import Path

import pytest

from campaigns.problems import WrongInput
from campaigns.rules.vocabulary import CampaignId, EffectId
from engine.commands.effects import confirm_effect, repeat_effect, repeat_failed
from engine.errors import Conflict, NotFound
from engine.lirax.simulator.faults import Fault, RequestFault
from tests.scenarios.people import LISTENS, OLENA, number, presses
from tests.world import World, a_world

pytestmark = pytest.mark.anyio

NOTE = 'rules: [{when: {result: answered_full}, note: "Listened"}]'
TWO_DEALS = """
rules:
  - when: {key: "1"}
    deal: {name: "Debt", sum: 5, stage: 1}
  - when: {key: "2"}
    deal: {name: "Debt", sum: 7, stage: 2}
"""
FIRST, SECOND = EffectId(1), EffectId(2)


async def states(world: World) -> list[str]:
    return [effect.state for effect in await world.effects()]


async def a_note(world: World, fault: Fault | None = None) -> CampaignId:
    world.script(OLENA, LISTENS)
    if fault is not None:
        world.exchange.faults.inject(fault)
    campaign = await world.campaign(NOTE, people=[OLENA])
    await world.pass_time(minutes=1)
    return campaign


async def two_deals_of_which_the_first_is_unclear(world: World, *, done: bool) -> None:
    world.script(OLENA, presses("12"))
    kind = RequestFault.CLOSED_AFTER_DOING if done else RequestFault.CLOSED_AFTER_READING
    world.exchange.faults.inject(Fault(kind, command="createDeal"))
    await world.campaign(TWO_DEALS, people=[OLENA])
    await world.pass_time(minutes=1)
    assert await states(world) == ["unknown", "failed"]


async def test_a_failed_note_is_sent_again_and_its_campaign_stays_finished(
    tmp_path: Path, database_url: str
) -> None:
    async with a_world(tmp_path, database_url=database_url) as world:
        campaign = await a_note(world, Fault(RequestFault.ERROR, code=400, command="createNote", times=2))
        assert (await states(world), await world.state(campaign)) == (["failed"], "finished")
        await world.pass_time(hours=48)
        await repeat_effect(world.house, FIRST)
        await world.settle()
        [effect] = await world.effects()
        assert (effect.state, effect.repeats) == ("done", 1)
        assert len(world.exchange.directory.notes) == 1
        assert await world.state(campaign) == "finished"


async def test_what_was_repeated_has_a_day_of_its_own(tmp_path: Path) -> None:
    async with a_world(tmp_path) as world:
        await a_note(world, Fault(RequestFault.ERROR, code=400, command="createNote"))
        await world.pass_time(hours=48)
        await world.change("crm_contact", phone=OLENA, ext="201")
        world.exchange.faults.inject(Fault(RequestFault.ERROR, code=503, command="checkContact", times=3))
        await repeat_effect(world.house, FIRST)
        await world.pass_time(minutes=2)
        assert await states(world) == ["done"]


async def test_an_unclear_note_that_is_sent_again_may_be_there_twice(tmp_path: Path) -> None:
    async with a_world(tmp_path) as world:
        await a_note(world, Fault(RequestFault.CLOSED_AFTER_DOING, command="createNote"))
        await repeat_effect(world.house, FIRST)
        await world.settle()
        assert await states(world) == ["done"]
        assert len(world.exchange.directory.notes) == 2  # as who asked for it was told


async def test_an_unclear_note_that_lirax_has_is_settled_and_not_sent(tmp_path: Path) -> None:
    async with a_world(tmp_path) as world:
        await a_note(world, Fault(RequestFault.CLOSED_AFTER_DOING, command="createNote"))
        with pytest.raises(WrongInput, match="a note has no id of a deal"):
            await confirm_effect(world.house, FIRST, deal_id="5")
        await confirm_effect(world.house, FIRST)
        await world.settle()
        [effect] = await world.effects()
        assert (effect.state, effect.detail) == ("done", "settled by hand: LiraX has it")
        assert len(world.posts("createNote")) == 1


async def test_only_what_failed_or_is_unclear_can_be_sent_again(tmp_path: Path) -> None:
    async with a_world(tmp_path) as world:
        await a_note(world)
        with pytest.raises(Conflict, match="is done"):
            await repeat_effect(world.house, FIRST)
        with pytest.raises(Conflict, match="only an unclear one"):
            await confirm_effect(world.house, FIRST)
        with pytest.raises(NotFound):
            await repeat_effect(world.house, EffectId(77))
        await world.change("effect", id=1, state="sending", due_at=world.now, finished_at=None)
        with pytest.raises(Conflict, match="under way"):
            await repeat_effect(world.house, FIRST)
        world.house.bells.performing.set()
        await world.pass_time(minutes=1)
        assert await states(world) == ["unknown"]


async def test_a_deal_that_lirax_has_is_settled_by_its_id_and_then_moved(
    tmp_path: Path, database_url: str
) -> None:
    async with a_world(tmp_path, database_url=database_url) as world:
        await two_deals_of_which_the_first_is_unclear(world, done=True)
        for wrong in (None, "", "the new one"):
            with pytest.raises(WrongInput):
                await confirm_effect(world.house, FIRST, deal_id=wrong)
        await confirm_effect(world.house, FIRST, deal_id="1911")
        await repeat_effect(world.house, SECOND)
        await world.settle()
        assert [effect.provider_id for effect in await world.effects()] == ["1911", "1911"]
        assert (len(world.posts("createDeal")), len(world.posts("updateDeal"))) == (1, 1)
        assert world.exchange.directory.deals[1911]["sum"] == "7"


async def test_a_deal_that_lirax_has_not_is_made_again_and_then_moved(tmp_path: Path) -> None:
    async with a_world(tmp_path) as world:
        await two_deals_of_which_the_first_is_unclear(world, done=False)
        await repeat_effect(world.house, SECOND)  # nobody has looked yet
        await world.settle()
        assert await states(world) == ["unknown", "failed"]
        await repeat_effect(world.house, FIRST)
        await repeat_effect(world.house, SECOND)
        await world.settle()
        assert await states(world) == ["done", "done"]
        assert [deal["sum"] for id_, deal in world.exchange.directory.deals.items() if id_ > 1910] == ["7"]


async def test_an_earlier_order_never_moves_a_deal_back(tmp_path: Path) -> None:
    async with a_world(tmp_path) as world:
        world.script(OLENA, presses("12"))
        world.exchange.faults.inject(Fault(RequestFault.ERROR, code=400, command="createDeal", times=2))
        await world.campaign(TWO_DEALS, people=[OLENA])
        await world.pass_time(minutes=1)
        assert await states(world) == ["failed", "done"]
        with pytest.raises(Conflict, match="a later order has made or moved"):
            await repeat_effect(world.house, FIRST)


async def test_an_order_sent_again_waits_for_a_later_one_that_is_under_way(
    tmp_path: Path, database_url: str
) -> None:
    async with a_world(tmp_path, database_url=database_url) as world:
        world.script(OLENA, presses("12"))
        world.exchange.faults.inject(Fault(RequestFault.ERROR, code=400, command="createDeal", times=2))
        await world.campaign(TWO_DEALS, people=[OLENA])
        await world.pass_time(minutes=1)
        assert await states(world) == ["failed", "done"]
        await world.change("effect", id=2, state="sending", due_at=world.now, finished_at=None)
        await repeat_effect(world.house, FIRST)
        await world.settle()
        assert await states(world) == ["queued", "sending"]
        await world.change("effect", id=2, state="done", due_at=None, finished_at=world.now)
        world.house.bells.performing.set()
        await world.settle()
        assert await states(world) == ["failed", "done"]
        assert "a later order" in ((await world.effects())[0].detail or "")
        assert [deal["sum"] for id_, deal in world.exchange.directory.deals.items() if id_ > 1910] == ["7"]


async def test_all_that_failed_is_sent_again_at_once_and_what_is_unclear_is_not(tmp_path: Path) -> None:
    async with a_world(tmp_path, lines=10) as world:
        people = [number(index) for index in range(6)]
        for person in people:
            world.script(person, LISTENS)
        refused = Fault(RequestFault.ERROR, code=400, command="createNote", times=None)
        world.exchange.faults.inject(Fault(RequestFault.CLOSED_AFTER_DOING, command="createNote"))
        world.exchange.faults.inject(refused)
        campaign = await world.campaign(NOTE, people=people)
        await world.pass_time(minutes=1)
        assert sorted(await states(world)) == ["failed"] * 5 + ["unknown"]
        world.exchange.faults.clear()
        assert await repeat_failed(world.house, campaign) == 5
        await world.settle()
        assert sorted(await states(world)) == ["done"] * 5 + ["unknown"]
        assert await repeat_failed(world.house, campaign) == 0
