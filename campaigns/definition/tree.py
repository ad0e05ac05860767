"""What was written, before anybody asks what it means: every scalar is still text, lines are kept.

So `phone: 0671234567`, `time: 12:30` and `country: NO` cannot turn into another value on their way to the
field that knows what it wants.
"""

import re
from collections.abc import Mapping
from enum import Enum
from typing import Any, NamedTuple

DEEPEST = 20  # levels; a definition has five
MOST_NODES = 2_000_000  # twenty megabytes of inline recipients have fewer
_WHOLE_FLOAT = re.compile(r"(-?[0-9]+)\.0+")


class Unreadable(Exception):
    """The whole text cannot be read; the message is a sentence, `line` counts from 1 where it is known."""

    def __init__(self, message: str, *, line: int | None = None) -> None:
        super().__init__(message)
        self.line = line


class Kind(Enum):
    TEXT = "text"  # any YAML scalar, a JSON string
    NUMBER = "number"  # a JSON number, as it was written
    BOOLEAN = "boolean"  # JSON true or false


class Scalar(NamedTuple):
    text: str
    line: int | None = None
    kind: Kind = Kind.TEXT


class Blank(NamedTuple):
    """Nothing: YAML's empty value or `null`."""

    line: int | None = None


class Spoiled(NamedTuple):
    """A value that YAML allows and a definition does not; whoever reads it reports `message`."""

    message: str
    line: int | None = None


class Items(NamedTuple):
    items: "tuple[Node, ...]"
    line: int | None = None


class Entry(NamedTuple):
    key: str
    node: "Node"
    line: int | None


class Entries(NamedTuple):
    """A mapping as written: in order, a repeated key still twice."""

    entries: tuple[Entry, ...]
    line: int | None = None


Node = Scalar | Blank | Spoiled | Items | Entries


def number_text(written: str) -> str:
    """A JSON number as text: `380671234567.0` is `380671234567`; everything else stays as it was written."""
    whole = _WHOLE_FLOAT.fullmatch(written)
    return whole[1] if whole else written


def as_document(node: Node) -> Any:
    """The same as plain JSON values, all scalars as text, what is empty left out."""
    match node:
        case Scalar(text=text, kind=kind):
            return number_text(text) if kind is Kind.NUMBER else text
        case Items(items=items):
            return [as_document(item) for item in items if not isinstance(item, Blank)]
        case Entries(entries=entries):
            return {key: as_document(value) for key, value, _ in entries if not isinstance(value, Blank)}
        case Blank() | Spoiled():
            return None


def from_document(value: Any) -> Node:
    """The tree of a stored document."""
    if isinstance(value, Mapping):
        return Entries(tuple(Entry(str(key), from_document(item), None) for key, item in value.items()))
    if isinstance(value, list | tuple):
        return Items(tuple(from_document(item) for item in value))
    if value is None:
        return Blank()
    if isinstance(value, bool):
        return Scalar("true" if value else "false", kind=Kind.BOOLEAN)
    return Scalar(str(value), kind=Kind.TEXT if isinstance(value, str) else Kind.NUMBER)


def line_of(node: Node, field: str) -> int | None:
    """The line on which a dotted field stands, or the nearest section around it."""
    line = node.line
    for step in field.split("."):
        if isinstance(node, Entries):
            entry = next((entry for entry in node.entries if entry.key == step), None)
            if entry is None:
                return line
            node, line = entry.node, entry.line
        elif isinstance(node, Items) and step.isdecimal() and int(step) < len(node.items):
            node = node.items[int(step)]
            line = node.line
    return line
