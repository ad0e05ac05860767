"""Places in a definition, and the problems found there: a reader takes a place, gives a value or reports.

A reader returns None when it has reported a problem, so that reading goes on and all of a file's problems
come at once.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TypeVar

from campaigns.definition.tree import Blank, Entries, Entry, Items, Node, Spoiled
from campaigns.problems import Problem, WrongInput

MOST_PROBLEMS = 100
_MOST_UNKNOWN = 20  # unknown keys named in one section
_SHOWN = 60

T = TypeVar("T")
D = TypeVar("D")


def shown(text: str) -> str:
    """A value as a problem quotes it: short, on one line."""
    plain = text.encode("unicode_escape").decode() if not text.isprintable() else text
    return f"“{plain}”" if len(plain) <= _SHOWN else f"“{plain[:_SHOWN]}…”"


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """`; did you mean “name”?`, or what there is to choose from."""
    words = list(known)
    near = get_close_matches(word[:_SHOWN].lower(), [known.lower() for known in words], n=1)
    if near:
        meant = next(known for known in words if known.lower() == near[0])
        return f"; did you mean “{meant}”?"
    return f"; known here: {', '.join(words)}" if len(words) <= 20 else ""


class Findings:
    """The problems of one definition, in the order of its lines."""

    def __init__(self, file: str | None) -> None:
        self._file = file
        self._problems: list[Problem] = []
        self._further = 0

    def add(self, message: str, *, field: str | None, line: int | None) -> None:
        if len(self._problems) >= MOST_PROBLEMS:
            self._further += 1
            return
        self._problems.append(Problem(message, field=field or None, file=self._file, line=line))

    def problems(self) -> list[Problem]:
        problems = sorted(self._problems, key=lambda problem: problem.line or 0)
        if self._further:
            problems.append(Problem(f"and {self._further} further problems", file=self._file))
        return problems

    def raise_if_any(self) -> None:
        """Raises WrongInput with every problem."""
        if self._problems:
            raise WrongInput(*self.problems())


@dataclass(frozen=True)
class Place:
    """A value that was written: where it stands, and where to report what is wrong with it."""

    node: Node
    field: str
    line: int | None
    findings: Findings

    def wrong(self, message: str) -> None:
        self.findings.add(message, field=self.field, line=self.line)

    def inner(self, step: str | int, node: Node, *, line: int | None) -> "Place":
        field = f"{self.field}.{step}" if self.field else str(step)
        own = node.line if not isinstance(node, Entries | Items) else None
        return Place(node, field, own or line or self.line, self.findings)

    def items(self) -> "list[Place]":
        """The places of a list; a single value counts as a list of one."""
        if not isinstance(self.node, Items):
            return [self]
        return [self.inner(index, node, line=node.line) for index, node in enumerate(self.node.items)]


class Section:
    """A mapping with the keys that may stand in it. Opening it reports unknown and repeated ones."""

    def __init__(self, place: Place, entries: Sequence[Entry], known: Sequence[str]) -> None:
        self.place = place
        self._known = frozenset(known)
        self._places: dict[str, Place] = {}
        for entry in entries:
            self._keep(entry)
        self._report_unknown([entry for entry in entries if entry.key not in self._known], known)

    def _keep(self, entry: Entry) -> None:
        if entry.key not in self._known:
            return
        found = self.place.inner(entry.key, entry.node, line=entry.line)
        if (first := self._places.get(entry.key)) is not None:
            also = f", first in line {first.line}" if first.line else ""
            self.place.inner(entry.key, Blank(entry.line), line=entry.line).wrong(f"stands here twice{also}")
            return
        self._places[entry.key] = found

    def _report_unknown(self, entries: Sequence[Entry], known: Sequence[str]) -> None:
        for entry in entries[:_MOST_UNKNOWN]:
            place = self.place.inner(shown(entry.key)[1:-1], Blank(entry.line), line=entry.line)
            place.wrong(f"{shown(entry.key)} is not a key here{did_you_mean(entry.key, known)}")
        if len(entries) > _MOST_UNKNOWN:
            self.place.wrong(f"{len(entries) - _MOST_UNKNOWN} further keys are unknown here")

    def __iter__(self) -> Iterator[tuple[str, Place]]:
        """The known keys that have a value, in order."""
        return ((key, place) for key, place in self._places.items() if not isinstance(place.node, Blank))

    def get(self, key: str) -> Place | None:
        """The place of a key; None when it was left out or is empty."""
        place = self._places.get(key)
        return None if place is None or isinstance(place.node, Blank) else place

    def need(self, key: str, *, why: str = "") -> Place | None:
        """As `get`, and what is missing is a problem."""
        place = self.get(key)
        if place is None:
            self.place.inner(key, Blank(), line=self.place.line).wrong(f"is required{why}")
        return place

    def read(self, key: str, reader: Callable[[Place], T | None], *, otherwise: D) -> T | D:
        """What `reader` makes of the value; `otherwise` where it was left out or is wrong."""
        place = self.get(key)
        value = None if place is None else reader(place)
        return otherwise if value is None else value


def open_section(place: Place, known: Sequence[str]) -> Section | None:
    """The mapping at a place; None when something else stands there, which is reported."""
    match place.node:
        case Entries(entries=entries):
            return Section(place, entries, known)
        case Spoiled(message=message):
            place.wrong(message)
        case _:
            place.wrong(f"must be a section with keys: {', '.join(known)}")
    return None
