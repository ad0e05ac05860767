"""What `dzvin lirax --help` and `dzvin lirax COMMAND --help` say, made of the models of the requests."""

import inspect
from collections.abc import Iterable, Sequence

from pydantic.fields import FieldInfo
from rich.console import Console
from rich.padding import Padding
from rich.table import Table

from engine.lirax.requests import EVERY, GROUPS, HISTORY, Parameters, Repeat, Request, wire_names

BEGINNINGS = ("Errors:", "LiraX reference")  # of a docstring's lines that stand for themselves
CLOSING = "One command in full: dzvin lirax COMMAND --help"


def named_in(words: Iterable[str]) -> type[Parameters] | None:
    """The command that stands among the words, None if none does."""
    kinds = {kind.cmd: kind for kind in EVERY}
    return next((kinds[word] for word in words if word in kinds), None)


def explain_all() -> None:
    """Every command by group: what it does, its parameters, which of them it needs."""
    console = _console()
    for group, kinds in {**GROUPS, "Call history": HISTORY}.items():
        console.print(f"\n {group}", style="bold")
        for kind in kinds:
            console.print(Padding(_headline(kind), (0, 1, 0, 3)))
            console.print(Padding(_parameters(kind), (0, 1, 0, 7)))
    console.print(f"\n {CLOSING}\n")


def explain_one(kind: type[Parameters]) -> None:
    console = _console()
    console.print(Padding(f"Usage: dzvin lirax {_usage(kind)}", 1), style="bold")
    for paragraph in _paragraphs(inspect.cleandoc(kind.__doc__ or "")):
        console.print(Padding(paragraph, (0, 1, 0, 1)))
    console.print()
    console.print(Padding(_parameters(kind), (0, 1, 0, 3)))
    if issubclass(kind, Request):
        console.print(Padding(_answer(kind), (1, 1, 1, 1)))


def _paragraphs(text: str) -> list[str]:
    """The docstring as it reads, not as it was broken into lines."""
    lines: list[str] = []
    for line in text.splitlines():
        if lines and lines[-1] and line and not line.startswith(BEGINNINGS):
            lines[-1] += f" {line}"
        else:
            lines.append(line)
    return lines


def _headline(kind: type[Parameters]) -> Table:
    purpose = inspect.cleandoc(kind.__doc__ or "").partition("\n")[0]
    return _aligned([(kind.cmd, purpose)], width=16)


def _parameters(kind: type[Parameters]) -> Table:
    names = wire_names(kind)
    rows = [(names[name], _told(field)) for name, field in kind.model_fields.items() if name in names]
    return _aligned(rows, width=12)


def _told(field: FieldInfo) -> str:
    return f"{field.description or ''}{' (required)' if field.is_required() else ''}"


def _usage(kind: type[Parameters]) -> str:
    names = wire_names(kind)
    words = (
        f"{names[name]}=…" if field.is_required() else f"[{names[name]}=…]"
        for name, field in kind.model_fields.items()
        if name in names
    )
    return " ".join((kind.cmd, *words))


def _answer(kind: type[Request[object]]) -> Table:  # type: ignore[type-var]
    fields = kind.answer.model_fields.items()
    rows = [(name, field.description or "") for name, field in fields]
    told = ", ".join(name for name, _ in rows) or "nothing"
    repeat = "may be repeated" if kind.repeat is Repeat.SAFE else "must not be repeated blindly"
    return _aligned([("answer", told), *rows, ("lost answer", repeat)], width=12)


def _aligned(rows: Sequence[tuple[str, str]], *, width: int) -> Table:
    table = Table.grid(padding=(0, 2))
    table.add_column(min_width=width, no_wrap=True, style="cyan")
    table.add_column()
    for name, told in rows:
        table.add_row(name, told)
    return table


def _console() -> Console:
    return Console(markup=False, highlight=False, emoji=False)
