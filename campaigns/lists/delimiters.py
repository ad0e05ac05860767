"""What separates the cells of a text list: found from its first lines, a single column included."""

import csv
import re
from collections import Counter

DELIMITERS = ";\t|,"
"""In order of preference: a comma also stands in amounts and addresses."""

_DECLARED = re.compile(r'"?sep=(.)"?\r?\n', re.IGNORECASE)  # a first line that Excel writes and heeds
_LINES = 200
_CLEARLY = 0.05  # by how much a later delimiter must be better
_SELDOM = 0.1  # for one that cuts the header, but few of the lines


def declared_delimiter(text: str) -> str | None:
    """The delimiter that a first line `sep=;` names; that line is no row of the list."""
    match = _DECLARED.match(text)
    return match[1] if match else None


def delimiter_of(text: str) -> str:
    """The delimiter that cuts most lines, and the header, into as many cells; `;` where none does."""
    lines = [line for line in text.splitlines(keepends=True)[:_LINES] if line.strip()]
    best, most = DELIMITERS[0], 0.0
    for delimiter in DELIMITERS:
        score = _score(lines, delimiter)
        if score > most + _CLEARLY:
            best, most = delimiter, score
    return best


def _score(lines: list[str], delimiter: str) -> float:
    """The share of lines that have as many cells as most; half of it if the first line has not."""
    try:
        widths = [len(cells) for cells in csv.reader(lines, delimiter=delimiter)]
    except csv.Error:  # an endless cell: a quotation mark that means something else
        widths = [line.count(delimiter) + 1 for line in lines]
    if not widths or max(widths) == 1:
        return 0.0
    [(width, rows)] = Counter(widths).most_common(1)
    if width == 1:
        return _SELDOM if widths[0] > 1 else 0.0
    return rows / len(widths) * (1.0 if widths[0] == width else 0.5)
