"""A webhook, an errand or a campaign that nobody can deal with is counted and told, and holds up no other."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from campaigns.rules.vocabulary import AccountId, CampaignId
from campaigns.store import campaigns, drift, received
from campaigns.store.campaigns import CampaignRow
from campaigns.store.received import Among, Received
from engine.commands.campaigns import start
from engine.commands.receiving import apply_again
from engine.errors import DatabaseTrouble
from tests.scenarios.people import IVAN, LISTENS, OLENA, TARAS
from tests.scenarios.silence import id_of, silence
from tests.world import World, a_world

pytestmark = pytest.mark.anyio

ACCOUNT = AccountId(1)
FINISHED = "make2calls_finished"
SUCCESS = {"success": "1", "duration_success": "1"}
COUNTED = [(1, False), (2, False), (3, False), (4, False), (5, True)]  # tries, and whether it is set aside
NOTE = 'rules: [{when: {result: answered_full}, note: "Listened"}]'


async def kept(world: World, *, among: Among = Among.ALL) -> list[Received]:
    """What `dzvin received list` shows, the newest first."""
    return await world.house.database.read(
        lambda reading: received.latest(reading, ACCOUNT, among=among, limit=10)
    )


async def set_aside(world: World) -> int:
    """What `dzvin doctor` and the health page count."""
    return (await world.house.database.read(lambda reading: received.trouble(reading, ACCOUNT))).dead


async def tries_of(world: World, inbox_id: int, *, minutes: int) -> list[tuple[int, bool]]:
    """How often it was tried, minute by minute, each number once."""
    told: list[tuple[int, bool]] = []
    for _ in range(minutes):
        [row] = [each for each in await kept(world) if each.id == inbox_id]
        if (row.tries, row.dead) not in told:
            told.append((row.tries, row.dead))
        world.house.bells.intake.set()  # as the metronome does
        await world.pass_time(minutes=1)
    return told


async def mended(world: World, inbox_id: int) -> str | None:
    """What becomes of the webhook when somebody has it applied again."""
    await apply_again(world.house, "default", inbox_id)
    await world.settle()
    [row] = [each for each in await kept(world) if each.id == inbox_id]
    return row.verdict


@asynccontextmanager
async def without(world: World, name: str) -> AsyncIterator[None]:
    """The database refuses whatever asks for that table."""
    await run(world, f"ALTER TABLE {name} RENAME TO gone_{name}")
    yield
    await run(world, f"ALTER TABLE gone_{name} RENAME TO {name}")


async def run(world: World, statement: str) -> None:
    await world.house.database.write(lambda writing: writing.execute(text(statement)) and None)


async def test_a_webhook_that_cannot_be_applied_is_set_aside_after_five_tries(tmp_path: Path) -> None:
    async with a_world(tmp_path, lines=2) as world:
        silence(world)
        world.script(OLENA, LISTENS)
        world.script(TARAS, LISTENS)
        campaign = await world.campaign(people=[OLENA, TARAS])
        await world.pass_time(seconds=40)
        await world.change("recipient", phone=OLENA, state="done")  # no call can end for somebody done
        await world.hear(FINISHED, id_make2calls=id_of(world, OLENA), **SUCCESS)
        await world.hear(FINISHED, id_make2calls=id_of(world, TARAS), **SUCCESS)
        assert (await world.people(campaign))[TARAS].outcome == "listened"
        [_, poison] = await kept(world)
        assert (await tries_of(world, poison.id, minutes=8))[-4:] == COUNTED[-4:]
        [dead] = await kept(world, among=Among.DEAD)
        assert (dead.id, dead.tries, dead.verdict) == (poison.id, 5, None)
        assert dead.error is not None
        assert await set_aside(world) == 1
        await world.change("recipient", phone=OLENA, state="calling")
        assert await mended(world, poison.id) == "applied"
        assert (await world.people(campaign))[OLENA].outcome == "listened"
        assert await set_aside(world) == 0


async def test_an_orphan_that_cannot_be_given_to_its_call_is_counted_and_holds_up_no_other(
    tmp_path: Path,
) -> None:
    async with a_world(tmp_path, lines=2) as world:
        silence(world, answers_lost=1)
        world.script(OLENA, LISTENS)
        campaign = await world.campaign(people=[OLENA])
        await world.pass_time(seconds=40)
        await world.hear_event(OLENA, "C-1", status="Success", duration="20")
        other = await world.campaign(people=[TARAS])
        await world.pass_time(seconds=30)
        await world.change("recipient", phone=OLENA, state="done")
        await world.hear(FINISHED, id_make2calls="77", **SUCCESS)
        [orphan, *_] = await kept(world)
        assert (await tries_of(world, orphan.id, minutes=17))[-1:] == COUNTED[-1:]
        [dead] = await kept(world, among=Among.DEAD)
        assert (dead.id, dead.verdict) == (orphan.id, "orphan")
        assert (await world.people(other))[TARAS].outcome == "unknown"  # its time was up all the same
        await world.change("recipient", phone=OLENA, state="calling")
        await world.pass_time(minutes=20)
        assert (await world.people(campaign))[OLENA].outcome == "listened"  # by its event
        assert await mended(world, orphan.id) == "orphan"  # too late to be sure whose it is


async def test_an_orphan_whose_id_became_known_too_late_is_counted_and_holds_up_no_other(
    tmp_path: Path,
) -> None:
    async with a_world(tmp_path, lines=2) as world:
        silence(world, answers_lost=1)
        world.script(OLENA, LISTENS)
        campaign = await world.campaign(people=[OLENA])
        await world.pass_time(seconds=40)
        other = await world.campaign(people=[TARAS])
        await world.pass_time(seconds=5)
        await world.hear(FINISHED, id_make2calls="77", **SUCCESS)
        [orphan, *_] = await kept(world)
        await world.change("recipient", phone=OLENA, state="done")
        # the answer was written by another engine in the same instant, neither saw the other
        await world.change("attempt", phone=OLENA, provider_id="77", state="placed")
        world.house.bells.reconciling.set()
        await world.settle()
        assert (await tries_of(world, orphan.id, minutes=20))[-1:] == COUNTED[-1:]
        assert await set_aside(world) == 1
        assert (await world.people(other))[TARAS].outcome == "unknown"  # its time was up all the same
        await world.change("recipient", phone=OLENA, state="calling")
        assert await mended(world, orphan.id) == "applied"
        assert (await world.people(campaign))[OLENA].outcome == "listened"


async def test_an_answer_is_kept_though_the_webhook_that_overtook_it_cannot_be_applied(
    tmp_path: Path,
) -> None:
    folders = [tmp_path / name for name in ("once", "again")]
    for folder in folders:
        folder.mkdir()
    async with a_world(folders[0]) as world:
        await world.campaign(people=[OLENA])
        await world.pass_time(seconds=5)
        provider_id = id_of(world, OLENA)  # the same seed gives the same ids
    async with a_world(folders[1]) as world:
        silence(world)
        world.script(OLENA, LISTENS)
        await world.hear(FINISHED, id_make2calls=provider_id, **SUCCESS)
        [early] = await kept(world)
        whole: Mapping[str, Any] = early.body
        await world.change("inbox", id=early.id, body=["damaged"])
        campaign = await world.campaign(people=[OLENA])
        await world.pass_time(seconds=40)
        [attempt] = await world.attempts(OLENA)
        assert (attempt.provider_id, attempt.state) == (provider_id, "placed")
        assert (await tries_of(world, early.id, minutes=6))[-4:] == COUNTED[-4:]
        await world.change("inbox", id=early.id, body=dict(whole))
        assert await mended(world, early.id) == "applied"
        assert (await world.people(campaign))[OLENA].outcome == "listened"


async def test_an_errand_is_not_put_off_for_an_error_of_the_database(tmp_path: Path) -> None:
    async with a_world(tmp_path) as world:
        world.script(OLENA, LISTENS)
        await world.campaign(NOTE, people=[OLENA])
        await world.pass_time(seconds=5)
        async with without(world, "crm_contact"):
            with pytest.raises(DatabaseTrouble, match="crm_contact"):
                await world.pass_time(minutes=1)
            [effect] = await world.effects()
            assert (effect.state, effect.due_at) == ("queued", effect.created_at)
        world.house.bells.performing.set()  # the runner runs a pass that failed once more
        await world.settle()
        assert [effect.state for effect in await world.effects()] == ["done"]


async def test_a_comparison_that_the_database_refused_is_made_later_the_same_day(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    async with a_world(tmp_path, with_history=True) as world:
        world.script(IVAN, LISTENS)
        await world.campaign(people=[IVAN])
        await world.pass_time(hours=23)
        async with without(world, "drift"):
            await world.pass_time(hours=1, minutes=1)
        await world.pass_time(minutes=5)
        reports = await world.house.database.read(lambda reading: drift.latest(reading, ACCOUNT, limit=10))
        assert [row.body["calls"] for row in reports] == [1]
    told = capsys.readouterr()
    assert "Traceback" not in told.out + told.err


async def test_a_campaign_that_cannot_be_read_rests_and_others_of_the_account_go_on(tmp_path: Path) -> None:
    async with a_world(tmp_path, lines=2) as world:
        broken = await world.campaign(people=[OLENA], name="Broken")
        row = await a_campaign(world, broken)
        await world.change("campaign", id=broken, definition={"name": "Broken"}, fingerprint="damaged")
        whole = await world.campaign(people=[TARAS])
        await world.pass_time(minutes=5)
        assert (await world.people(whole))[TARAS].attempts == 1
        held = await a_campaign(world, broken)
        assert held.hold_kind == "broken"
        assert not world.rings(OLENA)
        await world.change("campaign", id=broken, definition=row.definition, fingerprint=row.fingerprint)
        await world.pass_time(minutes=15)
        assert len(world.rings(OLENA)) == 1
        assert (await a_campaign(world, broken)).hold_kind is None


async def test_a_person_that_cannot_be_read_is_put_off_and_others_are_called(tmp_path: Path) -> None:
    async with a_world(tmp_path, lines=3) as world:
        everywhere = 'window: {hours: "00:00-24:00", timezone: recipient}'
        campaign = await world.draft(everywhere, people=[OLENA, TARAS])
        await world.change("recipient", phone=OLENA, zones="Nowhere/Atlantis")
        await start(world.house, campaign)
        await world.pass_time(minutes=5)
        assert (len(world.rings(OLENA)), len(world.rings(TARAS))) == (0, 1)
        await world.change("recipient", phone=OLENA, zones="Europe/Kyiv")
        await world.pass_time(minutes=15)
        assert len(world.rings(OLENA)) == 1


async def a_campaign(world: World, campaign_id: CampaignId) -> CampaignRow:
    row = await world.house.database.read(lambda reading: campaigns.get(reading, campaign_id))
    assert row is not None
    return row
