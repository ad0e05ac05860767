"""Runs rooms over spoiled texts, and counts: how many, what became of them, how long, how much memory."""

import asyncio
import ctypes
import gc
import json
import signal
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

from tests.fuzz.rooms import Check

SLOWEST = 1.0  # seconds of the processor for one text; a busy machine makes nothing slow
PATIENCE = 30.0  # seconds on the wall for one text: what waits for ever takes nothing of the processor
FOUND = Path("fuzz-found")  # where a text that broke something is kept


class Found(AssertionError):
    """A text that broke something."""


class Hangs(BaseException):
    """A text that never comes to an end; past every `except Exception` of those who read it."""


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


async def run(
    name: str, check: Check, texts: Iterable[bytes], *, outcome: Outcome, patience: float = PATIENCE
) -> None:
    """Raises Found with the text that broke the room, which is kept in a file."""
    for body in texts:
        outcome.tried += 1
        began = time.process_time()
        try:
            with _alarm(patience):
                word = await asyncio.wait_for(check(body, outcome.tried), patience)
        except Hangs as error:
            raise Found(f"{name}: hangs for {patience} s at {error}\n{_kept(name, body)}") from error
        except Exception as error:
            raise Found(f"{name}: {type(error).__name__}: {error}\n{_kept(name, body)}") from error
        took = time.process_time() - began
        if took > SLOWEST:
            raise Found(f"{name}: took {took:.1f} s\n{_kept(name, body)}")
        outcome.slowest = max(outcome.slowest, took)
        outcome.became[word] += 1


@contextmanager
def _alarm(patience: float) -> Iterator[None]:
    """For what never gives the loop its turn back, so that no time limit of the loop can end it."""

    def hangs(number: int, frame: FrameType | None) -> None:
        raise Hangs(frame and f"{frame.f_code.co_filename}:{frame.f_lineno}")

    before = signal.signal(signal.SIGALRM, hangs)
    signal.setitimer(signal.ITIMER_REAL, patience * 2)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def resident_bytes() -> int:
    """What this process holds of memory that it still needs; what it freed is given back first."""
    gc.collect()
    ctypes.CDLL(None).malloc_trim(0)
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * 4096


def _kept(name: str, body: bytes) -> str:
    FOUND.mkdir(exist_ok=True)
    path = FOUND / f"{name.replace(' ', '-')}-{len(body)}"
    path.write_bytes(body)
    return f"kept in {path}: {json.dumps(body[:200].decode('latin-1'))}"
