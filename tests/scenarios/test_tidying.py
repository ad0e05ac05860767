"""What LiraX sent long ago is forgotten once it was applied; what is still waited for is kept."""

from pathlib import Path

import pytest

from tests.scenarios.people import LISTENS, OLENA
from tests.world import a_world

pytestmark = pytest.mark.anyio


async def test_webhooks_applied_a_month_ago_are_forgotten_and_orphans_are_not(
    tmp_path: Path, database_url: str
) -> None:
    async with a_world(tmp_path, database_url=database_url) as world:
        world.script(OLENA, LISTENS)
        await world.hear("make2calls_finished", id_make2calls="of-nobody", success="1")
        await world.campaign(people=[OLENA])
        await world.pass_time(days=29)
        verdicts = await world.verdicts()
        assert verdicts["make2calls_finished"] == ["orphan", "applied"]
        assert "applied" in verdicts["event"]
        await world.hear_event("380670000000", "of-today")
        await world.pass_time(days=2)
        world.house.bells.forgetting.set()
        await world.settle()
        verdicts = await world.verdicts()
        assert verdicts["make2calls_finished"] == ["orphan"]
        assert verdicts["event"] == ["ignored"]
