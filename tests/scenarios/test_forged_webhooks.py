"""Whoever has the webhook key may tell lies, well-formed ones: nobody is called or texted for them."""

from pathlib import Path

import pytest

from engine.lirax.webhook_readers import READERS
from tests.scenarios.people import LISTENS, OLENA, TARAS
from tests.world import a_world

pytestmark = pytest.mark.anyio

FORGED: dict[str, dict[str, str]] = {
    "make2calls_finished": {"id_make2calls": "nobody's", "success": "1", "duration_success": "1"},
    "makecall_finished": {"id_makecall": "nobody's", "call_id": "N-1", "success": "1"},
    "event": {"type": "out", "event": "COMPLETED", "phone": OLENA, "ext": "101", "callid": "N-2"}
    | {"status": "Success", "duration": "60", "keys": '[{"ivr_name": "Menu", "ivr_entry": "0", "key": "1"}]'},
    "record": {"callid": "N-3", "record_link": "https://files.example.com/n.mp3"},
    "smsDelivered": {"id_sms": "nobody's"},
    "smsReceived": {"id": "N-4", "provider": "380501112233", "ANI": OLENA, "text": "Call me"},
    "staton": {"ext": "101", "status": "1"},
    "contact": {"phone": OLENA, "ext": "101"},
    "something_new": {"phone": OLENA},
}
RULES = """
sms: {modem: "380501112233", ext: "101"}
goal: key
rules: [{when: {key: "1"}, outcome: promised, sms: "Thank you"}]
"""


def test_every_command_is_forged() -> None:
    assert {cmd.lower() for cmd in FORGED} == {*READERS, "something_new"}


@pytest.mark.parametrize("cmd", FORGED)
async def test_a_forged_webhook_makes_no_call_and_no_request(tmp_path: Path, cmd: str) -> None:
    async with a_world(tmp_path) as world:
        world.script(TARAS, LISTENS)
        waiting = await world.draft(RULES, people=[OLENA])
        over = await world.campaign("retry: {attempts: 1}", people=[TARAS])
        await world.pass_time(minutes=5)
        sent, rung = len(world.exchange.truth.posts), len(world.exchange.truth.rings)
        told = [await world.attempts(phone) for phone in (OLENA, TARAS)]
        for number in range(2):
            await world.hear(cmd, **FORGED[cmd], extra=str(number))
        await world.pass_time(hours=1)
        assert len((await world.verdicts())[cmd]) >= 1
        assert [await world.attempts(phone) for phone in (OLENA, TARAS)] == told
        assert (len(world.exchange.truth.posts), len(world.exchange.truth.rings)) == (sent, rung)
        assert (await world.messages(), await world.effects()) == ([], [])
        assert (await world.people(waiting))[OLENA].state == "pending"
        assert (await world.people(over))[TARAS].outcome == "listened"
