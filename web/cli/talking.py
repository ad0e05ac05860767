"""What the command line says: answers on standard output, everything else on standard error.

Standard output carries nothing but the answer, so that a key, a table or JSON can be piped on. Colours and
moving figures appear on a terminal only.
"""

import json
import sys
from collections.abc import Iterable, Sequence
from typing import Any

from rich.console import Console
from rich.table import Table


def speak_utf8() -> None:
    """Ukrainian names must come out whole whatever the locale of a service is."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")


def answer(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def answer_json(value: Any) -> None:
    answer(json.dumps(value, ensure_ascii=False, indent=2))


def answer_table(headers: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """A table for people on a terminal; tab-separated lines with a header elsewhere."""
    cells = [["" if cell is None else str(cell) for cell in row] for row in rows]
    if not sys.stdout.isatty():
        for line in [list(headers), *cells]:
            answer("\t".join(cell.replace("\t", " ").replace("\n", " ") for cell in line))
        return
    table = Table(box=None, pad_edge=False, header_style="bold")
    for header in headers:
        table.add_column(header, overflow="fold")
    for line in cells:
        table.add_row(*line)
    Console(markup=False, highlight=False).print(table)


def tell(text: str) -> None:
    """A message for the person at the keyboard."""
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()


def complain(text: str) -> None:
    """What went wrong, red on a terminal."""
    if sys.stderr.isatty():
        text = f"\x1b[31m{text}\x1b[0m"
    tell(text)
