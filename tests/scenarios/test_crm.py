"""What rules order in LiraX's CRM arrives there, each once, whatever happens on the way."""

from pathlib import Path

import pytest

from engine.commands.campaigns import cancel
from engine.lirax.simulator.faults import Fault, WebhookFault
from tests.scenarios.people import LISTENS, OLENA, TARAS, presses
from tests.world import World, a_world

pytestmark = pytest.mark.anyio

EVERYTHING = """
rules:
  - when: {result: answered_full}
    contact: {name: "{{ name }} (debtor)"}
    task: {ext: "201", text: "Call back {{ name }}", type: call, due: 1h}
    note: "Listened, owes {{ amount }}"
    deal: {name: "Debt of {{ name }}", sum: "{{ amount }}", stage: 1}
    message: {ext: "101", text: "{{ name }} listened"}
"""
PERSON = {"phone": OLENA, "name": "Олена", "amount": "1 250,50"}


def a_rule(action: str) -> str:
    return f"rules: [{{when: {{result: answered_full}}, {action}}}]"


NOTE = a_rule('note: "Listened"')
TASK = a_rule('task: {ext: "101", text: "Call back", type: call, due: 1h}')
DEAL = a_rule('deal: {name: "Debt", sum: "1250.50", stage: 1}')
MESSAGE = a_rule('message: {ext: "101", text: "Listened"}')


async def states(world: World) -> list[tuple[str, str]]:
    return [(effect.kind, effect.state) for effect in await world.effects()]


async def test_all_that_a_rule_orders_arrives_once(tmp_path: Path, database_url: str) -> None:
    async with a_world(tmp_path, database_url=database_url) as world:
        world.script(OLENA, LISTENS)
        fault = Fault(WebhookFault.DUPLICATED, command="make2calls_finished", times=None, seconds=30)
        world.exchange.faults.inject(fault)
        campaign = await world.campaign(EVERYTHING, people=[PERSON])
        await world.pass_time(minutes=5)
        crm = world.exchange.directory
        assert crm.contacts[OLENA]["name"] == "Олена (debtor)"
        [task] = crm.tasks
        assert (task["ani"], task["text"], task["type"]) == (OLENA, "Call back Олена", "3")
        assert task["date"] == "2026-12-01 11:00:25"  # an hour after the call of 25 seconds ended
        [note] = crm.notes
        assert (note["ext"], note["text"]) == ("101", "Listened, owes 1 250,50")
        assert crm.deals[1911]["sum"] == "1251"
        [message] = crm.chat
        assert (message["ext"], message["ani"]) == ("101", "Олена (debtor)")
        assert {state for _, state in await states(world)} == {"done"}
        assert await world.state(campaign) == "finished"


async def test_a_later_rule_moves_the_deal_and_closes_it(tmp_path: Path) -> None:
    async with a_world(tmp_path) as world:
        world.script(OLENA, presses("12"))
        await world.campaign(
            """
            rules:
              - when: {key: "1"}
                deal: {name: "Debt", sum: "{{ amount }}", stage: 1}
              - when: {key: "2"}
                deal: {name: "Debt, promised", sum: 900, stage: 2, status: won}
            """,
            people=[PERSON],
        )
        await world.pass_time(minutes=1)
        assert [post["name"] for post in world.posts("createDeal")] == ["Debt"]
        [moved] = world.posts("updateDeal")
        assert (moved["id_deal"], moved["sum"], moved["stage"], moved["status"]) == ("1911", "900", "2", "1")
        assert [effect.provider_id for effect in await world.effects()] == ["1911", "1911"]


async def test_a_deal_that_is_won_at_once_is_made_and_then_closed(tmp_path: Path) -> None:
    async with a_world(tmp_path) as world:
        world.script(OLENA, LISTENS)
        await world.campaign(
            'rules: [{when: {result: answered_full}, deal: {name: "Sold", sum: 5, stage: 2, status: won}}]',
            people=[OLENA],
        )
        await world.pass_time(minutes=1)
        assert (len(world.posts("createDeal")), len(world.posts("updateDeal"))) == (1, 1)
        assert world.exchange.directory.deals[1911]["status"] == "1"
        assert await states(world) == [("deal", "done")]


async def test_a_deal_that_was_so_already_is_done(tmp_path: Path) -> None:
    async with a_world(tmp_path) as world:
        world.script(OLENA, presses("1"))
        await world.campaign(
            """
            rules:
              - when: {key: "1"}
                deal: {name: "Debt", sum: 5, stage: 1}
              - when: {result: answered_full}
                deal: {name: "Debt", sum: 5, stage: 1}
              - when: {state: done}
                deal: {name: "Debt", sum: 5, stage: 1}
            """,
            people=[OLENA],
        )
        await world.pass_time(minutes=1)
        assert {state for _, state in await states(world)} == {"done"}
        assert len(world.posts("createDeal")) == 1


async def test_a_sum_that_is_none_fails_and_says_so(tmp_path: Path) -> None:
    async with a_world(tmp_path) as world:
        world.script(OLENA, LISTENS)
        campaign = await world.campaign(
            'rules: [{when: {result: answered_full}, deal: {name: "Debt", sum: "{{ amount }}", stage: 1}}]',
            people=[{**PERSON, "amount": "a lot"}],
        )
        await world.pass_time(minutes=1)
        [effect] = await world.effects()
        assert effect.detail == "not sent: the sum “a lot” is not a sum of money; write it like 1250.50"
        assert world.posts("createDeal") == []
        assert await world.state(campaign) == "finished"


async def test_a_contact_is_saved_once_and_again_only_when_it_changed(tmp_path: Path) -> None:
    async with a_world(tmp_path) as world:
        for _ in range(4):
            world.script(OLENA, LISTENS)
        note = 'rules: [{when: {result: answered_full}, note: "Listened"}]'
        for person in (OLENA, OLENA, PERSON, OLENA):
            await world.campaign(note, people=[person])
            await world.pass_time(hours=1)
        # the number for want of a name; not again; the name, once known; and the name stays
        assert [post["name"] for post in world.posts("checkContact")] == [OLENA, "Олена"]
        assert len(world.exchange.directory.notes) == 4


async def test_a_lirax_that_spells_the_name_of_a_contact_its_own_way_is_understood(tmp_path: Path) -> None:
    async with a_world(tmp_path) as world:
        world.exchange.set_options({"checkcontact_name_key": "Name"})
        world.script(OLENA, LISTENS)
        await world.campaign(a_rule('contact: {name: "{{ name }}"}'), people=[PERSON])
        await world.pass_time(minutes=1)
        assert world.exchange.directory.contacts[OLENA]["name"] == "Олена"
        assert await states(world) == [("contact", "done")]


async def test_each_employee_of_an_order_becomes_responsible_first(tmp_path: Path) -> None:
    async with a_world(tmp_path) as world:
        world.script(OLENA, LISTENS)
        await world.campaign(
            'rules: [{when: {result: answered_full}, task: {ext: "201", text: "Call"}, note: "Listened"}]',
            people=[PERSON],
        )
        await world.pass_time(minutes=1)
        sent = [
            (post.command, post.fields["ext"])
            for post in world.exchange.truth.posts
            if post.command in ("checkContact", "createTask", "createNote")
        ]
        assert sent == [
            ("checkContact", "201"),
            ("createTask", "201"),
            ("checkContact", "101"),
            ("createNote", "101"),
        ]


async def test_a_message_comes_from_the_number_where_no_name_is_known(tmp_path: Path) -> None:
    async with a_world(tmp_path) as world:
        world.script(OLENA, LISTENS)
        await world.campaign(
            'rules: [{when: {result: answered_full}, message: {ext: "201", text: "Listened"}}]',
            people=[OLENA],
        )
        await world.pass_time(minutes=1)
        assert [(sent["ext"], sent["ani"]) for sent in world.exchange.directory.chat] == [("201", OLENA)]
        assert world.posts("checkContact") == []


async def test_who_opts_out_still_gets_a_note(tmp_path: Path) -> None:
    async with a_world(tmp_path) as world:
        world.script(OLENA, presses("9"))
        await world.campaign(
            'rules: [{when: {key: "9"}, suppress: true, note: "Wants no calls"}]', people=[OLENA]
        )
        await world.pass_time(minutes=1)
        assert [note["text"] for note in world.exchange.directory.notes] == ["Wants no calls"]


async def test_the_orders_of_a_cancelled_campaign_are_still_carried_out(tmp_path: Path) -> None:
    async with a_world(tmp_path) as world:
        world.script(OLENA, LISTENS)
        campaign = await world.campaign(
            'rules: [{when: {result: answered_full}, note: "Listened"}]', people=[OLENA, TARAS]
        )
        await world.pass_time(seconds=10)
        await cancel(world.house, campaign)
        await world.pass_time(minutes=5)
        assert len(world.exchange.directory.notes) >= 1
        assert await world.state(campaign) == "cancelled"
