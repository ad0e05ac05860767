"""A person asks to be forgotten: all of them goes, figures stay, and nobody calls them again."""

from pathlib import Path

import pytest
from sqlalchemy import Connection

from campaigns.problems import WrongInput
from campaigns.store import erased, suppressions
from engine.commands.campaigns import pause
from engine.commands.erasing import erase, erase_again
from engine.commands.importing import add_recipients
from engine.commands.suppressing import suppress, unsuppress
from engine.commands.triggering import Trigger, trigger_call
from engine.erasing.record import erased_by, record_path
from engine.errors import Conflict
from engine.runner import Engine
from tests.builders import table
from tests.scenarios.people import LISTENS, OLENA, TARAS, quiet
from tests.scenarios.silence import id_of, silence
from tests.world import World, a_world

pytestmark = pytest.mark.anyio

EVERYTHING = """
rules:
  - when: {result: answered_full}
    contact: {name: "{{ name }} (боржник)"}
    note: "Слухала {{ name }}"
    deal: {name: "Борг {{ name }}", sum: "100", stage: 1}
    sms: "Дякуємо, {{ name }}!"
sms: {modem: "380671112233", ext: "102"}
"""
NAME = "Олена-Канарка"
OTHER = {"phone": TARAS, "name": "Тарас"}
PERSON = {"phone": OLENA, "name": NAME, "external_id": f"invoice of {OLENA}"}


async def whoever_knows(world: World) -> list[str]:
    """Where number or name still stand."""

    def look(connection: Connection) -> list[str]:
        return [
            f"{name}: {dict(row)}"
            for name, of_table in table("recipient").metadata.tables.items()
            for row in connection.execute(of_table.select()).mappings()
            if any(word in str(dict(row)) for word in (OLENA, OLENA[3:], NAME))
        ]

    return await world.house.database.read(look)


async def on_the_list(world: World, *phones: str) -> set[str]:
    return await world.house.database.read(lambda reading: suppressions.among(reading, list(phones)))


async def test_nothing_is_left_of_the_person_and_figures_stay(tmp_path: Path, database_url: str) -> None:
    async with a_world(tmp_path, database_url=database_url) as world:
        world.script(OLENA, LISTENS)
        campaign = await world.campaign(EVERYTHING, people=[PERSON])
        await world.pass_time(minutes=10)
        assert len(await whoever_knows(world)) > 5
        figures = [await world.counts(campaign, kind) for kind in ("state", "outcome", "result", "calls")]
        done = await erase(world.house, OLENA, by="test")
        assert (done.waits_for, done.scrubbed) == (None, True)
        assert {"recipient", "attempt", "sms", "effect", "deal", "crm_contact", "inbox"} <= set(done.rows)
        assert await whoever_knows(world) == []
        after = [await world.counts(campaign, kind) for kind in ("state", "outcome", "result", "calls")]
        assert after == figures
        assert await world.state(campaign) == "finished"


async def test_what_lirax_tells_later_brings_nobody_back(tmp_path: Path) -> None:
    async with a_world(tmp_path) as world:
        world.script(OLENA, LISTENS)
        await world.campaign(EVERYTHING, people=[PERSON, OTHER])
        await world.pass_time(minutes=10)
        [attempt] = await world.attempts(OLENA)
        [message] = [each for each in await world.messages() if each.phone == OLENA]
        await erase(world.house, OLENA, by="test")
        await world.hear("make2calls_finished", id_make2calls=str(attempt.provider_id), success="1")
        await world.hear_event(f"+{OLENA}", str(attempt.callid), recording=f"https://r.example/{OLENA}.mp3")
        await world.hear("record", callid=str(attempt.callid), record_link=f"https://r.example/{OLENA}.mp3")
        await world.hear("smsDelivered", id_sms=str(message.provider_id))
        await world.hear("smsReceived", id_sms="7", ani=OLENA, provider="380671112233", text=NAME)
        await world.hear("event", type="in", event="INCOMING", phone="0671234501", ext="1", callid="in-1")
        assert await whoever_knows(world) == []
        assert all("orphan" not in verdicts for verdicts in (await world.verdicts()).values())


async def test_nobody_takes_an_erased_person_in_again(tmp_path: Path) -> None:
    async with a_world(tmp_path) as world:
        campaign = await world.campaign("open: true", people=[TARAS])
        await erase(world.house, OLENA, by="test")
        added = await add_recipients(world.house, campaign, rows=[{"phone": OLENA}, {"phone": "0671234509"}])
        assert (added.accepted, added.duplicates, added.rejected_count) == (1, 0, 1)
        assert [(row.row, row.reason) for row in added.rejected] == [(1, erased.NEVER_AGAIN)]
        with pytest.raises(WrongInput, match="was erased"):
            await trigger_call(world.house, Trigger(campaign, OLENA, data={"name": NAME}))
        assert await suppress(world.house, [OLENA], reason=NAME, source="api") == 0
        assert await whoever_knows(world) == []
        assert await on_the_list(world, OLENA, TARAS) == {OLENA}


async def test_a_call_under_way_is_waited_for(tmp_path: Path) -> None:
    async with a_world(tmp_path) as world:
        world.script(OLENA, LISTENS, LISTENS)
        campaign = await world.campaign("retry: {attempts: 2, delay: 1m}", people=[PERSON, TARAS])
        await world.settle()
        done = await erase(world.house, OLENA, by="test")
        assert done.waits_for == "a call to the number is under way"
        assert done.until is not None
        with pytest.raises(Conflict, match="is being erased"):
            await unsuppress(world.house, OLENA)
        await world.pass_time(minutes=10)
        assert len(world.rings(OLENA)) == 1
        assert await whoever_knows(world) == []
        assert await on_the_list(world, OLENA) == {OLENA}
        assert (await world.counts(campaign))["done"] >= 1


async def test_an_erasure_that_was_interrupted_goes_on_at_the_next_start(tmp_path: Path) -> None:
    async with a_world(tmp_path) as world:
        world.script(OLENA, quiet(1, 20))
        await world.campaign(people=[PERSON])
        await world.pass_time(minutes=5)
        await world.house.database.write(
            lambda writing: suppressions.keep_for_erasing(writing, OLENA, now=world.now)
        )
        world.engine = Engine(world.house)
        await world.settle()
        assert await whoever_knows(world) == []
        assert await on_the_list(world, OLENA) == {OLENA}
        assert not await world.house.database.read(erased.to_scrub)


async def test_whoever_is_queued_in_a_campaign_that_stands_is_erased_too(tmp_path: Path) -> None:
    async with a_world(tmp_path) as world:
        campaign = await world.draft(EVERYTHING, people=[PERSON, OTHER])
        await erase(world.house, OLENA, by="test")
        assert await whoever_knows(world) == []
        assert await world.counts(campaign) == {"suppressed": 1, "pending": 1}


async def test_a_number_that_others_name_is_taken_out_of_their_rows(tmp_path: Path) -> None:
    async with a_world(tmp_path) as world:
        friend = {"phone": TARAS, "second phone": "067 123-45-01", "note": f"Ask for +{OLENA}.", "sum": 7}
        campaign = await world.draft(people=[friend])
        await world.hear("smsReceived", id_sms="7", ani=TARAS, provider="380671112233", text=f"Call {OLENA}!")
        await erase(world.house, OLENA, by="test")
        [person] = (await world.people(campaign)).values()
        assert person.data == {"second phone": "[erased]", "note": "Ask for [erased].", "sum": 7}
        assert await whoever_knows(world) == []


async def test_a_taken_back_number_may_be_called_and_is_not_erased_again(tmp_path: Path) -> None:
    async with a_world(tmp_path) as world:
        record = record_path(world.house.settings)
        await erase(world.house, OLENA, by="olena@example.com")
        assert len(erased_by(record)) == 1
        assert OLENA not in record.read_text("utf-8")
        assert record.stat().st_mode & 0o777 == 0o600
        assert await unsuppress(world.house, OLENA)
        assert not await unsuppress(world.house, OLENA)
        assert erased_by(record) == set()
        world.script(OLENA, LISTENS)
        await world.campaign(people=[PERSON])
        await world.pass_time(minutes=2)
        assert len(world.rings(OLENA)) == 1
        assert await erase_again(world.house) == 0


async def test_after_a_restore_people_are_erased_again(tmp_path: Path, database_url: str) -> None:
    async with a_world(tmp_path, database_url=database_url) as world:
        world.script(OLENA, LISTENS)
        campaign = await world.campaign(EVERYTHING, people=[PERSON, OTHER])
        await world.pass_time(minutes=10)
        await pause(world.house, await world.campaign("open: true"))
        await erase(world.house, OLENA, by="test")

        def restore(connection: Connection) -> None:
            """As an older copy would have it: the row with its name, and no word of the erasure."""
            connection.execute(table("erased").delete())
            people = table("recipient")
            old = {"phone": OLENA, "round": 0, "data": {"name": NAME}}
            connection.execute(people.update().where(people.c.phone == "").values(**old))

        await world.house.database.write(restore)
        assert await on_the_list(world, OLENA) == set()
        assert await erase_again(world.house) == 1
        assert await whoever_knows(world) == []
        assert await on_the_list(world, OLENA) == {OLENA}
        assert sum((await world.counts(campaign)).values()) == 2
        assert await erase_again(world.house) == 0


async def test_lirax_is_told_nothing_of_an_erasure(tmp_path: Path) -> None:
    async with a_world(tmp_path) as world:
        await world.change("account", id=1, push_suppressions=True)
        await suppress(world.house, [OLENA, TARAS], reason=None, source="operator")
        assert [effect.state for effect in await world.effects()] == ["queued"]
        await erase(world.house, OLENA, by="test")
        await world.pass_time(minutes=1)
        assert [post["phone"] for post in world.posts("addBlackPhone")] == [TARAS]


async def test_an_id_of_the_erased_persons_calls_by_hand_may_be_that_of_anothers_call(
    tmp_path: Path, database_url: str
) -> None:
    """LiraX counts each kind by itself."""
    async with a_world(tmp_path, database_url=database_url) as world:
        silence(world)
        world.script(TARAS, LISTENS)
        campaign = await world.campaign(people=[TARAS])
        await world.pass_time(seconds=40)
        same = id_of(world, TARAS)
        call = {"account_id": 1, "ext": "105", "phone": OLENA, "state": "ended", "provider_id": same}
        when = {"requested_by": "ann", "created_at": world.now, "deadline": world.now}
        insert = table("employee_call").insert().values(**call, **when)
        await world.house.database.write(lambda writing: writing.execute(insert) and None)
        assert (await erase(world.house, OLENA, by="test")).waits_for is None
        told = {"success": "1", "duration_success": "1"}
        await world.hear("makecall_finished", id_makecall=same, **told)
        await world.hear("make2calls_finished", id_make2calls=same, **told)
        assert await world.verdicts() == {"make2calls_finished": ["applied"]}
        assert (await world.people(campaign))[TARAS].outcome == "listened"
