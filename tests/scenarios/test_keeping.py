"""What is kept of people grows old and goes; what is open, and whom nobody may call, never does."""

from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from sqlalchemy import Connection, func, select

from campaigns.store import suppressions
from engine.commands.campaigns import cancel
from engine.commands.suppressing import suppress
from engine.lirax.simulator.faults import Fault, RequestFault
from engine.passes.forgetting import Forgetting
from tests.builders import table
from tests.erasing.files import files_of_database
from tests.scenarios.people import IVAN, LISTENS, OLENA, TARAS
from tests.scenarios.silence import id_of, silence
from tests.scenarios.test_erasing import EVERYTHING, NAME, PERSON
from tests.world import WEBHOOK_TOKEN, World, a_world

pytestmark = pytest.mark.anyio


async def look_after(world: World, **later: float) -> None:
    """Time passes at once, and the pass that forgets has its hourly look."""
    world.clock.move_to(world.now + timedelta(**later))
    world.house.bells.forgetting.set()
    await world.settle()


async def count(world: World, name: str) -> int:
    query = select(func.count()).select_from(table(name))
    return await world.house.database.read(lambda reading: reading.execute(query).scalar_one())


async def where(world: World, word: str) -> set[str]:
    def look(connection: Connection) -> set[str]:
        return {
            name
            for name, of_table in table("recipient").metadata.tables.items()
            for row in connection.execute(of_table.select()).mappings()
            if word in str(dict(row))
        }

    return await world.house.database.read(look)


async def test_people_of_a_campaign_that_ended_long_ago_become_nameless(
    tmp_path: Path, database_url: str
) -> None:
    async with a_world(tmp_path, database_url=database_url) as world:
        world.script(OLENA, LISTENS)
        ended = await world.campaign(EVERYTHING, people=[PERSON])
        await world.pass_time(minutes=10)
        going_on = await world.draft("open: true", people=[{"phone": TARAS, "name": "Тарас"}])
        figures = [await world.counts(ended, kind) for kind in ("state", "outcome", "result", "calls")]
        await look_after(world, days=399)
        assert {"recipient", "attempt", "sms", "crm_contact"} <= await where(world, OLENA)
        await look_after(world, days=2)
        assert await where(world, OLENA) == set()
        assert await where(world, NAME) == set()
        assert await count(world, "attempt") == 1
        after = [await world.counts(ended, kind) for kind in ("state", "outcome", "result", "calls")]
        assert after == figures
        assert [person.data["name"] for person in (await world.people(going_on)).values()] == ["Тарас"]
        await look_after(world, days=2)  # the files are scrubbed once a day
        kept = await files_of_database(world.house)
        found = [file.name for file in kept for word in (OLENA, NAME) if word.encode() in file.read_bytes()]
        assert found == []


async def test_addresses_of_recordings_go_after_ninety_days(tmp_path: Path) -> None:
    async with a_world(tmp_path) as world:
        world.script(OLENA, LISTENS)
        await world.campaign(people=[PERSON])
        await world.pass_time(minutes=5)
        await world.change("attempt", phone=OLENA, recording="https://r.example/1.mp3")
        await look_after(world, days=89)
        assert [attempt.recording for attempt in await world.attempts(OLENA)] == ["https://r.example/1.mp3"]
        await look_after(world, days=2)
        assert [attempt.recording for attempt in await world.attempts(OLENA)] == [None]


async def test_calls_by_hand_calls_back_and_webhooks_set_aside_go_with_the_calls(tmp_path: Path) -> None:
    async with a_world(tmp_path) as world:
        world.script(OLENA, LISTENS)
        await world.campaign(people=[PERSON])
        await world.pass_time(minutes=5)
        await world.hear("event", type="in", event="COMPLETED", phone=OLENA, ext="101", callid="in-1")
        await world.hear("make2calls_finished", id_make2calls="of-nobody", success="1")
        assert (await count(world, "heard_call"), (await world.verdicts())["make2calls_finished"]) == (
            1,
            ["applied", "orphan"],
        )
        await look_after(world, days=399)
        assert (await world.verdicts())["make2calls_finished"] == ["orphan"]
        await look_after(world, days=2)
        assert (await count(world, "heard_call"), await count(world, "inbox")) == (0, 0)


async def test_texts_go_even_where_the_campaign_goes_on(tmp_path: Path) -> None:
    async with a_world(tmp_path) as world:
        world.script(OLENA, LISTENS)
        campaign = await world.campaign("open: true\n" + EVERYTHING, people=[PERSON])
        await world.pass_time(minutes=10)
        await look_after(world, days=401)
        [message] = await world.messages()
        assert (message.text, message.state, message.phone) == ("", "delivered", OLENA)
        assert {effect.body == {} for effect in await world.effects()} == {True}
        assert await world.state(campaign) == "running"
        assert OLENA in await world.people(campaign)


@pytest.mark.parametrize(("kept", "days", "is_known"), [(None, 2000, True), (timedelta(0), 7, True)])
async def test_for_ever_is_for_ever_and_a_week_is_always_kept(
    tmp_path: Path, kept: timedelta | None, days: int, is_known: bool
) -> None:
    async with a_world(tmp_path, keep_calls=kept, keep_webhooks=kept) as world:
        world.script(OLENA, LISTENS)
        campaign = await world.campaign(people=[PERSON])
        await world.pass_time(minutes=5)
        await look_after(world, days=days)
        assert (OLENA in await world.people(campaign)) is is_known
        assert "applied" in (await world.verdicts())["event"]


async def test_with_nothing_kept_people_go_after_eight_days(tmp_path: Path) -> None:
    async with a_world(tmp_path, keep_calls=timedelta(0)) as world:
        world.script(OLENA, LISTENS)
        campaign = await world.campaign(people=[PERSON])
        await world.pass_time(minutes=5)
        await look_after(world, days=9)
        assert list(await world.people(campaign)) == [""]


async def test_the_do_not_call_list_is_never_too_old(tmp_path: Path) -> None:
    async with a_world(tmp_path) as world:
        await suppress(world.house, [IVAN], reason="asked", source="operator")
        await look_after(world, days=3000)
        assert await world.house.database.read(lambda reading: suppressions.among(reading, [IVAN])) == {IVAN}


async def test_whom_a_message_waits_for_keeps_the_number(tmp_path: Path) -> None:
    async with a_world(tmp_path, keep_calls=timedelta(days=8)) as world:
        world.script(OLENA, LISTENS)
        modem_off = Fault(RequestFault.ERROR, code=402, command="sendSMS", times=100_000)
        world.exchange.faults.inject(modem_off)
        campaign = await world.campaign(
            """
            rules: [{when: {result: answered_full}, sms: "Thank you"}]
            sms: {modem: "380671112233", ext: "102"}
            """,
            people=[OLENA],
        )
        await world.pass_time(minutes=3)
        await cancel(world.house, campaign)
        await look_after(world, days=9)
        assert [(each.state, each.phone) for each in await world.messages()] == [("queued", OLENA)]


async def test_a_webhook_that_nobody_has_applied_is_never_too_old(tmp_path: Path) -> None:
    """The engine was away for longer than calls are kept; webhooks were taken in all the same."""
    async with a_world(tmp_path, keep_calls=timedelta(0)) as world:
        silence(world)
        world.script(OLENA, LISTENS)
        campaign = await world.campaign(people=[OLENA])
        await world.pass_time(seconds=40)
        told = {"id_make2calls": id_of(world, OLENA), "success": "1", "duration_success": "1"}
        form = {"cmd": "make2calls_finished", **told, "from_LiraX_token": WEBHOOK_TOKEN}
        async with httpx.AsyncClient(verify=False) as client:  # spares it the list of authorities
            assert (await client.post(str(world.exchange.webhooks.url), data=form)).status_code == 200
        world.clock.move_to(world.now + timedelta(days=9))
        await Forgetting(world.house).run()
        await world.settle()
        assert (await world.people(campaign))[OLENA].outcome == "listened"
