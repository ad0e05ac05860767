"""python -m tests.simulation SEED                        one seed, with its trace
python -m tests.simulation --seeds 1-10000 [--jobs 2]  many, or 48,72; each red one says how to replay it
python -m tests.simulation --mutant NAME --seeds 1-500 stops at the first seed that notices the fault
python -m tests.simulation --mutants [--jobs 2]        every fault, and the seed that notices it
"""

import argparse
import sys
from contextlib import suppress


def main() -> int:
    options = _options()
    if options.mutants:
        return _play_mutants(options.jobs)
    if options.mutant:
        from tests.simulation.mutants import MUTANTS
        from tests.simulation.mutating import switch_on

        switch_on(MUTANTS[options.mutant])  # before anything of the engine is imported
    return _play_one(options.seed) if options.seed is not None else _play_many(options)


def _play_one(seed: int) -> int:
    from tests.simulation import running
    from tests.simulation.story import tell
    from tests.simulation.world import play

    report = play(tell(seed, most_processes=running.PROCESSES), keep_trace=True)
    print("\n".join(report.trace))
    print(f"seed {report.seed}: {report.counts}, trace {report.trace_hash}")
    print("\n".join(report.violations) or "no violation")
    return 1 if report.violations else 0


def _play_many(options: argparse.Namespace) -> int:
    from tests.simulation.running import Tally, complaint, run_on

    tally = Tally()
    with suppress(KeyboardInterrupt):  # what was played until then counts
        for report in run_on(options.jobs, _seeds(options.seeds)):
            tally.add(report)
            if said := complaint(report, mutant=options.mutant):
                print(said, flush=True)
                if options.mutant:
                    break
    print(tally)
    return 1 if tally.red else 0


def _seeds(words: str) -> list[int]:
    found: list[int] = []
    for word in words.split(","):
        first, _, last = word.partition("-")
        found.extend(range(int(first), int(last or first) + 1))
    return found


def _play_mutants(jobs: int) -> int:
    from tests.simulation.mutants import MUTANTS
    from tests.simulation.running import noticed

    unnoticed = 0
    for name, seed in noticed(MUTANTS, jobs=jobs):
        unnoticed += seed is None
        print(f"{name}: {'not noticed' if seed is None else f'noticed by seed {seed}'}", flush=True)
    print(f"{len(MUTANTS)} deliberate faults, {unnoticed} not noticed")
    return 1 if unnoticed else 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m tests.simulation",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("seed", nargs="?", type=int)
    parser.add_argument("--seeds", default="1-100", metavar="FIRST-LAST")
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--mutant")
    parser.add_argument("--mutants", action="store_true")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
