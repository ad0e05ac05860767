"""A file that says who answers when: people by number or pattern, and the menus behind numbers.

people:
  "380671112233": [{pickup: busy}, {talk_seconds: 20, keys: "17"}]
  "38050*": {pickup: no_answer}
  "*": {keys: "1"}
ivrs:
  "5001": {name: Reminder, menus: {"0": Main, "02": Call back}}
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

import yaml

from engine.lirax.simulator.exchange import Exchange
from engine.lirax.simulator.ivr import Ivr, read_ivr
from engine.lirax.simulator.people import Behaviour, read_behaviour

NUMBER = re.compile(r"[0-9*?\[\]!-]{1,40}")
Read = TypeVar("Read")


@dataclass(frozen=True)
class WrongPlace:
    """What is wrong, and where: `people.380671112233[1]`; a line where the file is no YAML."""

    sentence: str
    field: str | None = None
    line: int | None = None


class WrongPeople(ValueError):
    """The file cannot be used; `places` names everything that is wrong."""

    def __init__(self, *places: WrongPlace) -> None:
        super().__init__("; ".join(place.sentence for place in places))
        self.places = places


@dataclass(frozen=True)
class Cast:
    people: Mapping[str, tuple[Behaviour, ...]]
    ivrs: Mapping[str, Ivr]

    def join(self, exchange: Exchange) -> None:
        for number, behaviours in self.people.items():
            exchange.people.script(number, *behaviours)
        for number, ivr in self.ivrs.items():
            exchange.ivrs.set(number, ivr)


def read_people(text: str) -> Cast:
    """The people of a file of YAML or JSON. Raises WrongPeople."""
    document = _document(text)
    wrong: list[WrongPlace] = []
    for name in document:
        if name not in ("people", "ivrs"):
            wrong.append(WrongPlace(f"there is no {name!r}; known are people, ivrs", str(name)))
    people = {
        number: _behaviours(said, at, wrong) for number, said, at in _entries(document, "people", wrong)
    }
    ivrs = {
        number: _tried(read_ivr, said, at, wrong) for number, said, at in _entries(document, "ivrs", wrong)
    }
    if wrong:
        raise WrongPeople(*wrong)
    return Cast(people, {number: ivr for number, ivr in ivrs.items() if ivr is not None})


def _document(text: str) -> Mapping[Any, Any]:
    try:
        document = yaml.safe_load(text)
    except yaml.MarkedYAMLError as problem:
        line = problem.problem_mark.line + 1 if problem.problem_mark else None
        raise WrongPeople(WrongPlace(f"is not YAML: {problem.problem}", line=line)) from problem
    except (yaml.YAMLError, RecursionError) as problem:
        raise WrongPeople(WrongPlace("is not YAML")) from problem
    if not isinstance(document, Mapping):
        raise WrongPeople(WrongPlace("read no people, expected `people:` with numbers and what each does"))
    return document


def _entries(
    document: Mapping[Any, Any], name: str, wrong: list[WrongPlace]
) -> Iterator[tuple[str, object, str]]:
    """(number, what is said of it, where that stands)."""
    said = document.get(name) or {}
    if not isinstance(said, Mapping):
        wrong.append(WrongPlace("expected numbers and what each does", name))
        return
    for key, each in said.items():
        at = f"{name}.{key}"
        if isinstance(key, bool) or not NUMBER.fullmatch(str(key)):
            wrong.append(WrongPlace(f"read {key!r}, expected digits, or a pattern such as 38050*", at))
        else:
            yield str(key), each, at


def _behaviours(said: object, at: str, wrong: list[WrongPlace]) -> tuple[Behaviour, ...]:
    calls = said if isinstance(said, list) else [said]
    read = [_tried(_behaviour, each, f"{at}[{place}]", wrong) for place, each in enumerate(calls)]
    return tuple(behaviour for behaviour in read if behaviour is not None)


def _behaviour(said: object) -> Behaviour:
    if not isinstance(said, Mapping):
        raise ValueError(f"read {said!r}, expected what the person does, such as {{pickup: busy}}")
    return read_behaviour({str(name): value for name, value in said.items()})


def _tried(read: Callable[[object], Read], said: object, at: str, wrong: list[WrongPlace]) -> Read | None:
    try:
        return read(said)
    except ValueError as problem:
        wrong.append(WrongPlace(str(problem), at))
        return None
