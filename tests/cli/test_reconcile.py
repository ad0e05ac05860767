"""`dzvin reconcile`, as a process of its own."""

import asyncio
import json
from datetime import datetime, timedelta
from itertools import takewhile
from pathlib import Path

import pytest

from engine.lirax.simulator.faults import Fault, WebhookFault
from tests.cli.shell import Shell
from tests.scenarios.people import IVAN, LISTENS, MARTA, OLENA, TARAS
from tests.world import KYIV, TOKEN, WEBHOOK_TOKEN, a_world


def test_the_sources_are_compared_and_what_is_wrong_is_named(tmp_path: Path) -> None:
    shell = Shell(tmp_path, {"DZVIN_LIRAX_TOKEN": "a-key", "DZVIN_WEBHOOK_TOKEN": "another-key"})
    looked = shell.run("reconcile")
    assert looked.code == 1  # nothing can be looked at
    assert "call history is not asked" in looked.err
    report = shell.run("reconcile", "--report", "--since", "2h", "--json")
    assert report.code == 0
    [item] = json.loads(report.out)["items"]
    assert (item["account"], item["calls"], item["history"]["configured"]) == ("default", 0, False)
    wrong = shell.run("reconcile", "--report", "--since", "never")
    assert wrong.code == 2
    assert "--since" in wrong.err
    alone = shell.run("reconcile", "--since", "2h")
    assert alone.code == 2
    assert "--since: means nothing without --report" in alone.err
    assert shell.run("reconcile", "--account", "nobody").code == 1


SENTENCES = (
    "4 calls ended in this time, 0 of them as unknown.",
    "Finished webhooks told of 3 of 4; 1 missing.",
    "Events told of 2 of 4; 2 missing.",
    "Call history is not asked: its address and login are not set.",
    "1 finished webhook came late.",
    "1 call had a result only because call history told of it.",
    "1 finished webhook is of no call of ours.",
)


@pytest.mark.anyio
async def test_the_report_tells_what_was_missing_late_and_strange(tmp_path: Path) -> None:
    """A life in moved time that ends before now; the command then looks back at it."""
    began = datetime.now(KYIV) - timedelta(hours=2)
    async with a_world(tmp_path, now=f"{began:%Y-%m-%d %H:%M}", with_history=True) as world:
        faults = world.exchange.faults
        for phone in (OLENA, TARAS, IVAN, MARTA):
            world.script(phone, LISTENS)
        faults.inject(Fault(WebhookFault.DROPPED, phone=OLENA, times=None))
        faults.inject(Fault(WebhookFault.DROPPED, phone=TARAS, command="event", times=None))
        faults.inject(Fault(WebhookFault.DELAYED, phone=IVAN, command="make2calls_finished", seconds=1200))
        await world.campaign(people=[OLENA, TARAS, IVAN, MARTA], name="Reminder")
        await world.pass_time(minutes=40)
        await world.hear("make2calls_finished", id_make2calls="nobody's", success="1")
        settings = world.house.settings
        await world.shut()
        there = {
            "DZVIN_DATABASE_URL": settings.database_url,
            "DZVIN_SECRET_KEY": str(settings.secret_key),
            "DZVIN_LIRAX_URL": settings.lirax_url,
            "DZVIN_LIRAX_TOKEN": TOKEN,
            "DZVIN_WEBHOOK_TOKEN": WEBHOOK_TOKEN,
        }
        told = await asyncio.to_thread(Shell(tmp_path, there).run, "reconcile", "--report", "--since", "3h")
        await world.open_again()
    assert told.code == 0, told.err
    assert told.lines[0].startswith("default, from 20")
    for sentence in SENTENCES:
        assert f"  {sentence}" in told.lines
    assert numbers_under("No finished webhook came:", told.lines) == {OLENA}
    assert numbers_under("No event came:", told.lines) == {OLENA, TARAS}
    assert numbers_under("The finished webhook came late:", told.lines) == {IVAN}
    assert numbers_under("Only call history told of it:", told.lines) == {OLENA}
    assert told.lines[-3:-1] == ["Finished webhooks of no call of ours:", "at\twhat"]
    assert told.lines[-1].endswith("\ta finished webhook of an id that nobody knows")


def numbers_under(title: str, lines: list[str]) -> set[str]:
    """Those of the table that has this title."""
    header, *rows = lines[lines.index(title) + 1 :]
    assert header == "phone\tcampaign\tcalled at\tresult"
    cells = [row.split("\t") for row in takewhile(lambda row: "\t" in row, rows)]
    assert {(campaign, result) for _, campaign, _, result in cells} == {("Reminder", "answered_full")}
    return {phone for phone, *_ in cells}
