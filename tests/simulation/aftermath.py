"""What must be true once all is quiet: rings have their answers, nothing hangs, all counts are right."""

import json
from collections import Counter
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection

from campaigns.rules.vocabulary import ANSWERED, CallResult
from engine.spool.files import bytes_waiting
from engine.spool.places import spool_folder
from tests.promises import broken_figures, broken_promises
from tests.simulation.watch import Seen, Watch

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


async def check_everything(world: "World") -> None:
    for invariant, sentence in _broken(world):
        world.violate(invariant, sentence)
        return


def _broken(world: "World") -> Iterable[tuple[str, str]]:
    far_off = world.watch.far_off  # then history was asked for other days than those of the calls
    if not far_off:
        yield from _rings(world)
    yield from _webhooks(world)
    yield from _texts(world)
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
        if seen.state == "unknown" or len(askers[ring.task]) > 1:
            continue
        if seen.state == "unplaced" and watch.hurried:
            continue  # its row is looked for at another time than it rang
        if seen.state != "done" or result is None:
            yield "I3", f"attempt {key} to {ring.number} rang, and ended as {seen.state}"
        elif (result in ANSWERED) != (ring.answered_at is not None) and not _may_be_mixed_up(watch, seen):
            yield "I3", f"attempt {key} to {ring.number} is {result}, answered was {ring.answered_at}"
    campaign_of = {seen.recipient: seen.campaign for seen in attempts.values()}
    for recipient, number in rang.items():
        most = world.story.campaigns[campaign_of[recipient] - 1].attempts
        if number > most and not watch.evidence_may_be_late:
            yield "I7", f"recipient {recipient} was called {number} times, allowed were {most}"


def _may_be_mixed_up(watch: Watch, seen: Seen) -> bool:
    """Where a row came so late that the number was called again, one call's may be taken for another's."""
    given_up = (watch.attempts[key] for key in watch.ever_given_up)
    return watch.evidence_may_be_late and any(each.phone == seen.phone for each in given_up)


def _webhooks(world: "World") -> Iterable[tuple[str, str]]:
    """I3, I5, I10: what LiraX told us and we took with 200 has had its effect."""
    askers = world.watch.askers()
    known = dict(
        world.disk.raw.execute(
            "SELECT provider_id, state FROM attempt WHERE provider_id IS NOT NULL"
        ).fetchall()
    )
    for sent in world.exchange.truth.webhooks:
        if sent.answer != 200:
            continue
        if sent.command == "make2calls_finished":
            task = sent.fields["id_make2calls"]
            if len(askers.get(task, [])) != 1:
                continue  # nobody's, or the id of several
            if task in known and known[task] != "done":
                yield "I3", f"call {task} was reported finished, and is {known[task]}"
            if task in known and _pressed_nine(sent.fields):
                phone = world.watch.attempts[askers[task][0]].phone
                if phone not in world.watch.stopped:
                    yield "I5", f"{phone} pressed 9, and is not on the do-not-call list"
        elif sent.fields.get("text") == "STOP" and sent.fields["ani"] not in world.watch.stopped:
            yield "I5", f"{sent.fields['ani']} wrote STOP, and is not on the do-not-call list"


def _texts(world: "World") -> Iterable[tuple[str, str]]:
    """I12: what a rule texts is written once for each call that gave reason to, or for each person."""
    ordered = Counter(
        world.disk.raw.execute("SELECT phone, text FROM sms WHERE recipient_id IS NOT NULL").fetchall()
    )
    people = Counter(phone for (phone,) in world.disk.raw.execute("SELECT phone FROM recipient"))
    rings = [ring for ring in world.exchange.truth.rings if ring.leg == 1]
    reasons = {
        "Thank you": Counter(ring.number for ring in rings if "1" in ring.keys),
        "We called you": Counter(ring.number for ring in rings if ring.answered_at is None),
        "We could not reach you": people,
    }
    mixed_up = world.watch.phones_of_ids_given_twice()
    for (phone, text), times in ordered.items():
        if phone in mixed_up:
            continue
        if times > (most := reasons[text][phone]):
            yield "I12", f"“{text}” was ordered {times} times for {phone}, reasons were {most}"


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


def _pressed_nine(fields: dict[str, Any]) -> bool:
    try:
        pressed = json.loads(fields.get("keys") or "[]")
    except ValueError:
        return False
    return any(str(press.get("key")) == "9" for press in pressed)


def _file(world: "World") -> Iterable[tuple[str, str]]:
    """I18."""
    for pragma, good in (("integrity_check", [("ok",)]), ("foreign_key_check", [])):
        found = world.disk.raw.execute(f"PRAGMA {pragma}").fetchall()
        if found != good:
            yield "I18", f"{pragma} says {found}"
