"""Who is left out and why, and lists that mean harm."""

import csv
import struct
import zipfile
from pathlib import Path

import pytest

from campaigns.problems import WrongInput
from tests.engine.office import an_office, sqlite_in
from tests.lists.writing_lists import text_list, xlsx_list

pytestmark = pytest.mark.anyio


async def test_rejected_rows_keep_number_cells_and_reason_and_can_be_mended(tmp_path: Path) -> None:
    async with an_office(sqlite_in(tmp_path)) as office:
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


async def test_without_rejected_rows_their_file_has_only_a_header(tmp_path: Path) -> None:
    async with an_office(sqlite_in(tmp_path)) as office:
        rejected_to = tmp_path / "rejected.csv"
        rejected_to.write_text("of an earlier import")
        await office.put_in(text_list(tmp_path, "phone\n0671234567\n"), rejected_to=rejected_to)
        assert rejected_to.read_text("utf-8-sig") == "row,reason,phone\n"


async def test_a_list_in_which_nobody_can_be_called_is_wrong_input(tmp_path: Path) -> None:
    async with an_office(sqlite_in(tmp_path)) as office:
        with pytest.raises(WrongInput) as told:
            await office.put_in(text_list(tmp_path, "phone\n3.80671E+11\nabc\n"))
        assert [(problem.line, problem.message.split(":")[0]) for problem in told.value.problems] == [
            (None, "nobody in the list can be called"),
            (2, "3.80671E+11"),
            (3, "abc"),
        ]


async def test_unusual_numbers_are_accepted_and_named(tmp_path: Path) -> None:
    async with an_office(sqlite_in(tmp_path)) as office:
        result = await office.put_in(text_list(tmp_path, "phone\n19101234567\n0671234567\n"))
        assert (result.accepted, result.warned_count) == (2, 1)
        assert [(warned.row, warned.phone) for warned in result.warned] == [(2, "19101234567")]


async def test_poisonous_rows_hurt_nobody_else(tmp_path: Path) -> None:
    async with an_office(sqlite_in(tmp_path)) as office:
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


async def test_a_spreadsheet_that_asks_for_all_memory_takes_nothing_down(tmp_path: Path) -> None:
    async with an_office(sqlite_in(tmp_path)) as office:
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


async def test_a_zip_bomb_is_refused(tmp_path: Path) -> None:
    async with an_office(sqlite_in(tmp_path)) as office:
        bomb = tmp_path / "bomb.xlsx"
        with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("xl/worksheets/sheet1.xml", bytes(30_000_000))
        bomb.write_bytes(bomb.read_bytes().replace(struct.pack("<L", 30_000_000), struct.pack("<L", 10)))
        with pytest.raises(WrongInput, match="100 times its size"):
            await office.put_in(bomb)
