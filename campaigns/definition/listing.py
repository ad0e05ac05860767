"""Whom the campaign calls: a list file beside the definition, or recipients written into it."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from campaigns.definition.fields import UNWANTED, read_line
from campaigns.definition.reading import Place, shown
from campaigns.definition.surroundings import Origin, Surroundings, find_beside
from campaigns.definition.tree import Blank, Entries, Items, Kind, Node, Scalar, number_text

LIST_ENDINGS = (".csv", ".tsv", ".txt", ".xlsx", ".ods")
PHONE = "phone"
_LONGEST_FILE_NAME = 1_000
_MOST_REPORTED = 20  # rows with problems; more of the same would not help

Row = dict[str, Any]


def read_recipients(place: Place, surroundings: Surroundings) -> Path | list[Row] | None:
    """The list file, or rows of text by column. None when it is wrong."""
    if isinstance(place.node, Items):
        return _read_rows(place, place.node.items)
    name = read_line(place, longest=_LONGEST_FILE_NAME)
    if name is None:
        return None
    if surroundings.origin is not Origin.FILE or surroundings.beside is None:
        place.wrong(
            f"{shown(name)} is a file name; over the API recipients are a list of mappings with phone"
        )
        return None
    if not name.lower().endswith(LIST_ENDINGS):
        place.wrong(f"{shown(name)} is not a list: csv, tsv, xlsx and ods files are read")
        return None
    return find_beside(place, name, beside=surroundings.beside)


def _read_rows(place: Place, nodes: Sequence[Node]) -> list[Row]:
    rows: list[Row] = []
    wrong = 0
    for index, node in enumerate(nodes):
        problem, row = _read_row(node)
        if problem is None:
            rows.append(row)
            continue
        wrong += 1
        if wrong <= _MOST_REPORTED:
            place.inner(index, node, line=node.line).wrong(problem)
    if wrong > _MOST_REPORTED:
        place.wrong(f"{wrong - _MOST_REPORTED} further recipients are wrong in such ways")
    return rows


def _read_row(node: Node) -> tuple[str | None, Row]:
    if not isinstance(node, Entries):
        return f"must be a mapping with {PHONE}", {}
    row: Row = {}
    for key, value, _ in node.entries:
        if key in row:
            return f"has the column {shown(key)} twice", {}
        cell = _cell(value)
        if cell is None:
            return f"{shown(key)} must be a single value", {}
        row[key] = cell
    if UNWANTED.search("".join(row) + "".join(row.values())):
        return "holds a character that cannot be printed; delete it", {}
    if PHONE not in row:
        return f"has no {PHONE}", {}
    return None, row


def _cell(node: Node) -> str | None:
    if isinstance(node, Scalar):
        return number_text(node.text) if node.kind is Kind.NUMBER else node.text
    return "" if isinstance(node, Blank) else None
