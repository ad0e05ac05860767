"""What LiraX told us with a 200, and what it must have become: results, keys, stops, messages."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tests.simulation.watch import Seen, Watch

if TYPE_CHECKING:
    from engine.lirax.simulator.truth import Ring
    from tests.simulation.world import World

LISTENED_SECONDS = 15.0  # success_after of every story
A_SECOND = 1.5  # durations are told in whole seconds, begun ones too
KINDS = {
    "busy": {"Busy"},
    "not_allowed": {"NotAllowed"},
    "unreachable": {"NotAvailable", "NoAnswer"},  # an option of LiraX says so of whoever does not pick up
}


@dataclass(frozen=True)
class Kept:
    """What stands of a call in the database."""

    attempt: int
    seen: Seen
    keys: str


def broken_answers(world: "World") -> Iterable[tuple[str, str]]:
    yield from _finished(world)
    yield from _once(world)
    yield from _stop_words(world)
    yield from _texts(world)
    if not world.watch.far_off:
        yield from _kinds(world)


def _finished(world: "World") -> Iterable[tuple[str, str]]:
    """I3, I5, I10: of a call whose id we know, the finished webhook decides, with all its keys."""
    kept, watch = _kept(world), world.watch
    thanked = {cause for (cause,) in world.disk.raw.execute("SELECT cause FROM sms")}
    for sent in world.exchange.truth.webhooks:
        if sent.answer != 200 or sent.command != "make2calls_finished":
            continue
        task = sent.fields["id_make2calls"]
        call = kept.get(task)
        if call is None or len(watch.askers().get(task, [])) != 1:
            continue  # nobody's, or the id of several
        who, keys = f"call {task} to {call.seen.phone}", _keys(sent.fields)
        [asked] = watch.askers()[task]
        if call.attempt != asked:
            yield "I10", f"{who}: attempt {call.attempt} was given the id of attempt {asked}"
        if call.seen.state != "done":
            yield "I3", f"{who} was reported finished, and is {call.seen.state}"
        if call.keys != keys:
            yield "I10", f"{who} was told to have pressed “{keys}”, and has pressed “{call.keys}”"
        if "9" in keys and call.seen.phone not in watch.stopped:
            yield "I5", f"{call.seen.phone} pressed 9, and is not on the do-not-call list"
        rule = _rule_of_one(world, call.seen)
        if "1" in keys and rule is not None and f"attempt:{call.attempt}:rule:{rule}" not in thanked:
            yield "I10", f"{who} pressed 1, and no “Thank you” was ordered"


def _once(world: "World") -> Iterable[tuple[str, str]]:
    """I10: a webhook that came several times is there once."""
    query = (
        "SELECT subject, count(*) FROM inbox WHERE cmd = 'make2calls_finished' GROUP BY subject, body "
        "HAVING count(*) > 1"
    )
    for task, times in world.disk.raw.execute(query):
        yield "I10", f"the finished webhook of call {task} is stored {times} times"


def _stop_words(world: "World") -> Iterable[tuple[str, str]]:
    for sent in world.exchange.truth.webhooks:
        if sent.answer == 200 and sent.fields.get("text") == "STOP":
            phone = sent.fields["ani"]
            if phone not in world.watch.stopped:
                yield "I5", f"{phone} wrote STOP, and is not on the do-not-call list"


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
        if phone not in mixed_up and times > (most := reasons[text][phone]):
            yield "I12", f"“{text}” was ordered {times} times for {phone}, reasons were {most}"


def _kinds(world: "World") -> Iterable[tuple[str, str]]:
    """I3: busy is not taken for away, nor a short talk for a long one."""
    watch = world.watch
    mixed_up = watch.phones_of_ids_given_twice()
    for ring in world.exchange.truth.rings:
        asked = watch.askers().get(ring.task, [])
        if ring.leg != 1 or len(asked) != 1 or ring.number in mixed_up:
            continue
        seen = watch.attempts[asked[0]]
        if seen.state == "done" and not may_be_mixed_up(watch, seen) and not _agrees(ring, str(seen.result)):
            yield "I3", f"attempt {asked[0]} to {ring.number} is {seen.result}, it was {_describe(ring)}"


def may_be_mixed_up(watch: Watch, seen: Seen) -> bool:
    """Where a row came so late that the number was called again, one call's may be taken for another's."""
    given_up = (watch.attempts[key] for key in watch.ever_given_up)
    return watch.evidence_may_be_late and any(each.phone == seen.phone for each in given_up)


def _agrees(ring: "Ring", result: str) -> bool:
    if result in KINDS:
        return ring.status in KINDS[result]
    if ring.answered_at is None or ring.ended_at is None:
        return result == "no_answer"
    talked = (ring.ended_at - ring.answered_at).total_seconds()
    if abs(talked - LISTENED_SECONDS) <= A_SECOND:
        return result.startswith("answered")
    return result == ("answered_full" if talked > LISTENED_SECONDS else "answered_short")


def _describe(ring: "Ring") -> str:
    if ring.answered_at is None or ring.ended_at is None:
        return str(ring.status)
    return f"answered for {(ring.ended_at - ring.answered_at).total_seconds():.1f} s"


def _kept(world: "World") -> Mapping[str, Kept]:
    """By LiraX's id of the call, where we know it."""
    rows = world.disk.raw.execute("SELECT id, provider_id, keys FROM attempt WHERE provider_id IS NOT NULL")
    return {task: Kept(key, world.watch.attempts[key], _pressed(keys)) for key, task, keys in rows.fetchall()}


def _rule_of_one(world: "World", seen: Seen) -> int | None:
    """The place of the campaign's rule that thanks whoever presses 1."""
    rules = world.story.campaigns[seen.campaign - 1].document["rules"]
    return next((place for place, rule in enumerate(rules) if rule["when"] == {"key": "1"}), None)


def _keys(fields: Mapping[str, Any]) -> str:
    return _pressed(fields.get("keys"))


def _pressed(text: str | None) -> str:
    try:
        presses = json.loads(text or "[]")
    except ValueError:
        return ""
    return "".join(str(press.get("key")) for press in presses)
