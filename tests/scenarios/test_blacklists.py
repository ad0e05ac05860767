"""Our do-not-call list and LiraX's own blacklist: what one gains and loses, the other hears of."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection

from campaigns.store import suppressions
from engine.commands.suppressing import suppress, unsuppress
from engine.commands.syncing import Joined, sync
from engine.lirax.errors import LiraxError
from engine.lirax.simulator.faults import Fault, RequestFault
from tests.builders import add_row
from tests.scenarios.people import LISTENS, OLENA
from tests.world import TOKEN, World, a_world

pytestmark = pytest.mark.anyio

MANY = [f"38067{number:07}" for number in range(450)]
TARAS = "380672222222"


@asynccontextmanager
async def a_pushing_world(folder: Path, **more: Any) -> AsyncIterator[World]:
    """Whose account wants LiraX to be told; LiraX's own list is empty at first."""
    async with a_world(folder, **more) as world:
        world.exchange.directory.black_phones.clear()
        await world.change("account", id=1, push_suppressions=True)
        await world.house.accounts.refresh(world.house.database)
        yield world


def theirs(world: World) -> list[str]:
    return world.exchange.directory.black_phones


async def ours(world: World) -> set[str]:
    return await world.house.database.read(suppressions.phones)


async def states(world: World) -> list[str]:
    return [effect.state for effect in await world.effects()]


async def stop_calling(world: World, *phones: str) -> None:
    await suppress(world.house, phones, reason=None, source="operator")
    await world.settle()


async def joined(world: World, **more: Any) -> Joined:
    return await sync(world.house, world.house.accounts.all()[0], **more)


async def test_a_number_goes_on_their_list_and_off_it_again(tmp_path: Path, database_url: str) -> None:
    async with a_pushing_world(tmp_path, database_url=database_url) as world:
        await stop_calling(world, OLENA)
        assert theirs(world) == [OLENA]
        await unsuppress(world.house, OLENA)
        await world.settle()
        assert theirs(world) == []
        assert await states(world) == ["done", "done"]


async def test_a_rule_and_a_stop_word_tell_lirax_too(tmp_path: Path) -> None:
    async with a_pushing_world(tmp_path) as world:
        world.script(OLENA, LISTENS)
        more = "rules: [{when: {result: answered_full}, suppress: true}]"
        campaign = await world.campaign(more, people=[OLENA])
        await world.pass_time(minutes=2)
        await world.hear("smsReceived", id="5", ani=TARAS, provider="380441234567", text="стоп")
        assert theirs(world) == [OLENA, TARAS]
        assert await world.state(campaign) == "finished"


async def test_an_account_that_did_not_ask_is_not_told(tmp_path: Path) -> None:
    async with a_world(tmp_path) as world:
        world.exchange.directory.black_phones.clear()
        await stop_calling(world, OLENA)
        assert theirs(world) == []
        assert await world.effects() == []


@pytest.mark.parametrize("code", [200, 400])
async def test_a_number_that_is_there_already_is_fine(tmp_path: Path, code: int) -> None:
    async with a_pushing_world(tmp_path) as world:
        world.exchange.set_options({"blacklist_duplicate_code": code, "blacklist_missing_code": code})
        theirs(world).append(OLENA)
        await stop_calling(world, OLENA)
        theirs(world).clear()
        await unsuppress(world.house, OLENA)
        await world.settle()
        assert await states(world) == ["done", "done"]


async def test_a_number_that_lirax_refuses_is_told_as_failed(tmp_path: Path) -> None:
    async with a_pushing_world(tmp_path) as world:
        refuse = Fault(RequestFault.ERROR, command="addBlackPhone", code=400, times=None)
        world.exchange.faults.inject(refuse)
        await stop_calling(world, OLENA)
        [effect] = await world.effects()
        assert (effect.state, effect.detail) == ("failed", f"LiraX refuses to add {OLENA} (400)")


async def test_where_the_list_cannot_be_read_a_400_counts_as_there_already(tmp_path: Path) -> None:
    async with a_pushing_world(tmp_path) as world:
        world.exchange.set_options({"blacklist_duplicate_code": 400, "require_list_phone": True})
        theirs(world).append(OLENA)
        await stop_calling(world, OLENA)
        assert await states(world) == ["done"]


async def test_a_lost_answer_is_asked_for_again_because_twice_does_no_harm(tmp_path: Path) -> None:
    async with a_pushing_world(tmp_path) as world:
        world.exchange.faults.inject(Fault(RequestFault.ERROR, command="addBlackPhone", code=502))
        await stop_calling(world, OLENA)
        assert theirs(world) == []
        await world.pass_time(minutes=1)
        assert theirs(world) == [OLENA]
        assert await states(world) == ["done"]


async def test_what_was_put_back_meanwhile_is_not_undone_by_a_late_errand(tmp_path: Path) -> None:
    async with a_pushing_world(tmp_path) as world:
        world.exchange.faults.inject(Fault(RequestFault.ERROR, command="addBlackPhone", code=502))
        await stop_calling(world, OLENA)  # is tried again in five seconds
        await unsuppress(world.house, OLENA)
        await world.pass_time(minutes=1)
        assert theirs(world) == []
        assert [effect.detail for effect in await world.effects()] == [
            "nothing to tell: our list has changed since",
            "1 number",
        ]


async def test_many_numbers_go_in_few_errands_and_skip_what_is_there(tmp_path: Path) -> None:
    async with a_pushing_world(tmp_path) as world:
        theirs(world).extend(MANY[:100])
        await stop_calling(world, *MANY)
        assert set(theirs(world)) == set(MANY)
        assert len(await world.effects()) == 3
        assert len(world.posts("addBlackPhone")) == 350


async def test_syncing_gives_each_list_what_it_lacks(tmp_path: Path, database_url: str) -> None:
    async with a_world(tmp_path, database_url=database_url) as world:
        theirs(world)[:] = ["100111000101", "0671234567", OLENA, "12", "abc"]
        await stop_calling(world, OLENA, TARAS)
        would = await joined(world, dry_run=True)
        assert len(theirs(world)) == 5
        assert await ours(world) == {OLENA, TARAS}
        done = await joined(world)
        assert (done.taken_over, done.sent, done.on_both) == (2, 1, 1)
        assert done.unreadable == ["12", "abc"]
        assert done == would
        assert await ours(world) == {OLENA, TARAS, "380671234567", "100111000101"}
        assert theirs(world)[-1] == TARAS
        entry = await world.house.database.read(lambda reading: suppressions.get(reading, "380671234567"))
        assert entry is not None
        assert (entry.source, entry.reason) == ("lirax", "on LiraX's own blacklist (default)")
        again = await joined(world)
        assert (again.taken_over, again.sent, again.on_both) == (0, 0, 4)


async def test_what_lirax_told_us_is_not_told_to_it_again(tmp_path: Path) -> None:
    async with a_pushing_world(tmp_path) as world:

        def write(connection: Connection) -> int:
            other = {"name": "other", "lirax_url": world.simulator.url, "timezone": "Europe/Kyiv"}
            return add_row(connection, "account", {**other, "lines": 1, "push_suppressions": True})

        other = await world.house.database.write(write)
        theirs(world).append(OLENA)
        await joined(world)
        assert [effect.account_id for effect in await world.effects()] == [other]
        await world.change("account", id=other, push_suppressions=False)


@pytest.mark.parametrize("style", ["documented", "all_strings", "all_numbers"])
async def test_numbers_may_come_quoted_or_bare(tmp_path: Path, style: str) -> None:
    async with a_world(tmp_path) as world:
        world.exchange.set_options({"id_style": style})
        theirs(world)[:] = [OLENA]
        assert (await joined(world)).taken_over == 1
        assert await ours(world) == {OLENA}


@pytest.mark.parametrize(
    "fault",
    [
        Fault(RequestFault.ERROR, command="listBlackPhone", code=400),
        Fault(RequestFault.GARBAGE, command="listBlackPhone"),
        Fault(RequestFault.TRUNCATED, command="listBlackPhone"),
        Fault(RequestFault.EMPTY, command="listBlackPhone"),
    ],
    ids=["400", "HTML", "cut", "empty"],
)
async def test_a_list_that_cannot_be_read_whole_changes_nothing(tmp_path: Path, fault: Fault) -> None:
    async with a_world(tmp_path) as world:
        await stop_calling(world, OLENA)
        before = list(theirs(world))
        world.exchange.faults.inject(fault)
        with pytest.raises(LiraxError):
            await joined(world)
        assert theirs(world) == before
        assert await ours(world) == {OLENA}


async def test_a_list_may_be_long_and_null_is_an_empty_one(tmp_path: Path) -> None:
    async with a_world(tmp_path) as world:
        theirs(world)[:] = [f"38067{number:07}" for number in range(5_000)]  # 80 KB
        assert (await joined(world, dry_run=True)).taken_over == 5_000
        null = Fault(RequestFault.ERROR, command="listBlackPhone", code=200, body='{"blacklist": null}')
        world.exchange.faults.inject(null)
        assert (await joined(world, dry_run=True)).taken_over == 0


async def test_a_sync_that_breaks_off_goes_on_where_it_was(tmp_path: Path) -> None:
    async with a_world(tmp_path) as world:
        theirs(world).clear()
        await stop_calling(world, *MANY[:50])
        failing = Fault(RequestFault.ERROR, command="addBlackPhone", phone=MANY[30], code=502)
        world.exchange.faults.inject(failing)
        first = await joined(world)
        assert (first.sent, first.left) == (20, 30)
        assert first.trouble == "LiraX answered addBlackPhone with 502."
        second = await joined(world)
        assert (second.sent, second.left, second.trouble) == (20, 0, None)
        assert sorted(theirs(world)) == MANY[:50]


async def test_a_number_of_ours_that_lirax_does_not_take_is_named(tmp_path: Path) -> None:
    async with a_world(tmp_path) as world:
        await stop_calling(world, OLENA, TARAS)
        refuse = Fault(RequestFault.ERROR, command="addBlackPhone", phone=TARAS, code=400, times=None)
        world.exchange.faults.inject(refuse)
        done = await joined(world)
        assert (done.sent, done.refused) == (1, (TARAS,))


async def test_a_revoked_key_holds_the_errand_until_it_works(tmp_path: Path) -> None:
    async with a_pushing_world(tmp_path) as world:
        world.exchange.token = "another"
        await stop_calling(world, OLENA)
        assert await states(world) == ["queued"]
        world.exchange.token = TOKEN
        await world.pass_time(minutes=2)
        assert theirs(world) == [OLENA]
