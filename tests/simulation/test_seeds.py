"""A hundred seeds of the whole engine in virtual time; `make proof` plays ten thousand."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.simulation.mutants import MUTANTS
from tests.simulation.mutating import replaced
from tests.simulation.regressions import RED_ONCE, WRONGLY_RED

SEEDS = "1-100"


def test_no_seed_breaks_a_promise() -> None:
    played = _simulate("--seeds", SEEDS, "--jobs", "2")
    assert played.returncode == 0, played.stdout + played.stderr
    assert played.stdout.startswith("100 seeds, 0 red")


def test_what_was_red_once_stays_green() -> None:
    seeds = [*RED_ONCE, *WRONGLY_RED]
    played = _simulate("--seeds", ",".join(map(str, seeds)))
    assert played.returncode == 0, played.stdout + played.stderr
    assert played.stdout.startswith(f"{len(seeds)} seeds, 0 red")


@pytest.mark.parametrize("seed", ["9", "27"])
def test_a_seed_tells_the_same_story_however_python_orders_its_sets(seed: str) -> None:
    stories = [_simulate(seed, PYTHONHASHSEED=order).stdout for order in ("1", "2")]
    assert stories[0] == stories[1]
    assert stories[0].endswith("no violation\n")


@pytest.mark.parametrize("mutant", MUTANTS)
def test_every_deliberate_fault_still_finds_the_lines_it_replaces(mutant: str) -> None:
    for change in MUTANTS[mutant].changes:
        source = Path(*change.module.split(".")).with_suffix(".py").read_text(encoding="utf-8")
        compile(replaced(source, change), change.module, "exec")


def test_a_deliberate_fault_is_noticed() -> None:
    played = _simulate("--mutant", "requeue-on-restart", "--seeds", "1-500")
    assert played.returncode == 1, played.stdout + played.stderr
    assert re.search(r"replay it: .* --mutant requeue-on-restart", played.stdout)


def _simulate(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "tests.simulation", *words]
    return subprocess.run(
        command, env={**os.environ, **environment}, capture_output=True, text=True, check=False
    )
