"""A hundred seeds of the whole engine in virtual time; `make proof` plays ten thousand."""

import os
import subprocess
import sys

import pytest

from tests.simulation.regressions import RED_ONCE
from tests.simulation.running import complaint, run
from tests.simulation.story import tell
from tests.simulation.world import play

SEEDS, SLICES = 100, 10


@pytest.mark.parametrize("first", range(1, SEEDS + 1, SEEDS // SLICES))
def test_no_seed_breaks_a_promise(first: int) -> None:
    complaints = [complaint(report) for report in run(range(first, first + SEEDS // SLICES))]
    assert not any(complaints), "\n".join(filter(None, complaints))


@pytest.mark.parametrize("seed", sorted(RED_ONCE))
def test_what_was_red_once_stays_green(seed: int) -> None:
    assert complaint(play(tell(seed))) == "", RED_ONCE[seed]


@pytest.mark.parametrize("seed", [3, 9, 27])
def test_a_seed_tells_the_same_story_each_time(seed: int) -> None:
    assert play(tell(seed)).trace_hash == play(tell(seed)).trace_hash


def test_a_seed_does_not_depend_on_how_python_orders_its_sets() -> None:
    said = [_replayed(9, hash_seed) for hash_seed in ("1", "2")]
    assert said[0] == said[1]
    assert "no violation" in said[0]


def _replayed(seed: int, hash_seed: str) -> str:
    command = [sys.executable, "-m", "tests.simulation", str(seed)]
    environment = {**os.environ, "PYTHONHASHSEED": hash_seed}
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout
