"""The long run: `make fuzz`, or `python -m tests.fuzz --seconds 60 --seed 7`. Prints what was tried.

A text that breaks something is kept in fuzz-found/; made small, it belongs into the corpus.
"""

import argparse
import asyncio
import logging
import tempfile
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import structlog

from tests.fuzz.monsters import spreadsheets
from tests.fuzz.rooms import recorded_answers, recorded_webhooks, rooms
from tests.fuzz.running import Found, Outcome, resident_bytes, run
from tests.fuzz.spoiling import corpus, spoiled

GROWTH = 50_000_000  # bytes of memory that a whole run may take
SLICE = 200
MEMORY = Path("/dev/shm")


def texts_for(seed: int) -> dict[str, Iterator[bytes]]:
    """Without end, for each room."""
    answers = [*corpus("answers"), *recorded_answers()]
    return {
        "webhooks": spoiled([*corpus("webhooks"), *recorded_webhooks()], seed=seed),
        "lists": spoiled([*corpus("lists"), *spreadsheets()], seed=seed),
        "people in CSV": spoiled([*corpus("lists"), *spreadsheets()], seed=seed + 1),
        "people in JSON": spoiled(corpus("people"), seed=seed),
        "definitions": spoiled(corpus("definitions"), seed=seed),
        "definitions over the API": spoiled(corpus("definitions"), seed=seed + 1),
        "answers": spoiled(answers, seed=seed),
        "answers over a socket": spoiled(answers, seed=seed + 1),
        "history": spoiled(corpus("history"), seed=seed),
    }


async def fuzz(*, seconds: float, seed: int) -> bool:
    """Whether nothing broke."""
    texts, outcomes, began = texts_for(seed), {}, time.monotonic()
    with tempfile.TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None) as folder:
        async with rooms(Path(folder)) as opened:
            outcomes = {name: Outcome() for name in opened.checks}
            held = 0
            try:
                while time.monotonic() - began < seconds:
                    for name, check in opened.checks.items():
                        await run(name, check, islice(texts[name], SLICE), outcome=outcomes[name])
                    held = held or resident_bytes()  # after the first round all modules and caches are there
            except Found as found:
                print(f"FOUND {found}")
                return False
            grown = resident_bytes() - held
    for name, outcome in outcomes.items():
        print(f"{name}: {outcome}")
    print(f"memory grew by {grown / 1e6:.1f} MB after the first round; seed {seed}")
    return grown < GROWTH


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--seconds", type=float, default=600)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    if not asyncio.run(fuzz(seconds=asked.seconds, seed=asked.seed)):
        raise SystemExit(1)


if __name__ == "__main__":
    main()
