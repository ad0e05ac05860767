"""An export that comes as a web page: its table, if it has one; a login page has none. Pure."""

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser

from engine.lirax.history.columns import layout_of
from engine.lirax.history.sheets import HEADER_WITHIN, Cell, Row, Sheet

_PAGE = re.compile(r"\s*<(?:!doctype|!--|html|head|body|table|meta|\?xml|div|form|script|p|br|b|h\d)\b", re.I)
_TABLE = re.compile(r"<table\b", re.IGNORECASE)
_LOGIN = re.compile(
    r"<form\b|type\s*=\s*[\"']?password|http-equiv\s*=\s*[\"']?refresh|location\.(?:href|replace)", re.I
)
ADDRESSES = ("href", "src")


def is_page(text: str) -> bool:
    return bool(_PAGE.match(text)) or bool(_TABLE.search(text))


def is_login_page(text: str) -> bool:
    """It asks for something, or sends the browser elsewhere."""
    return bool(_LOGIN.search(text))


def sheet_of_page(text: str) -> Sheet | None:
    """None if no table of the page is a list of calls."""
    reader = _Tables()
    reader.feed(text)
    reader.close()
    for table in reader.tables:
        if sheet := _sheet_of(table):
            return sheet
    return None


@dataclass
class _Table:
    rows: list[list[Cell]] = field(default_factory=list)
    closed: bool = False


def _sheet_of(table: _Table) -> Sheet | None:
    for at, row in enumerate(table.rows[:HEADER_WITHIN]):
        if layout := layout_of([cell.text for cell in row]):
            rows: list[Row] = [row for row in table.rows[at + 1 :] if any(cell.text for cell in row)]
            if table.closed:
                return Sheet(layout, rows, None, ends_lines=True)
            return Sheet(layout, rows[:-1], None, ends_lines=False, trouble="its table is cut off")
    return None


class _Tables(HTMLParser):
    """Collects every table, nested ones apart. A cell ends where the next begins: end tags may be missing."""

    def __init__(self) -> None:
        super().__init__()
        self.tables: list[_Table] = []
        self._open: list[_Table] = []
        self._cells: list[tuple[list[str], list[str]] | None] = []  # texts and links of the cell open in each

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "table":
            self._begin_table()
        elif not self._open:
            return
        elif tag == "tr":
            self._end_cell()
            self._open[-1].rows.append([])
        elif tag in ("td", "th"):
            self._end_cell()
            self._cells[-1] = ([], [])
        elif (cell := self._cells[-1]) is not None:
            cell[1].extend(value for name, value in attrs if name in ADDRESSES and value)
            cell[0].append(" " if tag == "br" else "")

    def handle_endtag(self, tag: str) -> None:
        if not self._open:
            return
        if tag in ("td", "th", "tr"):
            self._end_cell()
        elif tag == "table":
            self._end_cell()
            self._open.pop().closed = True
            self._cells.pop()

    def handle_data(self, data: str) -> None:
        if self._cells and (cell := self._cells[-1]) is not None:
            cell[0].append(data)

    def _begin_table(self) -> None:
        self.tables.append(_Table())
        self._open.append(self.tables[-1])
        self._cells.append(None)

    def _end_cell(self) -> None:
        cell, self._cells[-1] = self._cells[-1], None
        if cell is None:
            return
        if not self._open[-1].rows:  # a cell before any row
            self._open[-1].rows.append([])
        text = " ".join("".join(cell[0]).split())
        self._open[-1].rows[-1].append(Cell(text, next(iter(cell[1]), None)))
