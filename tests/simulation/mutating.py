"""Replaces lines of source files while they are imported: how a deliberate fault is switched on."""

import importlib.abc
import importlib.machinery
import importlib.util
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import CodeType, ModuleType
from typing import Any


@dataclass(frozen=True)
class Change:
    """`old` stands exactly once in the module; `new` takes its place."""

    module: str
    old: str
    new: str


@dataclass(frozen=True)
class Mutant:
    says: str
    changes: tuple[Change, ...]


def switch_on(mutant: Mutant) -> None:
    """Before anything of it is imported."""
    changes: dict[str, list[Change]] = {}
    for change in mutant.changes:
        assert change.module not in sys.modules, f"{change.module} is imported already"
        changes.setdefault(change.module, []).append(change)
    sys.meta_path.insert(0, _Finder(changes))


def replaced(source: str, change: Change) -> str:
    """The source with the fault in it; an AssertionError where the lines have changed since."""
    found = source.count(change.old)
    assert found == 1, f"{change.module} has {found} times: {change.old}"
    return source.replace(change.old, change.new)


class _Finder(importlib.abc.MetaPathFinder):
    def __init__(self, changes: Mapping[str, Sequence[Change]]) -> None:
        self._changes = changes

    def find_spec(self, fullname: str, path: Any, target: ModuleType | None = None) -> Any:
        if fullname not in self._changes:
            return None
        spec = importlib.machinery.PathFinder.find_spec(fullname, path, target)
        assert spec is not None
        assert spec.origin is not None
        spec.loader = _Loader(fullname, spec.origin, self._changes[fullname])
        return spec


class _Loader(importlib.machinery.SourceFileLoader):
    def __init__(self, name: str, path: str, changes: Sequence[Change]) -> None:
        super().__init__(name, path)
        self._changes = changes

    def get_code(self, fullname: str) -> CodeType | None:
        source = self.get_data(self.path).decode("utf-8")
        for change in self._changes:
            source = replaced(source, change)
        return compile(source, self.path, "exec", dont_inherit=True)
