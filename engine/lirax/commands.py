"""The table of LiraX's commands by name, made of the models in `engine.lirax.requests`.

It serves whoever has a command only as words: `dzvin lirax`, and the reading of answers in `wire`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from types import MappingProxyType
from typing import Any

from engine.lirax.answers import Answer
from engine.lirax.requests import EVERY, GROUPS, Repeat, Request, wire_names


@dataclass(frozen=True)
class Command:
    name: str
    params: tuple[str, ...]  # as printed; `cmd` and `token` go with each and are not listed
    answer: type[Answer]
    repeat: Repeat
    over_modem: bool  # 402 and 403 speak of the modem
    kind_of_400: str
    most_bytes: int  # of its answer

    @property
    def promises(self) -> str | None:
        """The field without which a 200 is no success."""
        return self.answer.promised()


class UnknownWord(ValueError):
    """LiraX has no command, or the command no parameter, of this name. Nothing was sent."""


@cache
def command_of(kind: type[Request[Any]]) -> Command:
    return Command(
        name=kind.cmd,
        params=tuple(wire_names(kind).values()),
        answer=kind.answer,
        repeat=kind.repeat,
        over_modem=kind.over_modem,
        kind_of_400=kind.kind_of_400,
        most_bytes=kind.most_bytes,
    )


COMMANDS: Mapping[str, Command] = MappingProxyType(
    {kind.cmd: command_of(kind) for group in GROUPS.values() for kind in group}
)


def command_named(name: str) -> Command:
    """The row of a command; raises UnknownWord. Letters count: `makeCall`, not `makecall`."""
    if name not in COMMANDS:
        raise UnknownWord(f"LiraX has no command {name!r}{_hint(name, COMMANDS)}")
    return COMMANDS[name]


def check_params(command: Command, params: Mapping[str, str]) -> None:
    """Raises UnknownWord for the first name that the command does not take."""
    _check(command.name, command.params, params)


def check_words(name: str, params: Mapping[str, str]) -> None:
    """Raises UnknownWord for a command, call history included, or a parameter that LiraX does not have."""
    known = {kind.cmd: tuple(wire_names(kind).values()) for kind in EVERY}
    if name not in known:
        raise UnknownWord(f"LiraX has no command {name!r}{_hint(name, tuple(known))}")
    _check(name, known[name], params)


def _check(command: str, known: tuple[str, ...], params: Mapping[str, str]) -> None:
    for name in params:
        if name not in known:
            raise UnknownWord(f"{command} has no parameter {name!r}{_hint(name, known)}")


def _hint(name: str, known: Iterable[str]) -> str:
    by_lower = {word.lower(): word for word in known}
    nearest = get_close_matches(name.lower(), by_lower, n=1)
    if nearest:
        return f"; did you mean {by_lower[nearest[0]]!r}?"
    return f"; it takes {', '.join(by_lower.values())}." if by_lower else "; it takes none."
