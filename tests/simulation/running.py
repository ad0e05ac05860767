"""Many seeds, one after another or on several processors, and what is said of a red one."""

import gc
import re
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context

from tests.simulation.story import tell
from tests.simulation.watch import Counts
from tests.simulation.world import Report, play

PROCESSES = 4  # of Dzvin on the one database, at most
MUTANT_SEEDS = "1-500"
SLICE = 20  # seeds a processor plays before it is given others


def run(seeds: Iterable[int]) -> Iterator[Report]:
    gc.freeze()  # what was imported need not be looked through again after every seed
    for seed in seeds:
        yield play(tell(seed, most_processes=PROCESSES))


def run_on(processors: int, seeds: Sequence[int]) -> Iterator[Report]:
    """The same on so many processors."""
    if processors == 1:
        yield from run(seeds)
        return
    slices = [seeds[start : start + SLICE] for start in range(0, len(seeds), SLICE)]
    with ProcessPoolExecutor(processors, mp_context=get_context("spawn")) as pool:
        for reports in pool.map(_played, slices):
            yield from reports


def _played(seeds: Sequence[int]) -> list[Report]:
    return list(run(seeds))


def complaint(report: Report, *, mutant: str | None = None) -> str:
    """Empty for a green one."""
    if not report.violations:
        return ""
    words = f"{report.seed} --mutant {mutant}" if mutant else f"{report.seed}"
    return "\n".join([*report.violations, f"replay it: python -m tests.simulation {words}"])


def noticed(mutants: Iterable[str], *, jobs: int) -> Iterator[tuple[str, int | None]]:
    """Of each deliberate fault the first seed that notices it, None where none of MUTANT_SEEDS does."""
    with ThreadPoolExecutor(jobs) as pool:
        yield from zip(mutants, pool.map(_noticed, mutants), strict=True)


def _noticed(mutant: str) -> int | None:
    """In a process of its own: the fault is switched on while the house is imported."""
    command = [sys.executable, "-m", "tests.simulation", "--mutant", mutant, "--seeds", MUTANT_SEEDS]
    played = subprocess.run(command, capture_output=True, text=True, check=False)
    found = re.search(r"^replay it: python -m tests\.simulation (\d+)", played.stdout, re.MULTILINE)
    return None if found is None else int(found[1])


class Tally:
    """What a long run adds up to."""

    def __init__(self) -> None:
        self._began = time.monotonic()
        self._counts = Counts()
        self._seeds = self.red = 0

    def add(self, report: Report) -> None:
        self._seeds += 1
        self._counts += report.counts
        self.red += bool(report.violations)

    def __str__(self) -> str:
        counted = ", ".join(
            f"{number:,} {name.replace('_', ' ')}" for name, number in vars(self._counts).items()
        )
        speed = self._seeds / (time.monotonic() - self._began)
        return f"{self._seeds:,} seeds, {self.red} red: {counted}; {speed:.2f} seeds/s"
