"""The page of the do-not-call list, and the section of what LiraX has: one test a promise."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection

from campaigns.rules.vocabulary import Role
from campaigns.store import suppressions
from engine.clock import MovedClock
from engine.commands.suppressing import suppress
from engine.house import House
from tests.web.pages.browsing import Browser, text_of
from tests.web.pages.conftest import signed_in
from tests.world import World, a_world
from web.pages.desk import build_desk

pytestmark = pytest.mark.anyio

PATH = "/do-not-call"


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    async with a_world(tmp_path) as opened:
        yield opened


@pytest.fixture
async def marketer(world: World) -> AsyncIterator[Browser]:
    """Beside a LiraX that answers."""
    async with await signed_in(world.house, build_desk(world.house), Role.MARKETER) as browser:
        yield browser


async def entries(house: House) -> dict[str, tuple[str, str | None]]:
    def read(connection: Connection) -> dict[str, tuple[str, str | None]]:
        found = suppressions.oldest_first(connection, limit=100)
        return {entry.phone: (entry.source, entry.reason) for entry in found}

    return await house.database.read(read)


async def test_an_empty_list_says_how_numbers_come_there(admin: Browser) -> None:
    seen = await admin.see(PATH)
    assert "0 numbers are never called or texted" in seen
    assert "Nobody has asked to be left alone yet." in seen


async def test_numbers_are_put_on_and_taken_off(house: House, admin: Browser) -> None:
    answer = await admin.submit(PATH, phones="067 123-45-67\n\n+48 501 234 567\n", reason="asked by mail")
    assert (answer.status_code, answer.headers["location"]) == (303, PATH)
    assert await entries(house) == {
        "380671234567": ("operator", "asked by mail"),
        "48501234567": ("operator", "asked by mail"),
    }
    seen = await admin.see(PATH)
    assert "2 numbers are never called or texted" in seen
    assert "380671234567 asked by mail by hand" in seen
    await admin.submit(f"{PATH}/remove", phone="48501234567")
    assert list(await entries(house)) == ["380671234567"]


async def test_what_cannot_be_read_stays_in_the_form(house: House, admin: Browser) -> None:
    answer = await admin.submit(PATH, phones="0671234567\n12345", reason="")
    assert answer.status_code == 422
    assert "1 number is new on the list. Not read: “12345”: 12345 is too short" in text_of(answer)
    assert ">12345</textarea>" in answer.text
    assert list(await entries(house)) == ["380671234567"]
    nothing = await admin.submit(PATH, phones=" \n", reason="")
    assert "Write at least one number." in text_of(nothing)


async def test_the_newest_stand_first_page_by_page_and_are_found_by_their_beginning(
    house: House, admin: Browser, clock: MovedClock
) -> None:
    for number in range(60):
        await suppress(house, [f"3806700000{number:02}"], reason=None, source="rule")
        clock.advance(timedelta(seconds=1))
    first = await admin.get(PATH)
    assert "380670000059" in first.text
    assert "380670000009" not in first.text
    older = first.text.split('href="/do-not-call?before=')[1].split('"')[0]
    second = await admin.see(f"{PATH}?before={older}")
    assert "380670000009" in second
    assert "380670000010" not in second
    found = await admin.see(f"{PATH}?q=067 00000 1")
    assert "380670000010" in found
    assert "380670000020" not in found
    assert "No number on the list begins with “99”." in await admin.see(f"{PATH}?q=99")
    assert (await admin.get(f"{PATH}?before=nonsense")).status_code == 404


async def test_the_list_is_joined_with_lirax(world: World, marketer: Browser) -> None:
    world.exchange.directory.black_phones[:] = ["0671234567", "x"]
    await suppress(world.house, ["380991234567"], reason=None, source="rule")
    answer = await marketer.submit(f"{PATH}/sync")
    assert "Taken over 1, sent 1, already on both 0, could not be read 1." in text_of(answer)
    assert world.exchange.directory.black_phones == ["0671234567", "x", "380991234567"]
    world.exchange.set_options({"require_list_phone": True})
    failed = await marketer.submit(f"{PATH}/sync")
    assert failed.status_code == 502
    assert "Nothing was changed. LiraX refused listBlackPhone" in text_of(failed)


async def test_without_a_key_there_is_nothing_to_join(admin: Browser) -> None:
    answer = await admin.submit(f"{PATH}/sync")
    assert "no LiraX account has a key" in text_of(answer)


async def test_a_viewer_sees_the_list_without_buttons(viewer: Browser) -> None:
    assert "Put numbers on the list" not in await viewer.see(PATH)


async def test_an_accounts_page_tells_what_lirax_has(world: World, marketer: Browser) -> None:
    assert "Not read yet." in await marketer.see("/accounts/default")
    world.exchange.directory.users[1]["active"] = "0"
    answer = await marketer.submit("/accounts/default/directory/refresh")
    assert answer.headers["location"] == "/accounts/default#directory"
    seen = await marketer.see("/accounts/default")
    assert "101 Dima · 201 Olga switched off" in seen
    assert "Deal stages 1 New · 2 Won" in seen
    world.exchange.token = "another"
    await marketer.submit("/accounts/default/directory/refresh")
    assert "Could not be read anew: LiraX refused our key." in await marketer.see("/accounts/default")
