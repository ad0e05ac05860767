"""Whoever is erased stands nowhere any more: in no table, and in no byte of the database's files."""

from pathlib import Path

import pytest
from sqlalchemy import Connection, text
from sqlmodel import SQLModel

from campaigns.rules.vocabulary import CampaignId
from campaigns.store import suppressions
from campaigns.store.personal import (
    DELETED,
    KEPT,
    MENTIONING,
    WITH_PEOPLE,
    WITHOUT_PEOPLE,
    emptied,
    table,
)
from engine.assembly import build_house, close_house
from engine.clock import MovedClock
from engine.commands.erasing import erase
from engine.house import House
from engine.settings import Settings
from tests.builders import NOON
from tests.erasing.canary import PHONE, a_known_person, found_in, rows_that_know
from tests.erasing.files import files_of_database
from web.cli.erasing import WORDS

pytestmark = pytest.mark.anyio
SECRET = "the-secret-key-of-the-tests-is-long-enough"


def test_each_table_is_told_to_know_people_or_not() -> None:
    assert set(SQLModel.metadata.tables) == WITH_PEOPLE | set(WITHOUT_PEOPLE)
    assert len(WITH_PEOPLE) == len(KEPT) + len(DELETED) + len(MENTIONING)


def test_what_erase_reports_has_a_word_for_each_table() -> None:
    assert set(WORDS) == set(KEPT) | set(DELETED) | set(MENTIONING) | {"suppression"}


def test_what_is_emptied_is_what_the_column_takes() -> None:
    assert emptied(table("recipient"))["data"] == {}
    assert emptied(table("recipient"))["phone"] == ""
    assert emptied(table("sms"))["text"] == ""
    assert all(value in (None, "", {}) for name in KEPT for value in emptied(table(name)).values())


async def a_house(url: str, folder: Path) -> House:
    settings = Settings(database_url=url, secret_key=SECRET, spool=folder / "spool")
    return await build_house(settings, clock=MovedClock(NOON))


async def test_an_erased_person_is_in_no_row_and_in_no_byte(database_url: str, tmp_path: Path) -> None:
    house = await a_house(database_url, tmp_path)
    try:
        await house.database.write(a_known_person)
        assert len(await house.database.read(rows_that_know)) > len(WITH_PEOPLE)
        done = await erase(house, PHONE, by="test")
        assert await house.database.read(rows_that_know) == []
        assert done.waits_for is None
        assert done.scrubbed
        assert found_in(await files_of_database(house)) == []
        assert await house.database.read(lambda reading: suppressions.among(reading, [PHONE, "1"])) == {PHONE}
    finally:
        await close_house(house)
    assert found_in(list(tmp_path.rglob("*"))) == []


async def test_figures_of_the_campaign_stay(database_url: str, tmp_path: Path) -> None:
    house = await a_house(database_url, tmp_path)
    try:
        await house.database.write(a_known_person)
        before = await house.database.read(lambda reading: figures(reading, CampaignId(1)))
        await erase(house, PHONE, by="test")
        assert await house.database.read(lambda reading: figures(reading, CampaignId(1))) == before
    finally:
        await close_house(house)


def figures(connection: Connection, campaign_id: CampaignId) -> dict[str, list[object]]:
    return {
        name: [tuple(row) for row in connection.execute(text(f"SELECT {columns} FROM {name} ORDER BY id"))]
        for name, columns in {
            "recipient": "campaign_id, state, outcome, attempts, calls",
            "attempt": "campaign_id, recipient_id, number, state, result",
            "sms": "campaign_id, state",
            "effect": "campaign_id, state",
        }.items()
    }
