"""`python -m tests.killing sqlite 200`: kill -9 and worse, cycle after cycle, then the audit."""

import argparse
import sys
import tempfile
import time
from pathlib import Path

from tests.killing.proving import Report, prove


def main() -> int:
    words = argparse.ArgumentParser(prog="python -m tests.killing", description=__doc__)
    words.add_argument("database", choices=["sqlite", "postgresql"])
    words.add_argument("cycles", type=int)
    words.add_argument("--seed", type=int, default=1)
    words.add_argument("--keep", action="store_true", help="leave the folder behind, to look into it")
    wanted = words.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="dzvin-killing-"))
    began = time.monotonic()
    report = prove(folder, database=wanted.database, cycles=wanted.cycles, seed=wanted.seed, say=_say)
    _print(report, minutes=(time.monotonic() - began) / 60, seed=wanted.seed)
    if report.broken or wanted.keep:
        print(f"the folder is left: {folder}")
    return 1 if report.broken else 0


def _say(sentence: str) -> None:
    print(sentence, flush=True)


def _print(report: Report, *, minutes: float, seed: int) -> None:
    print(f"\n{report.database}, seed {seed}: {report.cycles} cycles in {minutes:.1f} min")
    if report.not_played is not None:
        print(f"  {report.not_played}")
    for name, count in (*sorted(report.troubles.items()), *report.figures.items()):
        print(f"  {name:<48}{count:>8}")
    print(f"  {'violations':<48}{len(report.broken):>8}")
    for sentence in report.broken[:50]:
        print(f"    {sentence}")


if __name__ == "__main__":
    sys.exit(main())
