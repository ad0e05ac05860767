"""What the doctor says of one part: in order, worth a look, or broken."""

from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    OK = "ok"
    LOOK = "look"  # works, but somebody should know
    BROKEN = "broken"


@dataclass(frozen=True)
class Finding:
    """`account` is the LiraX account it is about; None where it is about the whole installation."""

    name: str
    state: State
    says: str
    account: str | None = None

    @property
    def is_broken(self) -> bool:
        return self.state is State.BROKEN


def fine(name: str, says: str) -> Finding:
    return Finding(name, State.OK, says)


def look(name: str, says: str) -> Finding:
    return Finding(name, State.LOOK, says)


def broken(name: str, says: str) -> Finding:
    return Finding(name, State.BROKEN, says)
