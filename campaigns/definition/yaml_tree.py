"""YAML as a tree of text: no type is guessed, no tag is obeyed, no alias may explode.

The parser is libyaml's, by events, so depth and size are counted here and nothing recurses.
"""

import re
from dataclasses import dataclass, field

import yaml
from yaml import events

from campaigns.definition.tree import (
    DEEPEST,
    MOST_NODES,
    Blank,
    Entries,
    Entry,
    Items,
    Node,
    Scalar,
    Spoiled,
    Unreadable,
)

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # the second where PyYAML was built without libyaml
_NULL = frozenset({"", "~", "null", "Null", "NULL"})
_PLAIN_TAGS = frozenset(
    {None, "!", "tag:yaml.org,2002:str", "tag:yaml.org,2002:map", "tag:yaml.org,2002:seq"}
)
_MOST_BORROWED = 10_000  # nodes that aliases may repeat; a definition that says `*hours` thrice has three
_QUOTES = 'put the value in quotes, as in money: "{{ amount }}"'
_SENTENCES = (
    (r"found character '\\t'|found a tab", "a tab cannot indent; use spaces"),
    (r"mapping values are not allowed", "a value with “: ” in it must stand in quotes"),
    (r"alphabetic or numeric character", "a value that begins with * or & must stand in quotes"),
    (r"unexpected end of stream", "a quote that is opened here is never closed"),
    (r"expected ',' or '[\]}]'", "a bracket that is opened here is never closed, or a comma is missing"),
    (r"unknown escape character", r"a \ in double quotes must be written \\"),
    (
        r"cannot start any token",
        "a value that begins with @, %, ` or a tab must stand in quotes, after spaces",
    ),
    (r"did not find expected", "the indentation or a quote is not right here"),
)


def read_yaml(text: str) -> Node:
    """The one document in `text`. Raises Unreadable with a sentence and the line."""
    try:
        return _Builder().build(text)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = None if mark is None else mark.line + 1
        raise Unreadable(_sentence(error, text, line=line), line=line) from error
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        raise Unreadable("a control character stands here; delete it", line=line) from error


def _sentence(error: yaml.MarkedYAMLError, text: str, *, line: int | None) -> str:
    lines = text.splitlines()
    written = lines[line - 1] if line is not None and line <= len(lines) else ""
    problem = str(error.problem)
    if "{{" in written:
        return f"this line is not YAML: {_QUOTES}"
    if written[: len(written) - len(written.lstrip())].count("\t"):
        return "this is not YAML: a tab cannot indent; use spaces"
    told = next((told for known, told in _SENTENCES if re.search(known, problem)), problem)
    return f"this is not YAML: {told}"


@dataclass
class _Open:
    """A collection whose end has not come yet."""

    is_mapping: bool
    line: int
    anchor: str | None
    spoiled: str | None
    counted: int  # nodes before it
    nodes: list[Node] = field(default_factory=list)


class _Builder:
    def __init__(self) -> None:
        self._stack: list[_Open] = []
        self._anchors: dict[str, tuple[Node, int]] = {}
        self._roots: list[Node] = []
        self._count = 0
        self._borrowed = 0

    def build(self, text: str) -> Node:
        for event in yaml.parse(text, Loader=_LOADER):
            self._take(event)
        if not self._roots:
            return Blank()
        if len(self._roots) > 1:
            raise Unreadable(
                "there are several documents (---); one definition a file", line=self._roots[1].line
            )
        return self._roots[0]

    def _take(self, event: events.Event) -> None:
        if isinstance(event, events.ScalarEvent):
            self._add(_scalar(event), anchor=event.anchor, weight=1)
        elif isinstance(event, events.CollectionStartEvent):
            self._begin(event)
        elif isinstance(event, events.CollectionEndEvent):
            opened = self._stack.pop()
            self._add(_closed(opened), anchor=opened.anchor, weight=self._count - opened.counted + 1)
        elif isinstance(event, events.AliasEvent):
            self._borrow(event)

    def _begin(self, event: events.CollectionStartEvent) -> None:
        line = _line(event)
        if len(self._stack) >= DEEPEST:
            raise Unreadable(f"sections lie more than {DEEPEST} levels deep", line=line)
        is_mapping = isinstance(event, events.MappingStartEvent)
        spoiled = _tag_problem(event.tag)
        self._stack.append(_Open(is_mapping, line, event.anchor, spoiled, self._count))

    def _borrow(self, event: events.AliasEvent) -> None:
        line = _line(event)
        if event.anchor not in self._anchors:
            raise Unreadable(
                f"*{event.anchor} points to nothing above it; quote a value that begins with *", line=line
            )
        node, weight = self._anchors[event.anchor]
        self._borrowed += weight
        if self._borrowed > _MOST_BORROWED:
            raise Unreadable("aliases (*) repeat too much here", line=line)
        self._count += weight - 1  # what is borrowed weighs as much as if it stood here
        self._add(node, anchor=None, weight=weight)

    def _add(self, node: Node, *, anchor: str | None, weight: int) -> None:
        self._count += 1
        if self._count > MOST_NODES:
            raise Unreadable(f"there are more than {MOST_NODES} values", line=node.line)
        if anchor is not None:
            self._anchors[anchor] = (node, weight)
        if self._stack:
            self._stack[-1].nodes.append(node)
        else:
            self._roots.append(node)


def _line(event: events.Event) -> int:
    assert event.start_mark is not None  # set by every parser
    return int(event.start_mark.line) + 1


def _scalar(event: events.ScalarEvent) -> Node:
    line = _line(event)
    if problem := _tag_problem(event.tag):
        return Spoiled(problem, line)
    if event.implicit[0] and event.value in _NULL:  # the first says: written without quotes
        return Blank(line)
    return Scalar(event.value, line)


def _closed(opened: _Open) -> Node:
    if opened.spoiled:
        return Spoiled(opened.spoiled, opened.line)
    if not opened.is_mapping:
        return Items(tuple(opened.nodes), opened.line)
    pairs = list(zip(opened.nodes[::2], opened.nodes[1::2], strict=True))
    if not all(isinstance(key, Scalar | Blank) for key in opened.nodes[::2]):
        return Spoiled(f"a value that begins with {{ is not text; {_QUOTES}", opened.line)
    return Entries(tuple(Entry(_key(key), value, key.line) for key, value in pairs), opened.line)


def _key(node: Node) -> str:
    return node.text if isinstance(node, Scalar) else ""


def _tag_problem(tag: str | None) -> str | None:
    return None if tag in _PLAIN_TAGS else f"the tag {tag} has no meaning here; write the value without it"
