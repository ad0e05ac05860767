"""`dzvin import`: begins the import behind the door and looks at it until it is done."""

import asyncio
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from web.cli.door import Door

FIRST_LOOK_SECONDS = 0.05
LOOK_SECONDS = 0.3


@dataclass(frozen=True)
class Order:
    campaign: str
    path: Path
    phone_column: str | None
    rejected: Path | None

    def body(self) -> dict[str, Any]:
        return {
            "campaign": self.campaign,
            "path": str(self.path),
            "phone_column": self.phone_column,
            "rejected": None if self.rejected is None else str(self.rejected),
        }


class Bar(Protocol):
    def __call__(self, share: float, rows: int) -> None: ...


async def import_through(door: Door, order: Order) -> dict[str, Any]:
    """What the API answers for a list; raises WrongInput when nothing of it can be read."""
    begun = await door.post("/local/imports", order.body())
    wait = FIRST_LOOK_SECONDS
    with import_bar(order.path.name) as bar:
        while True:
            told = await door.get(f"/local/imports/{begun['job']}")
            bar(told["share"], told["rows"])
            if told["done"]:
                result: dict[str, Any] = told["result"]
                return result
            await asyncio.sleep(wait)
            wait = min(wait * 2, LOOK_SECONDS)


@contextmanager
def import_bar(name: str) -> Iterator[Bar]:
    """A bar on a terminal, gone when the import is done; nothing elsewhere."""
    if not sys.stderr.isatty():
        yield lambda share, rows: None
        return
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        TextColumn("{task.fields[rows]} rows"),
    )
    with Progress(*columns, TimeRemainingColumn(), console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task(f"Reading {name}", total=1.0, rows=0)
        yield lambda share, rows: progress.update(task, completed=share, rows=f"{rows:,}")
