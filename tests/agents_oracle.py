"""How many calls were in the air, and for how many free agents: from the simulator's truth alone."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from engine.lirax.simulator.truth import Truth


class Tick(NamedTuple):
    """A moment at which something changed. Calls are named by their task."""

    at: datetime
    in_the_air: frozenset[str]  # not joined and not over when the moment has passed
    placed: frozenset[str]  # began at this moment
    free: frozenset[str]  # told to be free, by a `staton` that arrived, at any time of this moment


def ticks(truth: Truth) -> Iterator[Tick]:
    """The moments at which a call began, was joined or ended, or LiraX told of an agent."""
    begins, ends = defaultdict(set), defaultdict(set)
    joined = {ring.task: ring.answered_at for ring in truth.rings if ring.leg == 2}
    for ring in truth.rings:
        if ring.leg == 1:
            begins[ring.started_at].add(ring.task)
            over = joined.get(ring.task) or ring.ended_at
            if over is not None:
                ends[over].add(ring.task)
    told = defaultdict(list)
    for sent in truth.webhooks_of("staton"):
        if sent.answer == 200:
            told[sent.at].append(sent)
    up: set[str] = set()
    free: set[str] = set()
    for at in sorted({*begins, *ends, *told}):
        up = (up | begins[at]) - ends[at]
        at_some_time = set(free)
        for sent in told[at]:
            is_free = sent.fields["status"] == "1"
            free = free | {sent.fields["ext"]} if is_free else free - {sent.fields["ext"]}
            at_some_time |= free
        yield Tick(at, frozenset(up), frozenset(begins[at]), frozenset(at_some_time))


def most_in_the_air(truth: Truth) -> int:
    """The most calls that were in the air at once."""
    return max((len(tick.in_the_air) for tick in ticks(truth)), default=0)
