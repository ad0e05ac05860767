"""Runs rooms over spoiled texts, and counts: how many, what became of them, how long, how much memory."""

import json
import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from tests.fuzz.rooms import Check

SLOWEST = 1.0  # seconds of the processor for one text; a busy machine makes nothing slow
FOUND = Path("fuzz-found")  # where a text that broke something is kept


class Found(AssertionError):
    """A text that broke something."""


@dataclass
class Outcome:
    tried: int = 0
    became: Counter[str] = field(default_factory=Counter)
    slowest: float = 0.0

    def __str__(self) -> str:
        words = ", ".join(f"{word} {number:,}" for word, number in self.became.most_common())
        return (
            f"{self.tried:,} tried ({words}), the slowest took {self.slowest * 1000:.0f} ms of the processor"
        )


async def run(name: str, check: Check, texts: Iterable[bytes], *, outcome: Outcome) -> None:
    """Raises Found with the text that broke the room, which is kept in a file."""
    for body in texts:
        outcome.tried += 1
        began = time.process_time()
        try:
            word = await check(body, outcome.tried)
        except Exception as error:
            raise Found(f"{name}: {type(error).__name__}: {error}\n{_kept(name, body)}") from error
        took = time.process_time() - began
        if took > SLOWEST:
            raise Found(f"{name}: took {took:.1f} s\n{_kept(name, body)}")
        outcome.slowest = max(outcome.slowest, took)
        outcome.became[word] += 1


def resident_bytes() -> int:
    """What this process holds of memory."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * 4096


def _kept(name: str, body: bytes) -> str:
    FOUND.mkdir(exist_ok=True)
    path = FOUND / f"{name.replace(' ', '-')}-{len(body)}"
    path.write_bytes(body)
    return f"kept in {path}: {json.dumps(body[:200].decode('latin-1'))}"
