"""What must hold after the fire, judged by what the simulator knows; our own rows are only compared."""

import asyncio
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any, NamedTuple

from sqlalchemy import Connection, select, text

from engine.database.opening import open_database
from tests.builders import table
from tests.killing.feeding import ALLOWED
from tests.promises import broken_figures

Row = Mapping[str, Any]

ANSWERED = {"answered_full", "answered_short"}
NEVER_RANG = {"unplaced", "rejected"}
FINAL = {"done", "exhausted", "suppressed", "invalid", "cancelled", "expired"}
CLOCKS = timedelta(milliseconds=20)  # between the clocks of two processes of one machine
OPT_OUT = timedelta(seconds=4)  # what was past the fence when somebody said stop may still be on its way


class Audit(NamedTuple):
    broken: list[str]
    figures: dict[str, int]


class Known(NamedTuple):
    attempts: list[Row]
    recipients: list[Row]
    inbox: list[Row]
    broken: list[str]


def audit(url: str, *, truth: Mapping[str, Any], people: Mapping[str, set[str]]) -> Audit:
    known = asyncio.run(_read(url))
    posts = [post for post in truth["posts"] if post["command"] == "make2Calls"]
    rings = [ring for ring in truth["rings"] if ring["leg"] == 1]
    broken = [
        *known.broken,
        *_requests(known.attempts, posts),
        *_rings(rings, people),
        *_results(known.attempts, posts, rings),
        *_answers(known, truth["webhooks"]),
        *_opted_out(posts, truth["webhooks"], posts_of=_by(posts, lambda post: post["fields"]["to1"])),
        *_everybody(known.recipients, people),
    ]
    results: dict[str, int] = defaultdict(int)
    for attempt in known.attempts:
        results[f"attempts that ended as {attempt['result']}"] += 1
    figures = {
        "people": sum(len(each) for each in people.values()),
        "attempts": len(known.attempts),
        "requests that reached LiraX": len(posts),
        "phones that rang": sum(ring["rang"] for ring in rings),
        "webhooks sent": len(truth["webhooks"]),
        "webhooks answered 200": sum(each["answer"] == 200 for each in truth["webhooks"]),
        "finished webhooks of no known call": sum(
            row["cmd"] == "make2calls_finished" and row["verdict"] == "orphan" for row in known.inbox
        ),
        **dict(sorted(results.items())),
    }
    return Audit(broken, figures)


async def _read(url: str) -> Known:
    database = await open_database(url, upgrade=False)
    try:
        return await database.read(_rows_of)
    finally:
        await database.close()


def _rows_of(connection: Connection) -> Known:
    broken = list(broken_figures(connection))
    if connection.dialect.name == "sqlite":
        for check in ("integrity_check", "foreign_key_check"):
            found = [str(row) for row in connection.execute(text(f"PRAGMA {check}"))]
            broken += [f"{check}: {row}" for row in found if row != "('ok',)"]
    return Known(
        _all(connection, "attempt"), _all(connection, "recipient"), _all(connection, "inbox"), broken
    )


def _all(connection: Connection, name: str) -> list[Row]:
    of_table = table(name)
    return [dict(row) for row in connection.execute(select(of_table).order_by(of_table.c.id)).mappings()]


def _by(rows: Iterable[Row], key: Any) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        found[key(row)].append(row)
    return found


def _at(text_: str) -> datetime:
    return datetime.fromisoformat(text_)


def _requests(attempts: Sequence[Row], posts: Sequence[Row]) -> Iterable[str]:
    """Every request belongs to an attempt written before it, and no attempt has two."""
    of_phone = _by(attempts, lambda attempt: attempt["phone"])
    for phone, sent in _by(posts, lambda post: post["fields"]["to1"]).items():
        claimed = sorted(attempt["claimed_at"] for attempt in of_phone[phone])
        used: set[int] = set()
        for post in sent:
            index = bisect_right(claimed, _at(post["at"]) + CLOCKS) - 1
            if index < 0:
                yield f"{phone}: a request of {post['at']} without an attempt written before it"
            elif index in used:
                yield f"{phone}: two requests for one attempt, the second at {post['at']}"
            used.add(index)


def _rings(rings: Sequence[Row], people: Mapping[str, set[str]]) -> Iterable[str]:
    """Nobody is called more often than the campaigns allow, nor while an earlier call is under way."""
    for phone, calls in _by(rings, lambda ring: ring["number"]).items():
        allowed = sum(ALLOWED[name] for name, phones in people.items() if phone in phones)
        if len(calls) > allowed:
            yield f"{phone} was called {len(calls)} times where {allowed} are allowed"
        ordered = sorted(calls, key=lambda ring: str(ring["started_at"]))
        for earlier, later in pairwise(ordered):
            if earlier["ended_at"] is None or later["started_at"] < earlier["ended_at"]:
                yield f"{phone} was called at {later['started_at']} while another call was under way"


def _results(attempts: Sequence[Row], posts: Sequence[Row], rings: Sequence[Row]) -> Iterable[str]:
    """What we say of a call is what happened, or that nobody can tell."""
    ring_of = {ring["task"]: ring for ring in rings}
    of_phone = _by(attempts, lambda attempt: attempt["phone"])
    for post in posts:
        ring = ring_of.get(post["id"] or "")
        mine = of_phone[post["fields"]["to1"]]
        before = [each for each in mine if each["claimed_at"] <= _at(post["at"]) + CLOCKS]
        if ring is None or not before:
            continue
        attempt = next((each for each in mine if each["provider_id"] == ring["task"]), before[-1])
        answered = ring["answered_at"] is not None
        told = attempt["result"]
        if told in NEVER_RANG:
            yield f"{ring['number']}: it rang at {ring['started_at']}, and we say {told}"
        elif told not in (None, "unknown") and (told in ANSWERED) is not answered:
            yield f"{ring['number']}: answered={answered}, and we say {told}"


def _answers(known: Known, webhooks: Sequence[Row]) -> Iterable[str]:
    """Each finished webhook that got its 200 is kept, and what it said is what the call came to."""
    attempt_of = {attempt["provider_id"]: attempt for attempt in known.attempts if attempt["provider_id"]}
    kept = {row["subject"] for row in known.inbox if row["cmd"] == "make2calls_finished"}
    for webhook in webhooks:
        if webhook["command"] != "make2calls_finished" or webhook["answer"] != 200:
            continue
        provider_id = str(webhook["fields"]["id_make2calls"])
        if provider_id not in kept:
            yield f"the answer {provider_id} of {webhook['phone']} got its 200 and is not kept"
        attempt = attempt_of.get(provider_id)
        if attempt is None:
            continue
        said = webhook["fields"]["success"] == "1"
        if attempt["result"] is None or (attempt["result"] in ANSWERED) is not said:
            yield f"the answer {provider_id} said success={said}; the attempt says {attempt['result']}"


def _opted_out(
    posts: Sequence[Row], webhooks: Sequence[Row], *, posts_of: Mapping[str, Sequence[Row]]
) -> Iterable[str]:
    """Who pressed 9, and we said 200 to that, is not called any more."""
    for webhook in webhooks:
        pressed = '"key":"9"' in str(webhook["fields"].get("keys", "")).replace(" ", "")
        if not pressed or webhook["answer"] != 200 or webhook["phone"] is None:
            continue
        heard = _at(webhook["at"])
        for post in posts_of.get(webhook["phone"], ()):
            if _at(post["at"]) > heard + OPT_OUT:
                yield f"{webhook['phone']} said stop at {heard}, and was called at {post['at']}"


def _everybody(recipients: Sequence[Row], people: Mapping[str, set[str]]) -> Iterable[str]:
    """All that were taken in are there once, and final."""
    came = sum(map(len, people.values()))
    if len(recipients) != came:
        yield f"{len(recipients)} people are in the database, {came} came"
    for person in recipients:
        if person["state"] not in FINAL:
            yield f"{person['phone']} is left {person['state']}"
