"""The two exports: a row a recipient, a row an attempt."""

import csv
import zipfile
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path

import pytest

from campaigns.lists.writing import XlsxFile, csv_bytes, harmless
from campaigns.moments import utc_text
from campaigns.store.exports import header_of, pressed

FORMULAS = ["=1+1", "+1", "-1+1", "@SUM(A1)", "\t=1", "\r=1", "\x00=1"]


@pytest.mark.parametrize("cell", FORMULAS)
def test_a_cell_that_a_spreadsheet_would_run_is_made_harmless(cell: str) -> None:
    assert harmless(cell) == f"'{cell}"


@pytest.mark.parametrize(
    ("cell", "written"),
    [
        ("Олена", "Олена"),
        (None, ""),
        (-5, -5),
        (1.5, 1.5),
        (True, "true"),
        ("a=b", "a=b"),
        (["=x"], '["=x"]'),
    ],
)
def test_other_cells_stay_what_they_are(cell: object, written: object) -> None:
    assert harmless(cell) == written


def test_csv_is_utf8_with_commas_and_quotes_where_needed() -> None:
    written = csv_bytes([["phone", "ім'я"], ["380671234567", 'Анна, "мала"']])
    assert written == 'phone,ім\'я\n380671234567,"Анна, ""мала"""\n'.encode()
    assert list(csv.reader(StringIO(written.decode())))[1][1] == 'Анна, "мала"'


def test_a_list_column_named_like_ours_gets_a_prefix() -> None:
    assert header_of(["state", "name"])[-2:] == ["list.state", "name"]


def test_keys_are_separated_by_spaces_in_the_order_they_were_pressed() -> None:
    assert pressed([{"ivr_name": "Menu", "ivr_entry": "0", "key": "2"}, {"key": "9"}]) == "2 9"
    assert pressed(None) == ""


def test_a_moment_is_written_in_utc() -> None:
    assert utc_text(datetime(2026, 12, 1, 9, 0, tzinfo=UTC)) == "2026-12-01T09:00:00Z"
    assert utc_text(datetime(2026, 12, 1, 9, 0, 0, 250_999, tzinfo=UTC)) == "2026-12-01T09:00:00.250Z"
    assert utc_text(None) is None


def test_a_workbook_keeps_cells_as_text_and_no_formula(tmp_path: Path) -> None:
    book = XlsxFile(tmp_path / "out.xlsx", header=["phone", "note"], name="results")
    book.add([["380671234567", "=cmd|' /C calc'!A0"], ["380671234568", "https://example.com"]])
    book.close()
    with zipfile.ZipFile(tmp_path / "out.xlsx") as parts:
        sheet = parts.read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in sheet
    assert "'=cmd" in sheet
    assert "380671234567" in sheet
