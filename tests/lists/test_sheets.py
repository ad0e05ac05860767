"""Spreadsheets that mean harm are refused before they are opened."""

import struct
import zipfile
from pathlib import Path

import pytest

from campaigns.lists.archives import ENTRIES, ArchiveError, check_archive
from tests.lists.writing_lists import xlsx_list


def archive(folder: Path, entries: dict[str, bytes]) -> Path:
    path = folder / "list.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        for name, body in entries.items():
            file.writestr(name, body)
    return path


def test_an_ordinary_spreadsheet_is_fine(tmp_path: Path) -> None:
    check_archive(xlsx_list(tmp_path, [["phone"], *[[f"06712{n:05}"] for n in range(5_000)]]))


def test_a_spreadsheet_that_unpacks_to_a_hundred_times_its_size_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ArchiveError, match="100 times"):
        check_archive(archive(tmp_path, {"xl/worksheets/sheet1.xml": bytes(20_000_000)}))


def test_a_header_that_lies_about_the_size_hides_nothing(tmp_path: Path) -> None:
    path = archive(tmp_path, {"xl/worksheets/sheet1.xml": bytes(20_000_000)})
    body = path.read_bytes()
    true, lie = struct.pack("<L", 20_000_000), struct.pack("<L", 1_000)
    path.write_bytes(body.replace(true, lie))
    with pytest.raises(ArchiveError, match="100 times"):
        check_archive(path)


def test_a_spreadsheet_of_a_thousand_and_one_parts_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ArchiveError, match="at most 1,000"):
        check_archive(archive(tmp_path, {f"part{n}": b"x" for n in range(ENTRIES + 1)}))


def test_a_spreadsheet_cut_in_half_is_refused(tmp_path: Path) -> None:
    path = xlsx_list(tmp_path, [["phone"], ["0671234567"]])
    path.write_bytes(path.read_bytes()[:3000])
    with pytest.raises(ArchiveError, match="damaged"):
        check_archive(path)


def test_a_spreadsheet_with_a_password_is_refused(tmp_path: Path) -> None:
    path = archive(tmp_path, {"xl/workbook.xml": b"secret"})
    body = bytearray(path.read_bytes())
    body[body.index(b"PK\x01\x02") + 8] |= 1  # the flag of the central directory
    path.write_bytes(bytes(body))
    with pytest.raises(ArchiveError, match="password"):
        check_archive(path)
