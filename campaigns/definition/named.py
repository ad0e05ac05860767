"""What of LiraX's a definition names - extensions and deal stages - and whether LiraX has it. Pure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, NamedTuple

from campaigns.definition.tree import Entries, Items, Node, Scalar, from_document, number_text
from campaigns.problems import Problem
from campaigns.rules.directories import Directories, Employee, Entry, Listed, Stage
from campaigns.rules.vocabulary import DirectoryKind

MOST_LISTED = 20
_BETWEEN_DIGITS = str.maketrans("", "", " \t()+-")
_WORDS = {DirectoryKind.USERS: "extension", DirectoryKind.STAGES: "deal stage"}
_LISTS = {DirectoryKind.USERS: "employees", DirectoryKind.STAGES: "deal stages"}


class Named(NamedTuple):
    """An extension (`users`) or the number of a deal stage (`stages`), and where it stands."""

    kind: DirectoryKind
    value: str
    field: str
    file: str | None = None
    line: int | None = None


@dataclass(frozen=True)
class Verdict:
    """`problems` are what LiraX does not have, `remarks` what is odd, `doubts` what could not be checked.

    `to_ask` are the lists LiraX should be asked for again before any of this is told.
    """

    problems: tuple[Problem, ...] = ()
    remarks: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()
    to_ask: frozenset[DirectoryKind] = frozenset()


def named_in(root: Node, *, file: str | None = None) -> tuple[Named, ...]:
    """Every extension and deal stage that is written down, in the order of the definition's parts."""
    return tuple(found._replace(file=file) for found in _named(root) if found.value.isdecimal())


def named_in_document(document: Mapping[str, Any]) -> tuple[Named, ...]:
    return named_in(from_document(document))


def judge(named: Iterable[Named], known: Directories) -> Verdict:
    """What these lists say of the names."""
    found = [(each, _find(each, known)) for each in named]
    missing = [each for each, entry in found if entry is None]
    problems = [
        Problem(_unknown(each, known), each.field, each.file, each.line)
        for each in missing
        if known.of(each.kind).decides
    ]
    remarks = [
        f"{each.field}: {_shown(entry)} is switched off in LiraX."
        for each, entry in found
        if isinstance(entry, Employee) and not entry.active
    ]
    to_ask = frozenset(each.kind for each in missing)
    doubtful = [each for each in missing if not known.of(each.kind).decides]
    doubts = _doubts(doubtful, known)
    return Verdict(tuple(problems), tuple(remarks), tuple(doubts), to_ask)


def _named(root: Node) -> Iterator[Named]:
    yield from _value(root, "from", DirectoryKind.USERS)
    yield from _agents(root, "agents")
    call = _child(root, "call")
    if call is not None:
        yield from _agents(call, "call.agents")
    rules = _child(root, "rules")
    for number, rule in enumerate(rules.items if isinstance(rules, Items) else ()):
        for entry in rule.entries if isinstance(rule, Entries) else ():
            place = f"rules.{number}.{entry.key}"
            yield from _value(entry.node, "ext", DirectoryKind.USERS, within=place)
            yield from _value(entry.node, "stage", DirectoryKind.STAGES, within=place)
    yield from _value(_child(root, "sms"), "ext", DirectoryKind.USERS, within="sms")


def _agents(section: Node, field: str) -> Iterator[Named]:
    """One or several; the word `all` names nobody."""
    node = _child(section, "agents")
    if isinstance(node, Scalar):
        yield from _scalar(node, field, DirectoryKind.USERS, line=node.line)
    for index, item in enumerate(node.items if isinstance(node, Items) else ()):
        yield from _scalar(item, f"{field}.{index}", DirectoryKind.USERS, line=item.line)


def _value(node: Node | None, key: str, kind: DirectoryKind, *, within: str = "") -> Iterator[Named]:
    for entry in node.entries if isinstance(node, Entries) else ():
        if entry.key == key:
            field = f"{within}.{key}" if within else key
            yield from _scalar(entry.node, field, kind, line=entry.line)


def _scalar(node: Node, field: str, kind: DirectoryKind, *, line: int | None) -> Iterator[Named]:
    if isinstance(node, Scalar):
        value = number_text(node.text.strip()).translate(_BETWEEN_DIGITS)
        yield Named(kind, value, field, line=node.line or line)


def _child(node: Node, key: str) -> Node | None:
    entries = node.entries if isinstance(node, Entries) else ()
    return next((entry.node for entry in entries if entry.key == key), None)


def _find(named: Named, known: Directories) -> Employee | Stage | None:
    if named.kind is DirectoryKind.USERS:
        same = [employee for employee in known.users.entries if employee.ext == named.value]
        return max(same, key=lambda employee: employee.active, default=None)
    return next((stage for stage in known.stages.entries if stage.stage == int(named.value)), None)


def _unknown(named: Named, known: Directories) -> str:
    entries: Sequence[Employee | Stage]
    entries = known.users.entries if named.kind is DirectoryKind.USERS else known.stages.entries
    told = f"LiraX has no {_WORDS[named.kind]} {named.value}"
    by_value = {str(entry[0]): entry for entry in entries}
    near = get_close_matches(named.value, by_value, n=1)
    hint = f"; did you mean {_shown(by_value[near[0]])}?" if near else ""
    if len(by_value) > MOST_LISTED:
        return told + (hint or f"; it has {len(by_value)} of them: `dzvin directory show` lists them")
    return f"{told}; it has {', '.join(_shown(entry) for entry in by_value.values())}{hint}"


def _doubts(names: Iterable[Named], known: Directories) -> Iterator[str]:
    """One sentence a reason."""
    reasons: dict[str, list[str]] = {}
    for each in names:
        reason = _doubt(each.kind, known.of(each.kind)).rstrip(".")
        reasons.setdefault(reason, []).append(f"{each.field} ({each.value})")
    for reason, where in reasons.items():
        yield f"{', '.join(where)} could not be checked against LiraX: {reason}."


def _doubt(kind: DirectoryKind, listed: Listed[Entry]) -> str:
    if listed.trouble is not None:
        return listed.trouble
    if listed.fetched_at is None:
        return "it has not been asked yet"
    return f"its list of {_LISTS[kind]} is empty"


def _shown(entry: Employee | Stage) -> str:
    value, name = str(entry[0]), entry[1]
    return f"{value} ({name})" if name else value
