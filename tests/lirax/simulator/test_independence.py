"""The simulator is an oracle: of our own code it knows nothing but the clock."""

import ast
from collections.abc import Iterator
from pathlib import Path

import engine.lirax.simulator

HOUSE = ("campaigns", "engine", "web")
MAY_USE = ("engine.clock", "engine.lirax.simulator")


def imports_of(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""


def test_the_simulator_imports_nothing_of_the_house_but_the_clock() -> None:
    folder = Path(engine.lirax.simulator.__path__[0])
    used = {name for path in folder.rglob("*.py") for name in imports_of(path) if name.split(".")[0] in HOUSE}
    assert {name for name in used if not name.startswith(MAY_USE)} == set()
