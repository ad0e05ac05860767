"""What LiraX has: employees, shops, deal stages, user statuses, each list as it was last read."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from types import MappingProxyType
from typing import Any, Generic, NamedTuple, TypeVar

from campaigns.rules.vocabulary import DirectoryKind


class Employee(NamedTuple):
    ext: str
    name: str = ""
    active: bool = True


class Shop(NamedTuple):
    id: int
    name: str = ""


class Stage(NamedTuple):
    stage: int
    title: str = ""


class UserStatus(NamedTuple):
    status: int
    title: str = ""


Entry = Employee | Shop | Stage | UserStatus
T = TypeVar("T")

Said = tuple[Entry, ...] | str
"""The entries of a list, or the sentence that says why it could not be read."""

ENTRIES: Mapping[DirectoryKind, type[Entry]] = MappingProxyType(
    {
        DirectoryKind.USERS: Employee,
        DirectoryKind.SHOPS: Shop,
        DirectoryKind.STAGES: Stage,
        DirectoryKind.STATUSES: UserStatus,
    }
)


@dataclass(frozen=True)
class Listed(Generic[T]):
    """A list as last read. `fetched_at` is None when it never was; `trouble` says why the last try failed."""

    entries: tuple[T, ...] = ()
    fetched_at: datetime | None = None
    trouble: str | None = None

    @property
    def decides(self) -> bool:
        """Whether LiraX does not have what is not on it."""
        return self.trouble is None and self.fetched_at is not None and bool(self.entries)


@dataclass(frozen=True)
class Directories:
    """All lists of one account."""

    users: Listed[Employee] = Listed()
    shops: Listed[Shop] = Listed()
    stages: Listed[Stage] = Listed()
    statuses: Listed[UserStatus] = Listed()

    def of(self, kind: DirectoryKind) -> Listed[Entry]:
        found: Listed[Entry] = getattr(self, kind.value)
        return found

    def doubting(self, kinds: Iterable[DirectoryKind], *, why: str) -> "Directories":
        """The same, but these lists decide nothing, for this reason."""
        changed: dict[str, Any] = {kind.value: replace(self.of(kind), trouble=why) for kind in kinds}
        return replace(self, **changed)

    def hearing(self, said: Mapping[DirectoryKind, Said], *, now: datetime) -> "Directories":
        """The same after LiraX was asked; of a list that could not be read, what was read before stays."""
        heard: dict[str, Any] = {
            kind.value: replace(self.of(kind), trouble=what) if isinstance(what, str) else Listed(what, now)
            for kind, what in said.items()
        }
        return replace(self, **heard)
