"""What must be true once all is quiet: rings have their answers, nothing hangs, all counts are right."""

from collections import Counter
from collections.abc import Iterable
from typing import TYPE_CHECKING

from sqlalchemy import Connection

from campaigns.rules.vocabulary import ANSWERED, CallResult
from engine.spool.files import bytes_waiting
from engine.spool.places import spool_folder
from tests.promises import broken_figures, broken_promises
from tests.simulation.answers import broken_answers, may_be_mixed_up

if TYPE_CHECKING:
    from tests.simulation.world import World

LOOKED_AT_ELSEWHERE = ("was asked twice within", "rang twice within")
"""By `Watch`, which knows what the house cannot: how long a request travels, and whose clock was set."""

WAITING = (
    ("a call is open", "SELECT id FROM attempt WHERE state IN ('placing','ambiguous','placed')"),
    ("somebody waits", "SELECT phone FROM recipient WHERE state IN ('pending','waiting','calling')"),
    ("a message waits", "SELECT id FROM sms WHERE state IN ('queued','sending')"),
    ("an effect waits", "SELECT id FROM effect WHERE state IN ('queued','sending')"),
    ("a webhook waits", "SELECT id FROM inbox WHERE applied_at IS NULL AND dead = 0"),
    ("a campaign has not ended", "SELECT name FROM campaign WHERE state NOT IN ('finished','cancelled')"),
    ("a line is held", "SELECT attempt_id FROM line_slot WHERE attempt_id IS NOT NULL"),
)


def is_at_rest(world: "World") -> str | None:
    """What still waits; None when nothing does."""
    if not all(process.is_up for process in world.processes):
        return "a process is down"
    if bytes_waiting(spool_folder(world.settings)):
        return "a webhook waits in the spool"
    for what, query in WAITING:
        found = world.disk.raw.execute(query).fetchall()
        if found:
            return f"{what}: {[row[0] for row in found]}"
    return "a call is up" if world.exchange.live else None


def rang_and_is_unknown(world: "World") -> bool:
    """Whether there is a call that history may yet tell of."""
    attempts = world.watch.attempts
    asked = (key for keys in world.watch.askers().values() for key in keys)
    return world.history_tells_all and any(attempts[key].state == "unknown" for key in asked)


async def check_everything(world: "World") -> None:
    for invariant, sentence in _broken(world):
        world.violate(invariant, sentence)
        return


def _broken(world: "World") -> Iterable[tuple[str, str]]:
    far_off = world.watch.far_off  # then history was asked for other days than those of the calls
    if not far_off:
        yield from _rings(world)
    yield from broken_answers(world)
    yield from _lists(world)
    yield from _file(world)
    now = max(process.clock.now() for process in world.processes)

    def read(connection: Connection) -> list[str]:
        if far_off:
            return broken_figures(connection)
        return broken_promises(connection, world.exchange.truth, settings=world.settings, now=now)

    given_twice = [task for task, asked in world.watch.askers().items() if len(asked) > 1]
    untold = [*LOOKED_AT_ELSEWHERE, *(f"({task})" for task in given_twice)]
    for sentence in world.disk.read(read, life=None):
        if not any(words in sentence for words in untold):
            yield "I14", sentence


def _rings(world: "World") -> Iterable[tuple[str, str]]:
    """I3: each ring is of an attempt that ended with what really happened. I7: nobody is called too often."""
    watch = world.watch
    attempts = watch.attempts
    askers = world.watch.askers()
    rang: Counter[int] = Counter()
    for ring in world.exchange.truth.rings:
        if ring.leg != 1:
            continue
        asked = [key for key in askers.get(ring.task, []) if attempts[key].phone == ring.number]
        if not asked:
            yield "I3", f"{ring.number} rang, and nobody had asked for it"
            continue
        key = asked[0]
        seen = attempts[key]
        rang[seen.recipient] += 1
        result = None if seen.result is None else CallResult(seen.result)
        if len(askers[ring.task]) > 1:
            continue
        if seen.state == "unknown":
            if world.history_tells_all:
                yield "I3", f"attempt {key} to {ring.number} rang, history shows it, and it ended as unknown"
            continue
        if seen.state == "unplaced" and watch.hurried:
            continue  # its row is looked for at another time than it rang
        if seen.state != "done" or result is None:
            yield "I3", f"attempt {key} to {ring.number} rang, and ended as {seen.state}"
        elif (result in ANSWERED) != (ring.answered_at is not None) and not may_be_mixed_up(watch, seen):
            yield "I3", f"attempt {key} to {ring.number} is {result}, answered was {ring.answered_at}"
    campaign_of = {seen.recipient: seen.campaign for seen in attempts.values()}
    for recipient, number in rang.items():
        most = world.story.campaigns[campaign_of[recipient] - 1].attempts
        if number > most and not watch.evidence_may_be_late:
            yield "I7", f"recipient {recipient} was called {number} times, allowed were {most}"


def _lists(world: "World") -> Iterable[tuple[str, str]]:
    """I15: whoever was put into a campaign stands there once, however often that was tried."""
    query = (  # those of the lists; a call that was triggered is the person's reason as well
        "SELECT campaign.name, phone, sum(external_id IS NOT 'triggered') FROM recipient "
        "JOIN campaign ON campaign.id = campaign_id GROUP BY 1, 2"
    )
    times = {(name, phone): number for name, phone, number in world.disk.raw.execute(query)}
    for (name, phone), number in times.items():
        if number > 1:
            yield "I15", f"{phone} stands in {name} {number} times"
    for name, phone in world.added:
        if (name, phone) not in times:
            yield "I15", f"{phone} was taken into {name}, and is not there"


def _file(world: "World") -> Iterable[tuple[str, str]]:
    """I18."""
    for pragma, good in (("integrity_check", [("ok",)]), ("foreign_key_check", [])):
        found = world.disk.raw.execute(f"PRAGMA {pragma}").fetchall()
        if found != good:
            yield "I18", f"{pragma} says {found}"
