"""Deliberate faults in the engine, switched on one at a time: the simulation has to find each.

A mutant replaces lines of a source file while it is imported, in a process of its own:
`python -m tests.simulation --mutant NAME --seeds 1-500` stops at the first seed that notices.
"""

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


MUTANTS: Mapping[str, Mutant] = {
    "requeue-on-restart": Mutant(
        "a request that was under way when the program died is taken for not sent",
        (
            Change(
                "engine.passes.reconciling",
                "done += self._deal_with(connection, attempt, _unclear(attempt, STOPPED))",
                "done += self._deal_with(connection, attempt, lambda change, row: "
                "calls.unplaced(change, row, detail=STOPPED))",
            ),
        ),
    ),
    "two-open-attempts": Mutant(
        "a number may have several open attempts",
        (
            Change("engine.apply.claiming", "elif row.phone in busy:", "elif row.phone in by_hand:"),
            Change(
                "tests.simulation.disk",
                "template.close()",
                'template.close()\n        self.template.execute("DROP INDEX attempt_one_open")',
            ),
        ),
    ),
    "retry-on-timeout": Mutant(
        "a request that got no answer is sent again",
        (
            Change(
                "engine.passes.placing",
                "await client.make_two_calls(sheet.request, before_send=check)",
                "await twice(lambda: client.make_two_calls(sheet.request, before_send=check))",
            ),
            Change(
                "engine.passes.placing",
                "import LiraxError, Refused, Unavailable",
                "import LiraxError, Refused, Unavailable, Unclear\n\n"
                "async def twice(send):\n"
                "    try:\n"
                "        return await send()\n"
                "    except Unclear:\n"
                "        return await send()\n\n",
            ),
        ),
    ),
}


def switch_on(name: str) -> None:
    """Before anything of it is imported. Raises KeyError for a name there is not."""
    changes: dict[str, list[Change]] = {}
    for change in MUTANTS[name].changes:
        assert change.module not in sys.modules, f"{change.module} is imported already"
        changes.setdefault(change.module, []).append(change)
    sys.meta_path.insert(0, _Finder(changes))


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
            found = source.count(change.old)
            assert found == 1, f"{fullname} has {found} times: {change.old}"
            source = source.replace(change.old, change.new)
        return compile(source, self.path, "exec", dont_inherit=True)
