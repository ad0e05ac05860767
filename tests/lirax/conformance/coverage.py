"""What a test proves of the LiraX reference, and what there is to prove.

A test says it with a mark, whose words are those of `REFERENCE_ITEMS`:

    @covers("C30", "updatedeal_noop_code=400")
    async def test_...

    @pytest.mark.parametrize("case", [proving(case, case["id"], case["webhook"]) for case in CASES])
    async def test_...(case): ...

Words: a command `makeCall`, its parameter `makeCall.from`, its code `makeCall:401`; a webhook `event`,
its field `event.status`; an option `id_style`, its value `id_style=all_strings` (true and false in small
letters); a case: `R01` of the client, `Q01` of the simulator and `Q01:sent` of the client, `W01` of the
receiver; a contradiction or silence of section 7, `C1` to `C55`.

`test_coverage.py` reads the marks of every test module under `tests/lirax` and fails for each word that no
test names, for a word that is none, and for a test here that is skipped. Nothing is entered anywhere else.
"""

import importlib
import pkgutil
from collections.abc import Iterable, Iterator
from types import ModuleType
from typing import Any

import pytest

import tests.lirax
from tests.lirax.recorded import REFERENCE

CONTRADICTIONS = 55  # rows of section 7 of the reference; the recorded data has no list of them

covers = pytest.mark.covers


def proving(value: Any, *words: str) -> Any:
    """One row of a parametrised test, and what it proves; the first word is its name."""
    return pytest.param(value, id=words[0], marks=covers(*words))


def option_word(name: str, value: object) -> str:
    return f"{name}={str(value).lower() if isinstance(value, bool) else value}"


def reference_items() -> dict[str, list[str]]:
    """Kind of thing → every word there is to prove."""
    commands, webhooks = REFERENCE["commands"], REFERENCE["webhooks"]
    options = REFERENCE["simulator_options"]
    cases = ("request_cases", "response_cases", "webhook_cases")
    return {
        "command": [row["name"] for row in commands],
        "parameter": [f"{row['name']}.{param['name']}" for row in commands for param in row["params"]],
        "code": [f"{row['name']}:{answer['code']}" for row in commands for answer in row["responses"]],
        "webhook": [row["name"] for row in webhooks],
        "field": [f"{row['name']}.{param['name']}" for row in webhooks for param in row["params"]],
        "option": list(options),
        "value": [option_word(name, value) for name, about in options.items() for value in about["choices"]],
        "case": [case["id"] for kind in cases for case in REFERENCE[kind]],
        "case as we send it": [f"{case['id']}:sent" for case in REFERENCE["request_cases"]],
        "contradiction": [f"C{number}" for number in range(1, CONTRADICTIONS + 1)],
    }


def modules_of_tests() -> Iterator[ModuleType]:
    for module in pkgutil.walk_packages(tests.lirax.__path__, "tests.lirax."):
        if module.name.rpartition(".")[2].startswith("test_"):
            yield importlib.import_module(module.name)


def marks_of(module: ModuleType) -> Iterator[tuple[str, pytest.Mark]]:
    """(name of the test, mark) for every mark of every test of a module, those of its rows included."""
    for name, value in vars(module).items():
        if not name.startswith("test_") or not callable(value):
            continue
        for mark in _every(getattr(value, "pytestmark", [])):
            yield f"{module.__name__}.{name}", mark


def _every(marks: Iterable[pytest.Mark]) -> Iterator[pytest.Mark]:
    for mark in marks:
        yield mark
        if mark.name == "parametrize":
            for row in mark.args[1]:
                yield from getattr(row, "marks", ())
