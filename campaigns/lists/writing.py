"""Writes tables that people open in a spreadsheet: CSV and XLSX, no cell of which is run as a formula."""

import csv
from collections.abc import Iterable, Sequence
from io import StringIO
from pathlib import Path
from typing import Any

import orjson
import xlsxwriter

DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n", "\x00")
"""Beginnings that spreadsheets take for a formula, or for what hides one (OWASP, CSV injection)."""

SHEET_ROWS = 1_048_576  # of one XLSX sheet, its header included


def harmless(cell: Any) -> str | int | float:
    """The cell as text, with a `'` before what a spreadsheet would run; plain numbers stay numbers."""
    match cell:
        case None:
            return ""
        case bool():
            return str(cell).lower()
        case int() | float():
            return cell
        case str():
            return f"'{cell}" if cell.startswith(DANGEROUS) else cell
        case _:
            return harmless(orjson.dumps(cell, default=str).decode())


def csv_bytes(rows: Iterable[Sequence[Any]]) -> bytes:
    """UTF-8, comma, one line a row."""
    text = StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerows([harmless(cell) for cell in row] for row in rows)
    return text.getvalue().encode(errors="replace")


class XlsxFile:
    """A workbook of one table, written row by row in little memory; a full sheet is followed by another."""

    def __init__(self, path: Path, *, header: Sequence[str], name: str) -> None:
        self._book = xlsxwriter.Workbook(
            path,
            {
                "constant_memory": True,
                "strings_to_formulas": False,
                "strings_to_urls": False,
                "strings_to_numbers": False,
            },
        )
        self._header = header
        self._name = name
        self._sheets = 0
        self._begin_sheet()

    def add(self, rows: Iterable[Sequence[Any]]) -> None:
        for row in rows:
            if self._row == SHEET_ROWS:
                self._begin_sheet()
            self._sheet.write_row(self._row, 0, [harmless(cell) for cell in row])
            self._row += 1

    def close(self) -> None:
        self._book.close()

    def _begin_sheet(self) -> None:
        self._sheets += 1
        title = self._name if self._sheets == 1 else f"{self._name} {self._sheets}"
        self._sheet = self._book.add_worksheet(title)
        self._sheet.freeze_panes(1, 0)
        self._sheet.write_row(0, 0, [harmless(name) for name in self._header])
        self._row = 1
