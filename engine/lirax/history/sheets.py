"""An export as rows of cells under a header, whatever separates them. Pure."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass

from campaigns.lists.text_rows import text_rows
from engine.lirax.history.columns import Column, Layout, layout_of

DELIMITERS = ";,\t|"
HEADER_WITHIN = 10  # lines: a title or two may stand above the header
LINE_ENDS = ("\n", "\r")
EVERY_COLUMN = frozenset(Column) - {Column.TIME}


@dataclass(frozen=True)
class Cell:
    text: str
    link: str | None = None  # where it leads, in a page


Row = Sequence[Cell]


@dataclass(frozen=True)
class Sheet:
    """Rows below the header, blank ones left out. `trouble` says why some may be lacking."""

    layout: Layout
    rows: Sequence[Row]
    delimiter: str | None
    ends_lines: bool
    trouble: str | None = None


@dataclass(frozen=True)
class _Header:
    layout: Layout
    delimiter: str
    lines: int  # up to the header and with it


def sheet_of_text(text: str) -> Sheet | None:
    """None if no header of a list of calls stands in its first lines."""
    lines = text.splitlines(keepends=True)
    header = _header(lines)
    if header is None:
        return None
    ends_lines = text.endswith(LINE_ENDS)
    rows, trouble = _rows("".join(lines[header.lines :]), header.delimiter)
    if not ends_lines:
        trouble = trouble or _torn(rows, header.layout)
        if trouble and rows:
            rows = rows[:-1]
    return Sheet(header.layout, _cells(rows), header.delimiter, ends_lines, trouble)


def _header(lines: Sequence[str]) -> _Header | None:
    for number, line in enumerate(lines[:HEADER_WITHIN], start=1):
        layouts = [(layout, mark) for mark in DELIMITERS if (layout := layout_of(_split(line, mark)))]
        if layouts:
            layout, delimiter = max(layouts, key=lambda each: len(each[0].places))
            return _Header(layout, delimiter, number)
    return None


def _split(line: str, delimiter: str) -> list[str]:
    try:
        return next(csv.reader([line], delimiter=delimiter), [])
    except csv.Error:
        return []


def _rows(text: str, delimiter: str) -> tuple[list[list[str]], str | None]:
    """Rows, and what is wrong with the first of them that is not as it should be."""
    rows: list[list[str]] = []
    trouble = None
    for _, cells, problem in text_rows(io.StringIO(text, newline=""), delimiter=delimiter):
        trouble = trouble or problem
        if any(cell.strip() for cell in cells):
            rows.append(cells)
    return rows, trouble


def _torn(rows: Sequence[Sequence[str]], layout: Layout) -> str | None:
    """What is lacking at the end of a text whose last line is not ended, as some writers leave it."""
    whole = len(rows[-1]) >= len(layout.headings) if rows else layout.places.keys() >= EVERY_COLUMN
    return None if whole else "it is cut off within a line"


def _cells(rows: Sequence[Sequence[str]]) -> list[Row]:
    return [[Cell(text) for text in row] for row in rows]
