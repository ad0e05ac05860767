"""Agents kept busy, and people left alone: a working morning in moved time, the real engine over real HTTP.

The same people answer in every case, alike for each seed; only what the campaign may have in the air differs.
"""

import asyncio
import tempfile
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from engine.lirax.simulator.agents import TALKING, WRAPPING_UP, Queue
from engine.lirax.simulator.chance import between, fraction
from engine.lirax.simulator.people import Behaviour, Pickup
from engine.lirax.simulator.truth import Truth
from tests.bench.table import Figure
from tests.world import World, a_world

SEED = 7
EXTS = ("201", "202", "203", "204", "205")
LINES = 20
HOURS = 2.0
ANSWER_SHARE = 0.45
TALK_SECONDS = (20.0, 160.0)  # 90 on average
RING_SECONDS = (4.0, 20.0)
PATIENCE_SECONDS = (4.0, 14.0)  # in silence, nobody waits for long
QUEUE = Queue(EXTS, answer_seconds=2, wrap_up_seconds=15)
PATIENT = timedelta(seconds=60)  # real time: a busy machine must not make an answer late
CAMPAIGN = "call: {connect: '5001'}\n"
CASES = {
    "not aware of agents, 20 lines": "",
    "one call an agent (baseline)": "agents: all\n",
    "1.5 calls an agent": "agents: all\npace: {per_agent: 1.5}\n",
    "2 calls an agent": "agents: all\npace: {per_agent: 2}\n",
    "2 calls an agent, at most 3 % abandoned": "agents: all\npace: {per_agent: 2, max_abandoned: 3%}\n",
}
HOW = (
    f"{len(EXTS)} agents, {LINES} lines, {HOURS:g} h of moved time, {ANSWER_SHARE:.0%} answer; "
    f"talks {TALK_SECONDS[0]:.0f}-{TALK_SECONDS[1]:.0f} s, {QUEUE.wrap_up_seconds:.0f} s after; seed {SEED}"
)


class Morning(NamedTuple):
    """`busy` is the share of the agents' time in calls, and after them; `abandoned` of those who answered."""

    busy: float
    abandoned: float
    answered: int


def behaviour_of(person: str) -> Behaviour:
    """Drawn from the seed and the number alone."""
    here = (SEED, person)
    if fraction(*here, "answers") >= ANSWER_SHARE:
        seconds = between(18, 30, *here, "in vain")
        return Behaviour(pickup=Pickup.NO_ANSWER, ring_seconds=round(seconds, 1), events=False)
    return Behaviour(
        ring_seconds=round(between(*RING_SECONDS, *here, "ring"), 1),
        talk_seconds=round(between(*TALK_SECONDS, *here, "talk"), 1),
        patience_seconds=round(between(*PATIENCE_SECONDS, *here, "patience"), 1),
    )


async def morning(folder: Path, more: str) -> Morning:
    async with a_world(folder, lines=LINES, lirax_timeout=PATIENT, seed=SEED) as world:
        world.exchange.set_options({"outgoing_incoming_event": False})
        world.exchange.directory.users.clear()
        world.exchange.agents.open_queue("5001", QUEUE)
        people = [f"38067{index:07}" for index in range(round(HOURS * 3600 * LINES / 15))]
        for person in people:
            world.script(person, behaviour_of(person))
        await world.campaign(CAMPAIGN + more, people=people)
        began = world.now
        await world.pass_time(hours=HOURS)
        return _morning(world, since=began)


def _morning(world: World, *, since: datetime) -> Morning:
    truth, until = world.exchange.truth, world.now
    joined = {ring.task for ring in truth.rings if ring.leg == 2 and ring.answered_at is not None}
    over = [ring for ring in truth.rings if ring.leg == 1 and ring.ended_at is not None]
    answered = [ring for ring in over if ring.answered_at is not None]
    alone = [ring for ring in answered if ring.task not in joined]
    spent = sum(_busy_seconds(truth, ext, since=since, until=until) for ext in EXTS)
    whole = (until - since).total_seconds() * len(EXTS)
    return Morning(spent / whole, len(alone) / max(1, len(answered)), len(answered))


def _busy_seconds(truth: Truth, ext: str, *, since: datetime, until: datetime) -> float:
    """In calls and after them."""
    spent, busy_since = 0.0, None
    for change in truth.presences:
        if change.ext != ext:
            continue
        if busy_since is not None:
            spent += (change.at - busy_since).total_seconds()
        busy_since = max(change.at, since) if change.status in (TALKING, WRAPPING_UP) else None
    return spent + (0.0 if busy_since is None else (until - busy_since).total_seconds())


def measure(more: str) -> Morning:
    with tempfile.TemporaryDirectory() as folder:
        return asyncio.run(morning(Path(folder), more))


def figures() -> Iterator[Figure]:
    for name, more in CASES.items():
        seen = measure(more)
        told = f"{seen.busy:.1%} busy, {seen.abandoned:.1%} abandoned of {seen.answered} who answered"
        yield Figure(f"agents: {name}", told, HOW)
