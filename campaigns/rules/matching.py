"""Which row of call history is which call of ours, and how far LiraX's clock is from ours. Pure.

One row is one call. A row is a call's by its call id, else by number and time: it began no earlier than a
minute before the request and no later than the request can have been waiting (reliability note, 2.3).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from campaigns.rules.call_ids import plain
from campaigns.rules.spellings import telling

EARLY = timedelta(seconds=60)  # before its request; by then no call can have begun
NOTHING = timedelta(0)
SECOND = timedelta(seconds=1)  # history is written to the second
SLACK = timedelta(seconds=5)  # between what two processes call now
UNLEARNED = timedelta(minutes=5)  # how far the clocks may be apart while nothing tells
FARTHEST = timedelta(minutes=15)  # further apart, and the zone of the account is mistaken
ENOUGH = 3  # calls that agree teach the clock even if they were found by number and time only


@dataclass(frozen=True)
class Sought:
    """A call that may have rung. `until` is when its request can have begun to ring at the latest.

    `began_by` is when it had begun, as something else than history has shown; None where nothing has. Not
    `by_this_clock` are moments of a call that our clock may have been set after.
    """

    key: str
    phone: str
    asked_at: datetime
    until: datetime
    call_ids: tuple[str, ...] = ()  # without dashes; what an event told before what history showed
    began_by: datetime | None = None
    ended_at: datetime | None = None
    answered: bool = False
    by_this_clock: bool = True


@dataclass(frozen=True)
class Listed:
    """A row of call history. `moments` are when the call may have begun, by LiraX's clock."""

    call_id: str | None
    moments: tuple[datetime, ...]
    outgoing: bool | None
    phone: str | None  # whom LiraX called, as it writes numbers
    connected: bool | None
    duration: timedelta | None
    recording: str | None = None
    ext: str | None = None  # for whom


class ClockApart(NamedTuple):
    """LiraX's clock minus ours lies between these."""

    low: timedelta
    high: timedelta

    @property
    def middle(self) -> timedelta:
        return (self.low + self.high) / 2

    @property
    def within(self) -> timedelta:
        return (self.high - self.low) / 2

    def hull(self, other: "ClockApart") -> "ClockApart":
        return ClockApart(min(self.low, other.low), max(self.high, other.high))


ANY_CLOCK = ClockApart(-UNLEARNED, UNLEARNED)


def match(
    sought: Iterable[Sought], rows: Sequence[Listed], clock: ClockApart = ANY_CLOCK
) -> dict[str, Listed]:
    """The row of each call that has one, by the call's key.

    Call ids first. Then calls that are known to have rung take theirs, so that no row of theirs is left for
    a call of which nothing is known. Among equals the pair that lies nearest in time goes first: the row of a
    second call to a number is not taken for the late ring of the first.
    """
    rest = {number: row for number, row in enumerate(rows) if row.outgoing is not False}
    calls = list(sought)
    found = _by_id(calls, rest)
    by_phone: dict[str, list[int]] = {}
    for number, row in rest.items():
        by_phone.setdefault(telling(row.phone or ""), []).append(number)
    pairs = [
        (call.began_by is None, apart, call.key, number)
        for call in calls
        if call.key not in found
        for number in by_phone.get(telling(call.phone), ())
        if (apart := _apart(call, rest[number], clock)) is not None
    ]
    for _, _, key, number in sorted(pairs):
        if key not in found and number in rest:
            found[key] = rest.pop(number)
    return found


def _by_id(calls: Sequence[Sought], rest: dict[int, Listed]) -> dict[str, Listed]:
    """First by what events told: an id that only history showed may once have been taken by mistake."""
    by_id = {plain(row.call_id): number for number, row in rest.items() if row.call_id}
    found: dict[str, Listed] = {}
    for place in range(max((len(call.call_ids) for call in calls), default=0)):
        for call in calls:
            number = by_id.get(call.call_ids[place]) if place < len(call.call_ids) else None
            if number in rest and call.key not in found:
                found[call.key] = rest.pop(number)
    return found


def _apart(call: Sought, row: Listed, clock: ClockApart) -> timedelta | None:
    """How far the row's beginning is from the request; None where it cannot be this call's.

    A row that contradicts how the call ended is another's. Nothing rings before its request: what seems to
    is the less likely by so much.
    """
    if call.ended_at is not None and row.connected not in (None, call.answered):
        return None
    if not call.by_this_clock:
        clock = clock.hull(ANY_CLOCK)
    earliest, latest = call.asked_at - EARLY + clock.low, call.until + clock.high
    expected = (call.began_by or call.asked_at) + clock.middle
    after = [moment - expected for moment in row.moments if earliest <= moment <= latest]
    before_it = UNLEARNED if call.began_by is None else NOTHING
    return min((abs(each) + (before_it if each < -SLACK else NOTHING) for each in after), default=None)


def began_at(call: Sought, row: Listed, clock: ClockApart) -> datetime:
    """When the call began, by our clock as well as it can be told; never before its request."""
    expected = (call.began_by or call.asked_at) + clock.middle
    return max(call.asked_at, min(row.moments, key=lambda moment: abs(moment - expected)) - clock.middle)


def learn_clock(
    sought: Sequence[Sought], rows: Sequence[Listed], *, kept: ClockApart | None
) -> tuple[ClockApart, bool]:
    """How far apart the clocks are, and whether these rows have taught it.

    Each call that both sides know gives two bounds: it began after its request and before we heard of it.
    Those found by their call ids teach it, be it one; those found by number and time only where there is no
    such one, and several agree. While nothing teaches it, what is kept may only widen what is allowed for:
    LiraX's clock may have been set since. What came before our own was set teaches nothing.
    """
    known = [call for call in sought if call.began_by is not None]
    found = match(known, rows)
    by_id: list[ClockApart] = []
    by_time: list[ClockApart] = []
    for call in known:
        row = found.get(call.key)
        if row is not None and call.began_by is not None and call.by_this_clock:
            named = row.call_id is not None and plain(row.call_id) in call.call_ids
            (by_id if named else by_time).append(_taught_by(call, row, began_by=call.began_by))
    taught = by_id or by_time
    if by_id or len(by_time) >= ENOUGH:
        agreed = ClockApart(max(each.low for each in taught), min(each.high for each in taught))
        if agreed.low <= agreed.high:
            return ClockApart(agreed.low - SLACK, agreed.high + SLACK), True
    return (ANY_CLOCK if kept is None else ANY_CLOCK.hull(kept)), False


def _taught_by(call: Sought, row: Listed, *, began_by: datetime) -> ClockApart:
    moment = min(row.moments, key=lambda moment: abs(moment - began_by))
    return ClockApart(moment - began_by, max(moment + SECOND - call.asked_at, moment - began_by))


def unclaimed(rows: Sequence[Listed], found: Mapping[str, Listed]) -> list[Listed]:
    """Outgoing rows that are none of these calls'."""
    used = {id(row) for row in found.values()}
    return [row for row in rows if row.outgoing is not False and id(row) not in used]
