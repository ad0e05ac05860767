"""Lists into campaigns, on both databases: who is accepted, and who is there already."""

from pathlib import Path
from typing import Any

import pytest

from campaigns.store import campaigns
from engine.commands.importing import ImportProgress, add_recipients
from tests.engine.office import NOW, TODAY_UNTIL, an_office, big_list, number, sqlite_in
from tests.lists.writing_lists import text_list, xlsx_list

pytestmark = pytest.mark.anyio


async def test_a_list_becomes_recipients_in_its_order(database_url: str, tmp_path: Path) -> None:
    async with an_office(database_url) as office:
        source = text_list(
            tmp_path,
            "external_id;Телефон;ім'я\nB;099 765 43 21;Тарас\n;067 123-45-67;Олена\n",
            encoding="cp1251",
        )
        result = await office.put_in(source)
        assert (result.accepted, result.duplicates, result.rejected_count) == (2, 0, 0)
        taras, olena = await office.people()
        assert (taras.phone, taras.external_id, taras.row) == ("380997654321", "B", 2)
        assert (olena.phone, olena.external_id, olena.row) == ("380671234567", None, 3)
        assert olena.data == {"Телефон": "067 123-45-67", "ім'я": "Олена"}
        assert (olena.state, olena.round, olena.turn, olena.attempts) == ("pending", 0, 1, 0)
        assert (olena.due_at, olena.closes_at, olena.zones) == (NOW, TODAY_UNTIL, None)
        assert await office.counts() == {"pending": 2}
        assert office.house.bells.dialing.is_set()


async def test_a_number_is_accepted_once_whatever_its_spelling(database_url: str, tmp_path: Path) -> None:
    async with an_office(database_url) as office:
        spellings = ["0671234567", "+38 (067) 123-45-67", "80671234567", "380671234567.0", "0501234567"]
        first = await office.put_in(text_list(tmp_path, "phone\n" + "\n".join(spellings)))
        assert (first.accepted, first.duplicates) == (2, 3)
        second = await office.put_in(text_list(tmp_path, "phone\n671234567\n0631234567\n00380501234567\n"))
        assert (second.accepted, second.duplicates) == (1, 2)
        assert [person.row for person in await office.people()] == [2, 6, 3]
        assert await office.counts() == {"pending": 3}


async def test_a_list_of_only_duplicates_is_no_mistake(tmp_path: Path) -> None:
    async with an_office(sqlite_in(tmp_path)) as office:
        source = text_list(tmp_path, "phone\n0671234567\n")
        await office.put_in(source)
        again = await office.put_in(source)
        assert (again.accepted, again.duplicates, again.rejected_count) == (0, 1, 0)


async def test_a_large_list_is_read_by_a_process_of_its_own(database_url: str, tmp_path: Path) -> None:
    async with an_office(database_url) as office:
        told: list[ImportProgress] = []
        source = big_list(tmp_path, 4_000)
        source.write_text(source.read_text() + "abc;Nobody\n0670000001;Again\n")
        result = await office.put_in(source, progress=told.append)
        assert (result.accepted, result.duplicates, result.rejected_count) == (4_000, 1, 1)
        assert [(bad.row, bad.phone, bad.cells) for bad in result.rejected] == [
            (4002, "abc", ("abc", "Nobody"))
        ]
        assert [progress.done for progress in told] == sorted(progress.done for progress in told)
        assert (told[-1].done, told[-1].accepted) == (1.0, 4_000)
        people = await office.people()
        assert [person.row for person in people] == list(range(2, 4_002))
        assert people[2_999].phone == "38" + number(2_999)


async def test_a_spreadsheet_is_imported(tmp_path: Path) -> None:
    async with an_office(sqlite_in(tmp_path)) as office:
        rows: list[list[Any]] = [
            ["Ім'я", "Телефон"],
            ["Олена", 380671234567],
            ["Тарас", 380671234567.0],
            ["Іван", 501234567],
        ]
        result = await office.put_in(xlsx_list(tmp_path, rows))
        assert (result.accepted, result.duplicates) == (2, 1)
        assert [person.phone for person in await office.people()] == ["380671234567", "380501234567"]


async def test_an_import_that_was_interrupted_can_be_repeated(database_url: str, tmp_path: Path) -> None:
    async with an_office(database_url) as office:
        source = big_list(tmp_path, 4_000)

        def stop(progress: ImportProgress) -> None:
            raise KeyError(progress.accepted)

        with pytest.raises(KeyError):
            await office.put_in(source, progress=stop)
        there = len(await office.people())
        assert there > 0
        result = await office.put_in(source)
        assert (result.accepted, result.duplicates) == (4_000 - there, there)
        assert await office.counts() == {"pending": 4_000}


async def test_recipients_are_added_by_mappings(database_url: str) -> None:
    async with an_office(database_url) as office:
        result = await add_recipients(
            office.house,
            office.campaign_id,
            rows=[
                {"phone": "0671234567", "external_id": "A", "amount": 12.5},
                {"phone": "abc", "amount": 1},
                {"phone": 380671234567, "external_id": "B"},
                {"phone": "+380501234567"},
            ],
        )
        assert (result.accepted, result.duplicates, result.rejected_count) == (2, 1, 1)
        assert [(bad.row, bad.phone, bad.reason) for bad in result.rejected] == [
            (2, "abc", "the phone cell holds no number")
        ]
        first, second = await office.people()
        assert (first.phone, first.external_id, first.data, first.row) == (
            "380671234567",
            "A",
            {"amount": 12.5},
            1,
        )
        assert (second.phone, second.external_id, second.data, second.row) == ("380501234567", None, {}, 4)


async def test_no_recipients_are_no_mistake(tmp_path: Path) -> None:
    async with an_office(sqlite_in(tmp_path)) as office:
        result = await add_recipients(office.house, office.campaign_id, rows=[])
        assert (result.accepted, result.rejected_count) == (0, 0)
        row = await office.house.database.read(lambda reading: campaigns.get(reading, office.campaign_id))
        assert row is not None
        assert not row.had_recipients
