"""How many calls were in the air, and for how many free agents: from the simulator's truth alone."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import NamedTuple

from engine.lirax.simulator.truth import Truth


class Tick(NamedTuple):
    """What is so from that moment on, as LiraX knows it; `free` as far as a delivered `staton` told."""

    at: datetime
    in_the_air: frozenset[str]
    free: frozenset[str]
    placed: frozenset[str]  # tasks that began at this very moment


def ticks(truth: Truth) -> Iterator[Tick]:
    """The moments at which a call began, was joined or ended, or LiraX told of an agent."""
    joined = {ring.task: ring.answered_at for ring in truth.rings if ring.leg == 2}
    spans = [
        (ring.task, ring.started_at, joined.get(ring.task) or ring.ended_at)
        for ring in truth.rings
        if ring.leg == 1
    ]
    told = [sent for sent in truth.webhooks_of("staton") if sent.answer == 200]
    moments = {at for _, start, end in spans for at in (start, end) if at} | {sent.at for sent in told}
    status: dict[str, str] = {}
    for at in sorted(moments):
        status.update({sent.fields["ext"]: sent.fields["status"] for sent in told if sent.at == at})
        yield Tick(
            at,
            frozenset(task for task, start, end in spans if start <= at and (end is None or at < end)),
            frozenset(ext for ext, word in status.items() if word == "1"),
            frozenset(task for task, start, _ in spans if start == at),
        )


def most_in_the_air(truth: Truth, tasks: Mapping[str, object] | None = None) -> int:
    """The most calls that were in the air at once, of all or of these tasks."""
    return max(
        (len(tick.in_the_air if tasks is None else tick.in_the_air & tasks.keys()) for tick in ticks(truth)),
        default=0,
    )
