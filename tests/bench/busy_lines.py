"""How busy the lines are: the real engine against the simulator over real HTTP, in time that is moved.

The bound is a dialer that loses no moment: each line gets the next call of the list when its last one ends.
"""

import asyncio
import heapq
import tempfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from engine.lirax.simulator.people import Behaviour
from tests.bench.table import Figure
from tests.world import World, a_world

PEOPLE_PER_LINE = 10
HOW = "shortest possible time from the first ring to the last end / the measured one; moved clock, so exact"
PATIENT = timedelta(seconds=30)  # real time: a busy machine must not make an answer late


async def utilisation(folder: Path, *, lines: int, seconds: list[float]) -> float:
    """How near the campaign came to the shortest time that its calls can take."""
    people = [f"38067{index:07}" for index in range(lines * PEOPLE_PER_LINE)]
    lengths = [seconds[index % len(seconds)] for index in range(len(people))]
    async with a_world(folder, lines=lines, lirax_timeout=PATIENT) as world:
        for person, length in zip(people, lengths, strict=True):
            world.script(person, Behaviour(ring_seconds=5, talk_seconds=length - 5, events=False))
        await world.campaign(people=people)
        await world.until(world.now + 3 * timedelta(seconds=sum(lengths)) / lines)
        spent = _time_from_first_to_last(world, people)
    return shortest(lengths, lines=lines) / spent


def shortest(lengths: list[float], *, lines: int) -> float:
    """Seconds until all calls are over, if each line takes the next the moment it is free."""
    free_at = [0.0] * lines
    for length in lengths:
        heapq.heapreplace(free_at, free_at[0] + length)
    return max(free_at)


def _time_from_first_to_last(world: World, people: list[str]) -> float:
    rings = [ring for person in people for ring in world.rings(person)]
    ends = [ring.ended_at for ring in rings if ring.ended_at is not None]
    if len(ends) != len(people):
        raise AssertionError(f"{len(people)} people were to be called once, {len(ends)} calls have ended")
    return (max(ends) - min(ring.started_at for ring in rings)).total_seconds()


def measure(lines: int, *, seconds: list[float]) -> float:
    with tempfile.TemporaryDirectory() as folder:
        return asyncio.run(utilisation(Path(folder), lines=lines, seconds=seconds))


def figures() -> Iterator[Figure]:
    for lines in (5, 10, 20):
        share = measure(lines, seconds=[60])
        yield Figure(
            f"line time used, {lines} lines, calls of 60 s", f"{share:.1%}", HOW, "97 % of the bound"
        )
    share = measure(10, seconds=[10, 35, 60, 85, 110])
    yield Figure("line time used, 10 lines, calls of 10-110 s", f"{share:.1%}", HOW)
