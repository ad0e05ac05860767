"""Calls: each asked for once, nobody called too often or too soon, no more at once than there are lines."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import pairwise

from tests.killing.feeding import ALLOWED
from tests.killing.told import ANSWERED, CLOCKS, NEVER_RANG, Row, Told, at

LINES = 16
GAP = timedelta(seconds=1)
LONGEST_CALL = timedelta(seconds=6)
"""DZVIN_LINES, DZVIN_MIN_GAP and DZVIN_MAX_CALL, as in `site.SETTINGS`."""


def broken_calls(told: Told, people: Mapping[str, set[str]]) -> Iterable[str]:
    yield from _requests(told)
    yield from _rings(told, people)
    yield from _lines(told)
    yield from _results(told)


def _requests(told: Told) -> Iterable[str]:
    """Every request belongs to an attempt written before it, and no attempt has two."""
    used: set[int] = set()
    for post, attempt in told.asked:
        phone = post["fields"]["to1"]
        if attempt is None:
            yield f"{phone}: a request of {post['at']} without an attempt written before it"
        elif attempt["id"] in used:
            yield f"{phone}: two requests for one attempt, the second at {post['at']}"
        else:
            used.add(attempt["id"])


def _rings(told: Told, people: Mapping[str, set[str]]) -> Iterable[str]:
    """Nobody is called more often than the campaigns allow, nor too soon after the call before."""
    for phone, calls in told.rings_of.items():
        allowed = sum(ALLOWED[name] for name, phones in people.items() if phone in phones)
        if len(calls) > allowed:
            yield f"{phone} was called {len(calls)} times where {allowed} are allowed"
        ordered = sorted(calls, key=lambda ring: str(ring["started_at"]))
        for earlier, later in pairwise(ordered):
            yield from _apart(phone, earlier, later, attempt=told.asker.get(earlier["task"]))


def _apart(phone: str, earlier: Row, later: Row, *, attempt: Row | None) -> Iterable[str]:
    """Of a call that history told of first, the house knows how long it talked, but not how long it rang."""
    if earlier["ended_at"] is None or later["started_at"] < earlier["ended_at"]:
        yield f"{phone} was called at {later['started_at']} while another call was under way"
        return
    rest = at(later["started_at"]) - at(earlier["ended_at"])
    gap = GAP
    if attempt is not None and _told_by_history(attempt):
        gap -= at(earlier["answered_at"] or earlier["ended_at"]) - at(earlier["started_at"])
    if rest < gap - CLOCKS:
        yield f"{phone} was called again {rest} after a call, the shortest rest is {gap}"


def _told_by_history(attempt: Row) -> bool:
    """Whether history told of the end before the finished webhook did."""
    shown, heard = attempt["history_at"], attempt["finished_heard_at"]
    return shown is not None and (heard is None or shown < heard)


def _lines(told: Told) -> Iterable[str]:
    """No more calls are up at once than the account has lines.

    A line is the call's until the house has heard of its end, or until DZVIN_MAX_CALL after its claim: no
    call may last longer, and what it was sent so late that it does is not counted from then on.
    """
    found = most_at_once(told)
    if found > LINES:
        yield f"{found} calls were up at once, the account has {LINES} lines"


def most_at_once(told: Told) -> int:
    changes: list[tuple[datetime, int]] = []
    for ring in told.rings:
        attempt = told.asker.get(ring["task"])
        began = at(ring["started_at"])
        given_back = (began if attempt is None else attempt["claimed_at"]) + LONGEST_CALL
        ended = given_back if ring["ended_at"] is None else min(at(ring["ended_at"]), given_back)
        if ended > began:
            changes += [(began, 1), (ended, -1)]
    return _highest(changes)


def _highest(changes: Sequence[tuple[datetime, int]]) -> int:
    count = highest = 0
    for _, change in sorted(changes):
        count += change
        highest = max(highest, count)
    return highest


def _results(told: Told) -> Iterable[str]:
    """What we say of a call is what happened, or that nobody can tell."""
    for ring in told.rings:
        attempt = told.asker.get(ring["task"])
        if attempt is None:
            continue
        answered = ring["answered_at"] is not None
        result = attempt["result"]
        if result in NEVER_RANG:
            yield f"{ring['number']}: it rang at {ring['started_at']}, and we say {result}"
        elif result not in (None, "unknown") and (result in ANSWERED) is not answered:
            yield f"{ring['number']}: answered={answered}, and we say {result}"
