"""What separates the cells of a text list: found from its first lines, a single column included."""

import csv
import re
from collections import Counter

DELIMITERS = ";\t|,"
"""In order of preference: a comma also stands in amounts and addresses."""

_DECLARED = re.compile(r'"?sep=(.)"?\r?\n', re.IGNORECASE)  # a first line that Excel writes and heeds
_LINES = 200


def declared_delimiter(text: str) -> str | None:
    """The delimiter that a first line `sep=;` names; that line is no row of the list."""
    match = _DECLARED.match(text)
    return match[1] if match else None


def delimiter_of(text: str) -> str:
    """The delimiter that cuts most of the lines into the same number of cells, `;` where none does."""
    lines = text.splitlines(keepends=True)[:_LINES]
    best = max(DELIMITERS, key=lambda delimiter: _score(lines, delimiter))  # the first of equals
    return best if _score(lines, best) else DELIMITERS[0]


def _score(lines: list[str], delimiter: str) -> float:
    """0 if it never occurs; else higher for more cells, and for more lines that have as many."""
    try:
        widths = Counter(len(cells) for cells in csv.reader(lines, delimiter=delimiter) if cells)
    except csv.Error:  # an endless cell: a quotation mark that means something else
        widths = Counter(line.count(delimiter) + 1 for line in lines)
    if not widths:
        return 0.0
    width, rows = max(widths.items(), key=lambda item: (item[1], item[0]))
    if width == 1 and len(widths) > 1 and rows < widths.total() * 0.8:
        del widths[1]
        width, rows = max(widths.items(), key=lambda item: (item[1], item[0]))
        rows -= 1  # less sure than one that cuts every line
    return (rows / widths.total()) ** 2 * (1 - 1 / width)
