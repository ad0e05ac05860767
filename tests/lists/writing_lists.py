"""Lists for tests: written as text in any encoding, or as spreadsheets."""

import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import xlsxwriter

from campaigns.lists.opening import CallList, open_list


def text_list(folder: Path, text: str | bytes, *, encoding: str = "utf-8") -> Path:
    path = folder / "list.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode(encoding))
    return path


def xlsx_list(folder: Path, *sheets: Sequence[Sequence[Any]], date_format: str = "dd.mm.yyyy") -> Path:
    path = folder / "list.xlsx"
    with xlsxwriter.Workbook(path, {"default_date_format": date_format}) as book:
        for rows in sheets:
            sheet = book.add_worksheet()
            for number, cells in enumerate(rows):
                sheet.write_row(number, 0, cells)
    return path


def ods_list(folder: Path, rows: Sequence[Sequence[str]]) -> Path:
    """The smallest file that is an OpenDocument spreadsheet."""
    cells = "".join(
        "<table:table-row>"
        + "".join(
            f'<table:table-cell office:value-type="string"><text:p>{cell}</text:p></table:table-cell>'
            for cell in row
        )
        + "</table:table-row>"
        for row in rows
    )
    names = "urn:oasis:names:tc:opendocument:xmlns"
    content = (
        f'<office:document-content xmlns:office="{names}:office:1.0" xmlns:table="{names}:table:1.0" '
        f'xmlns:text="{names}:text:1.0"><office:body><office:spreadsheet><table:table table:name="People">'
        f"{cells}</table:table></office:spreadsheet></office:body></office:document-content>"
    )
    path = folder / "list.ods"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", content)
        archive.writestr("META-INF/manifest.xml", "<manifest/>")
    return path


def opened(path: Path, *, phone_column: str | None = None) -> CallList:
    return open_list(path, name=path.name, country="UA", phone_column=phone_column)
