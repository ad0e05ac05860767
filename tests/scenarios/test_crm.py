"""What rules order in LiraX's CRM arrives there, each once, whatever happens on the way."""

from pathlib import Path

import pytest

from engine.lirax.simulator.faults import Fault, WebhookFault
from tests.scenarios.people import LISTENS, OLENA
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
