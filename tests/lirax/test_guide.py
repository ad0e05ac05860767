"""The guide to LiraX's commands says what the models say."""

import inspect
from pathlib import Path

import pytest

from engine.lirax.requests import EVERY, Parameters, Repeat, Request, wire_names

GUIDE = (Path(__file__).parents[2] / "docs" / "guide" / "lirax.md").read_text("utf-8")


def parameters_of(kind: type[Parameters]) -> str:
    names = wire_names(kind)
    fields = [(names[name], field) for name, field in kind.model_fields.items() if name in names]
    words = [f"`{name}`" if field.is_required() else f"[`{name}`]" for name, field in fields]
    return " ".join(words) or "–"


@pytest.mark.parametrize("kind", EVERY, ids=lambda kind: kind.cmd)
def test_the_guide_lists_a_command_as_its_model_has_it(kind: type[Parameters]) -> None:
    purpose = inspect.cleandoc(kind.__doc__ or "").partition("\n")[0]
    harmless = not issubclass(kind, Request) or kind.repeat is Repeat.SAFE
    row = f"| `{kind.cmd}` | {purpose} | {parameters_of(kind)} | {'yes' if harmless else 'no'} |"
    assert row in GUIDE.splitlines()
