"""The rows of a text list (CSV, TSV …), read line by line at flat memory, whatever stands in them."""

import csv
from collections import deque
from collections.abc import Iterator
from typing import TextIO

Row = tuple[int, list[str], str | None]
"""Number as a spreadsheet counts (the first is 1), cells, and why the row cannot be used if it cannot."""

LINE_LIMIT = 1 << 20  # characters; longer ones are cut off, so that no file fills the memory
RECORD_LINES = 200  # of one row: a quotation mark open that long was never meant to be one
MISTAKES = 50  # open quotation marks, after which such marks no longer mean anything in this file

UNCLOSED = "a quotation mark is opened and never closed"
ENDLESS = f"the line is longer than {LINE_LIMIT:,} characters"
TOO_LARGE = f"a cell is longer than {csv.field_size_limit():,} characters"


class _UnclosedError(Exception):
    """The row went on and on."""


class _Lines:
    """Hands lines to the CSV reader, remembers those of the row being read, and takes lines back."""

    def __init__(self, file: TextIO) -> None:
        self._read = file.readline
        self._again: deque[str] = deque()
        self.row: list[str] = []
        self.trouble: str | None = None

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self._again.popleft() if self._again else self._read(LINE_LIMIT)
        row = self.row
        if row and (not line or len(row) >= RECORD_LINES):
            if line:
                self._again.appendleft(line)
            raise _UnclosedError
        if not line:
            raise StopIteration
        if len(line) == LINE_LIMIT and line[-1] not in "\r\n":
            line = self._cut_off(line)
        row.append(line)
        return line

    def _cut_off(self, line: str) -> str:
        while (more := self._read(LINE_LIMIT)) and more[-1] not in "\r\n":
            pass
        self.trouble = ENDLESS
        return line[:100].replace('"', "") + "\n"

    def start_row(self) -> None:
        self.row.clear()
        self.trouble = None

    def give_up_row(self) -> str:
        """The first line of the row; the others will be read again, each for itself."""
        first, *rest = self.row
        self._again.extendleft(reversed(rest))
        return first


def text_rows(file: TextIO, *, delimiter: str) -> Iterator[Row]:
    """Every row of the file, blank ones too; closes it at the end. It must be opened with `newline=""`."""
    with file:
        yield from _rows(_Lines(file), delimiter)


def _rows(lines: _Lines, delimiter: str) -> Iterator[Row]:
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    number = mistakes = 0
    while True:
        lines.start_row()
        number += 1
        try:
            yield number, next(reader), lines.trouble
        except StopIteration:
            return
        except (_UnclosedError, csv.Error) as error:
            cells, trouble = _repaired(lines, delimiter, error)
            yield number, cells, trouble
            mistakes += trouble is UNCLOSED
            if mistakes == MISTAKES:
                reader = csv.reader(lines, delimiter=delimiter, quoting=csv.QUOTE_NONE)


def _repaired(lines: _Lines, delimiter: str, error: Exception) -> tuple[list[str], str | None]:
    """A row that is not as the CSV rules have it: `"Acme" Ltd` is taken as it stands, the rest is refused."""
    if isinstance(error, _UnclosedError) or len(lines.row) > 1:
        return lines.give_up_row().rstrip("\r\n").split(delimiter), UNCLOSED
    line = lines.give_up_row()
    try:
        return next(csv.reader([line], delimiter=delimiter)), lines.trouble
    except csv.Error:
        return line.rstrip("\r\n").split(delimiter), TOO_LARGE
