"""Lists into campaigns, on both databases: who is accepted, who is there twice, who is left out and why."""

import csv
import struct
import zipfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml
from sqlalchemy import select

from campaigns.definition import read_definition
from campaigns.problems import WrongInput
from campaigns.rules.vocabulary import CampaignId
from campaigns.store import campaigns
from campaigns.tables import Recipient
from engine.assembly import Role, build_house, close_house
from engine.clock import MovedClock
from engine.commands.campaigns import cancel, create_campaign
from engine.commands.importing import ImportProgress, ImportResult, add_recipients, import_list
from engine.commands.reading_lists import SMALL
from engine.errors import Conflict, NotFound
from engine.house import House
from engine.settings import Settings
from tests.lists.writing_lists import text_list, xlsx_list

pytestmark = pytest.mark.anyio

NOW = datetime(2026, 12, 1, 7, 0, tzinfo=UTC)  # 09:00 in Kyiv, a Tuesday
TODAY_UNTIL = datetime(2026, 12, 1, 17, 59, tzinfo=UTC)  # 20:00 in Kyiv, less the last minute


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """Where a test is about the list, not about what each database makes of it."""
    return f"sqlite:///{tmp_path / 'dzvin.db'}"


class Office:
    """A house with one campaign in it, and what a person would look at afterwards."""

    def __init__(self, house: House, campaign_id: CampaignId) -> None:
        self.house = house
        self.campaign_id = campaign_id

    async def put_in(self, source: Path, **more: Any) -> ImportResult:
        return await import_list(self.house, self.campaign_id, source=source, name=source.name, **more)

    async def people(self) -> list[Recipient]:
        """In the order in which they will be called."""
        table = Recipient.__table__  # type: ignore[attr-defined]
        rows = await self.house.database.read(
            lambda reading: reading.execute(select(table).order_by(table.c.id)).mappings().all()
        )
        return [Recipient(**row) for row in rows]

    async def counts(self, kind: str = campaigns.STATE) -> dict[str, int]:
        found = await self.house.database.read(
            lambda reading: campaigns.counts(reading, self.campaign_id, kind)
        )
        return {word: count for word, count in found.items() if count}


@asynccontextmanager
async def an_office(database_url: str, more: str = "") -> AsyncIterator[Office]:
    document = {
        "name": "Reminder",
        "from": "101",
        "call": {"play": "https://files.example.com/hello.mp3"},
        "window": {"hours": "08:00-20:00"},
    }
    settings = Settings(database_url=database_url, secret_key="the-secret-key-of-the-tests-is-long-enough")
    house = await build_house(settings, clock=MovedClock(NOW), role=Role.SERVE)
    try:
        definition = read_definition(
            yaml.safe_dump(document | (yaml.safe_load(more) or {})),
            file=None,
            form="yaml",
            beside=None,
            account_timezone="Europe/Kyiv",
            today=NOW.date(),
        )
        yield Office(house, await create_campaign(house, definition))
    finally:
        await close_house(house)


def number(index: int) -> str:
    return f"067{index:07d}"


def big_list(folder: Path, people: int) -> Path:
    """Larger than what is read in a thread."""
    rows = "".join(
        f"{number(index)};Олена Коваль, вулиця Довга {index}, квартира 15\n" for index in range(people)
    )
    path = text_list(folder, f"phone;name\n{rows}")
    assert path.stat().st_size > SMALL
    return path


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


async def test_a_list_of_only_duplicates_is_no_mistake(sqlite_url: str, tmp_path: Path) -> None:
    async with an_office(sqlite_url) as office:
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


async def test_a_spreadsheet_is_imported(sqlite_url: str, tmp_path: Path) -> None:
    async with an_office(sqlite_url) as office:
        rows: list[list[Any]] = [
            ["Ім'я", "Телефон"],
            ["Олена", 380671234567],
            ["Тарас", 380671234567.0],
            ["Іван", 501234567],
        ]
        result = await office.put_in(xlsx_list(tmp_path, rows))
        assert (result.accepted, result.duplicates) == (2, 1)
        assert [person.phone for person in await office.people()] == ["380671234567", "380501234567"]


async def test_rejected_rows_keep_number_cells_and_reason_and_can_be_mended(
    sqlite_url: str, tmp_path: Path
) -> None:
    async with an_office(sqlite_url) as office:
        source = text_list(
            tmp_path, "Телефон;ім'я;формула\n0671234567;Олена;\n3.80671E+11;Тарас;=1+1\n;Іван;@x\n"
        )
        rejected_to = tmp_path / "rejected.csv"
        result = await office.put_in(source, rejected_to=rejected_to)
        assert (result.accepted, result.rejected_count) == (1, 2)
        taras, ivan = result.rejected
        assert (taras.row, taras.phone, taras.cells) == (3, "3.80671E+11", ("3.80671E+11", "Тарас", "=1+1"))
        assert "damaged by a spreadsheet" in taras.reason
        assert (ivan.row, ivan.reason) == (4, "the phone cell is empty")
        assert rejected_to.read_bytes().startswith(b"\xef\xbb\xbf")
        with rejected_to.open(encoding="utf-8-sig", newline="") as file:
            header, *rows = csv.reader(file)
        assert header == ["row", "reason", "Телефон", "ім'я", "формула"]
        assert rows == [
            ["3", taras.reason, "3.80671E+11", "Тарас", "'=1+1"],
            ["4", ivan.reason, "", "Іван", "'@x"],
        ]
        mended = rejected_to.read_text("utf-8-sig").replace("3.80671E+11,", "'+380501234567,", 1)
        text = mended.replace(",3.80671E+11,", ",'+380501234567,")
        again = await office.put_in(text_list(tmp_path, text))
        assert (again.accepted, again.rejected_count) == (1, 1)


async def test_without_rejected_rows_their_file_has_only_a_header(sqlite_url: str, tmp_path: Path) -> None:
    async with an_office(sqlite_url) as office:
        rejected_to = tmp_path / "rejected.csv"
        rejected_to.write_text("of an earlier import")
        await office.put_in(text_list(tmp_path, "phone\n0671234567\n"), rejected_to=rejected_to)
        assert rejected_to.read_text("utf-8-sig") == "row,reason,phone\n"


async def test_variables_are_checked_and_put_into_lirax_form_at_import(
    database_url: str, tmp_path: Path
) -> None:
    more = """
    call:
      play: https://files.example.com/hello.mp3
      variables: {money: "{{ сума }}", date: "{{ due }}", time: "12:30"}
    """
    async with an_office(database_url, more) as office:
        rows = (
            "067 1234567;1 250,5;2026-12-05\n0501234567;багато;today\n0631234567;;today\n0731234567;5;today\n"
        )
        result = await office.put_in(text_list(tmp_path, f"phone;сума;due\n{rows}"))
        assert [person.variables for person in await office.people()] == [
            {"money": "1250.50", "date": "05.12.2026", "time": "12:30"},
            {"money": "5.00", "date": "today", "time": "12:30"},
        ]
        assert [(bad.row, bad.reason.split(":")[0]) for bad in result.rejected] == [
            (3, "call.variables.money"),
            (4, "the column “сума” is empty, and call.variables.money needs it"),
        ]


async def test_a_list_that_lacks_a_column_of_a_text_is_wrong_input(sqlite_url: str, tmp_path: Path) -> None:
    more = """
    sms: {modem: "380671234567", ext: "101"}
    rules:
      - when: {key: "1"}
        sms: "Дякуємо, {{ name }}! {{ city | default('Київ') }}"
    """
    async with an_office(sqlite_url, more) as office:
        with pytest.raises(
            WrongInput, match=r"no column “name”, which rules\.0\.sms uses; it has: phone, amount"
        ):
            await office.put_in(text_list(tmp_path, "phone;amount\n0671234567;5\n"))
        assert await office.people() == []


async def test_a_list_in_which_nobody_can_be_called_is_wrong_input(sqlite_url: str, tmp_path: Path) -> None:
    async with an_office(sqlite_url) as office:
        with pytest.raises(
            WrongInput, match="nobody in the list can be called: 2 rejected, the first is row 2"
        ):
            await office.put_in(text_list(tmp_path, "phone\n3.80671E+11\nabc\n"))


async def test_the_recipients_own_zone_decides_when_they_are_due(sqlite_url: str, tmp_path: Path) -> None:
    more = 'window: {hours: "09:00-20:00", timezone: recipient}'
    async with an_office(sqlite_url, more) as office:
        rows = "0671234567;\n+1 202 555 0123;\n+48601234567;Europe/Kyiv\n+870 773 123 456;\n0501234567;Mars\n"
        result = await office.put_in(text_list(tmp_path, f"phone;timezone\n{rows}"))
        kyiv, washington, moved = await office.people()
        assert (kyiv.zones, kyiv.due_at) == ("Europe/Kyiv", NOW)
        assert (washington.zones, washington.due_at) == (
            "America/New_York",
            datetime(2026, 12, 1, 14, 0, tzinfo=UTC),
        )
        assert (moved.zones, moved.due_at) == ("Europe/Kyiv", NOW)
        assert [bad.row for bad in result.rejected] == [5, 6]
        assert "“Mars” is not a time zone" in result.rejected[1].reason


async def test_nobody_is_due_before_the_campaign_starts(sqlite_url: str, tmp_path: Path) -> None:
    async with an_office(sqlite_url, "start: 2026-12-03 07:30") as office:
        await office.put_in(text_list(tmp_path, "phone\n0671234567\n"))
        [person] = await office.people()
        assert person.due_at == datetime(2026, 12, 3, 6, 0, tzinfo=UTC)  # the window opens at 08:00 in Kyiv


async def test_who_has_no_permitted_moment_left_is_expired_at_once(database_url: str, tmp_path: Path) -> None:
    more = """
    window: {hours: "09:00-20:00", timezone: recipient}
    end: 2026-12-01 12:00
    """
    async with an_office(database_url, more) as office:
        result = await office.put_in(text_list(tmp_path, "phone\n+12025550123\n0671234567\n"))
        assert result.accepted == 2
        assert {person.phone: (person.state, person.outcome) for person in await office.people()} == {
            "380671234567": ("pending", None),
            "12025550123": ("expired", "expired"),
        }
        assert await office.counts() == {"pending": 1, "expired": 1}
        assert await office.counts(campaigns.OUTCOME) == {"expired": 1}


async def test_unusual_numbers_are_accepted_and_named(sqlite_url: str, tmp_path: Path) -> None:
    async with an_office(sqlite_url) as office:
        result = await office.put_in(text_list(tmp_path, "phone\n19101234567\n0671234567\n"))
        assert (result.accepted, result.warned_count) == (2, 1)
        assert [(warned.row, warned.phone) for warned in result.warned] == [(2, "19101234567")]


async def test_the_column_named_by_the_definition_is_called(sqlite_url: str, tmp_path: Path) -> None:
    async with an_office(sqlite_url, "phone_column: work") as office:
        await office.put_in(text_list(tmp_path, "phone;work\n0671234567;0501234567\n"))
        assert [person.phone for person in await office.people()] == ["380501234567"]
        await office.put_in(text_list(tmp_path, "phone;home\n0671234567;0631234567\n"), phone_column="home")
        assert [person.phone for person in await office.people()] == ["380501234567", "380631234567"]


async def test_a_campaign_that_is_over_takes_nobody(sqlite_url: str, tmp_path: Path) -> None:
    async with an_office(sqlite_url) as office:
        await cancel(office.house, office.campaign_id)
        with pytest.raises(Conflict, match="cancelled"):
            await office.put_in(text_list(tmp_path, "phone\n0671234567\n"))
        with pytest.raises(Conflict, match="cancelled"):
            await add_recipients(office.house, office.campaign_id, rows=[{"phone": "0671234567"}])
        with pytest.raises(NotFound):
            await add_recipients(office.house, CampaignId(999), rows=[{"phone": "0671234567"}])


async def test_a_campaign_cancelled_during_the_import_takes_no_more(sqlite_url: str, tmp_path: Path) -> None:
    async with an_office(sqlite_url) as office:
        source = big_list(tmp_path, 4_000)
        told: list[ImportProgress] = []

        class Cancelled(Exception):
            """Stops the import as a person would see it stopped."""

        def stop(progress: ImportProgress) -> None:
            told.append(progress)
            if len(told) == 2:
                raise Cancelled

        with pytest.raises(Cancelled):
            await office.put_in(source, progress=stop)
        await cancel(office.house, office.campaign_id)
        with pytest.raises(Conflict):
            await office.put_in(source)
        assert len(await office.people()) == told[-1].accepted


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


async def test_no_recipients_are_no_mistake(sqlite_url: str) -> None:
    async with an_office(sqlite_url) as office:
        result = await add_recipients(office.house, office.campaign_id, rows=[])
        assert (result.accepted, result.rejected_count) == (0, 0)
        row = await office.house.database.read(lambda reading: campaigns.get(reading, office.campaign_id))
        assert row is not None
        assert not row.had_recipients


async def test_poisonous_rows_hurt_nobody_else(sqlite_url: str, tmp_path: Path) -> None:
    async with an_office(sqlite_url) as office:
        rows = [
            "0671234567;Олена".encode(),
            b"0501234567;\xff\xfe\xfd",
            b"0631234567;a\0b",
            b"0731234567;" + b"x" * 1_000_000,
            "0931234567;\u202eRTL 😀".encode(),
            b"\xed\xa0\x80;surrogate",
            b'0661234567;"never closed',
            "0991234567;Тарас".encode(),
        ]
        result = await office.put_in(text_list(tmp_path, b"phone;name\n" + b"\n".join(rows) + b"\n"))
        assert [person.row for person in await office.people()] == [2, 6, 9]
        assert [bad.row for bad in result.rejected] == [3, 4, 5, 7, 8]


async def test_a_spreadsheet_that_asks_for_all_memory_takes_nothing_down(
    sqlite_url: str, tmp_path: Path
) -> None:
    async with an_office(sqlite_url) as office:
        source = xlsx_list(tmp_path, [["phone", "name"], ["0671234567", "Ann"]])
        far = tmp_path / "far.xlsx"
        with zipfile.ZipFile(source) as honest, zipfile.ZipFile(far, "w", zipfile.ZIP_DEFLATED) as evil:
            for entry in honest.infolist():
                body = honest.read(entry)
                if entry.filename.endswith("sheet1.xml"):
                    body = body.replace(b'r="B2"', b'r="XFD1048576"').replace(b'r="2"', b'r="1048576"')
                evil.writestr(entry.filename, body)
        with pytest.raises(WrongInput, match=r"far.xlsx: .*(memory|cannot be read)"):
            await office.put_in(far)
        result = await office.put_in(source)
        assert result.accepted == 1


async def test_a_zip_bomb_is_refused(sqlite_url: str, tmp_path: Path) -> None:
    async with an_office(sqlite_url) as office:
        bomb = tmp_path / "bomb.xlsx"
        with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("xl/worksheets/sheet1.xml", bytes(30_000_000))
        bomb.write_bytes(bomb.read_bytes().replace(struct.pack("<L", 30_000_000), struct.pack("<L", 10)))
        with pytest.raises(WrongInput, match="100 times its size"):
            await office.put_in(bomb)
