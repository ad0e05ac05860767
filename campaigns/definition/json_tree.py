"""JSON as a tree of text: numbers keep their digits, a repeated key stays visible."""

import json
import re
from typing import Any, NoReturn

from campaigns.definition.tree import (
    DEEPEST,
    MOST_NODES,
    Blank,
    Entries,
    Entry,
    Items,
    Kind,
    Node,
    Scalar,
    Unreadable,
)

_BEFORE_ZERO = re.compile(r"[:\[,]\s*-?0\Z")


class _Number(str):
    __slots__ = ()


class _Pairs(list[tuple[str, Any]]):
    pass


def read_json(text: str) -> Node:
    """The value in `text`. Raises Unreadable with a sentence and the line."""
    try:
        value = json.loads(
            text,
            object_pairs_hook=_Pairs,
            parse_int=_Number,
            parse_float=_Number,
            parse_constant=_refuse_constant,
        )
    except json.JSONDecodeError as error:
        raise Unreadable(_sentence(error), line=error.lineno) from error
    except RecursionError as error:
        raise Unreadable(f"sections lie more than {DEEPEST} levels deep") from error
    return _Builder().node(value, depth=0)


def _refuse_constant(name: str) -> NoReturn:
    raise Unreadable(f"{name} is not a value of JSON")


def _sentence(error: json.JSONDecodeError) -> str:
    before, after = error.doc[max(0, error.pos - 40) : error.pos], error.doc[error.pos : error.pos + 1]
    if after.isdigit() and _BEFORE_ZERO.search(before):
        return "this is not JSON: a number that begins with 0 must stand in quotes"
    return f"this is not JSON: {error.msg[:1].lower()}{error.msg[1:]}, at column {error.colno}"


class _Builder:
    def __init__(self) -> None:
        self._count = 0

    def node(self, value: Any, *, depth: int) -> Node:
        if not isinstance(value, list):
            return _scalar(value)
        self._count += len(value)
        if depth >= DEEPEST:
            raise Unreadable(f"sections lie more than {DEEPEST} levels deep")
        if self._count > MOST_NODES:
            raise Unreadable(f"there are more than {MOST_NODES} values")
        if isinstance(value, _Pairs):
            return Entries(tuple(Entry(key, self.node(item, depth=depth + 1), None) for key, item in value))
        return Items(tuple(self.node(item, depth=depth + 1) for item in value))


def _scalar(value: Any) -> Node:
    if type(value) is str:
        return Scalar(value)
    if value is None:
        return Blank()
    if isinstance(value, bool):
        return Scalar("true" if value else "false", kind=Kind.BOOLEAN)
    return Scalar(str(value), kind=Kind.NUMBER)
