"""The rows of a spreadsheet (XLSX, XLSB, ODS, old XLS): the first visible sheet that has any."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from campaigns.lists.archives import check_archive
from campaigns.lists.text_rows import Row

ZIP, OLD_OFFICE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


class SheetError(Exception):
    """The spreadsheet cannot be read; the message is a sentence about the file."""


def is_spreadsheet(head: bytes) -> bool:
    """By its first bytes: names lie, and a CSV is often called .xls."""
    return head.startswith((ZIP, OLD_OFFICE))


def sheet_rows(path: Path) -> tuple[str, int, Iterator[Row]]:
    """(name of the sheet, how many rows it has, its rows numbered as the spreadsheet shows them)."""
    with path.open("rb") as file:
        zipped = file.read(4) == ZIP
    if zipped:
        check_archive(path)
    try:
        workbook = CalamineWorkbook.from_path(path)
        sheet = _first_with_rows(workbook)
    except CalamineError as error:
        raise SheetError(_why(error)) from error
    return sheet.name, sheet.total_height, _rows(sheet)


def _first_with_rows(workbook: CalamineWorkbook) -> CalamineSheet:
    for number, about in enumerate(workbook.sheets_metadata):
        if about.typ == SheetTypeEnum.WorkSheet and about.visible == SheetVisibleEnum.Visible:
            sheet = workbook.get_sheet_by_index(number)
            if sheet.height:
                return sheet
    raise SheetError("none of its sheets has any rows")


def _why(error: CalamineError) -> str:
    if "assword" in str(error) or type(error).__name__ == "PasswordError":
        return "it is protected by a password"
    return "it is not a spreadsheet that can be opened, or it is damaged"


def _rows(sheet: CalamineSheet) -> Iterator[Row]:
    for number, cells in enumerate(sheet.iter_rows(), start=1):
        yield number, [cell if type(cell) is str else cell_text(cell) for cell in cells], None


def cell_text(value: Any) -> str:
    """A cell as a person sees it: whole numbers without `.0`, days as dd.mm.yyyy, times as hh:mm."""
    match value:
        case bool():
            return "TRUE" if value else "FALSE"
        case float():
            return str(int(value)) if value.is_integer() else f"{value:.15g}"
        case datetime():
            return f"{value:%d.%m.%Y}" if value.time() == time() else f"{value:%d.%m.%Y %H:%M}"
        case date():
            return f"{value:%d.%m.%Y}"
        case time():
            return f"{value:%H:%M}"
        case timedelta():
            minutes = int(value.total_seconds()) // 60
            return f"{minutes // 60:02}:{minutes % 60:02}"
        case None:
            return ""
        case _:
            return str(value)
