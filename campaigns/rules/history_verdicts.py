"""When call history is asked for a call, and what its answer means for one of which nothing is known. Pure.

Absence frees a number only from max(DZVIN_AMBIGUITY_WAIT, DZVIN_MAX_CALL) after the request on, and only if
history is known to be healthy: it shows a later call that we know of, or was well-formed on two looks close
together. A history that does not show calls it must show is blind, and proves nothing (contract, section 2).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, auto
from typing import NamedTuple

from campaigns.rules.matching import Listed, Sought
from campaigns.rules.vocabulary import AttemptState

LONGEST_STEP, SHORTEST_STEP = timedelta(minutes=1), timedelta(seconds=1)
LATE = timedelta(hours=10)  # for so long history is looked into for a call that has been given up
GRACE = timedelta(seconds=10)  # beyond the wait, two looks may lie apart: a fetch takes its time


@dataclass(frozen=True)
class Waits:
    """The settings that decide: ambiguity wait, longest call, and how long nobody knowing is borne."""

    ambiguity: timedelta
    longest_call: timedelta
    unknown_after: timedelta
    answer: timedelta  # longest wait for LiraX's answer to a request

    @property
    def before_absence(self) -> timedelta:
        return max(self.ambiguity, self.longest_call)

    @property
    def between_looks(self) -> timedelta:
        """Two looks that together tell of absence."""
        return min(LONGEST_STEP, self.ambiguity)

    @property
    def step(self) -> timedelta:
        """Between two looks otherwise."""
        return max(SHORTEST_STEP, min(LONGEST_STEP, self.before_absence / 4))


@dataclass(frozen=True)
class Case:
    """A call that history is asked for, with the looks there were.

    `since` is when its request left, or when an event told that it rang. `absent_at` is the last look at a
    well-formed history that did not show it; `closed_at` when it was given up, None while it is open.
    """

    sought: Sought
    state: AttemptState
    since: datetime
    asked_at: datetime | None = None
    absent_at: datetime | None = None
    closed_at: datetime | None = None

    @property
    def is_open(self) -> bool:
        return self.closed_at is None


def next_look(case: Case, waits: Waits) -> datetime | None:
    """When to look for the call next; None when nobody looks any more."""
    requested = case.since
    if case.closed_at is not None:
        return _late_look(case, case.closed_at, waits)
    first = requested + (waits.ambiguity if case.state is AttemptState.AMBIGUOUS else waits.longest_call)
    if case.asked_at is None or case.asked_at < first:
        return first
    free_at = requested + waits.before_absence
    blind_at = requested + 2 * waits.before_absence  # then even a blind history decides
    age = case.asked_at - requested
    step = waits.step if age <= 2 * waits.before_absence else max(waits.step, age / 10)
    if case.asked_at < free_at:
        return min(case.asked_at + step, free_at)
    if case.absent_at == case.asked_at:  # well-formed: a second look can tell
        step = min(step, waits.between_looks)
    at = case.asked_at + step
    return min(at, blind_at) if case.asked_at < blind_at else at


def _late_look(case: Case, closed_at: datetime, waits: Waits) -> datetime | None:
    """Soon after it was given up, then ever more rarely."""
    asked_at = max(case.asked_at or closed_at, closed_at)
    at = asked_at + max(waits.step, (asked_at - closed_at) / 2)
    return at if at <= closed_at + LATE else None


class Sight(Enum):
    """What a well-formed answer shows of the calls that we know of."""

    SHOWS = auto()  # one that ended after the request
    SILENT = auto()  # none, and none has to be there
    BLIND = auto()  # none, though answered ones ended long enough ago


class Witnesses(NamedTuple):
    """Of the calls that we know all of: when the last one ended that is shown, and that has to be shown."""

    shown: datetime | None
    must_show: datetime | None


def witnesses_of(
    known: Iterable[Sought], found: Mapping[str, Listed], *, look_at: datetime, waits: Waits
) -> Witnesses:
    """An answered call has to be there once history has had time to write it down."""
    time_to_write = waits.before_absence / 2
    shown, must_show = [], []
    for call in known:
        if call.ended_at is None or call.began_by is None:
            continue
        if call.key in found:
            shown.append(call.ended_at)
        elif call.answered and call.ended_at + time_to_write <= look_at:
            must_show.append(call.ended_at)
    return Witnesses(max(shown, default=None), max(must_show, default=None))


def sight_of(since: datetime, witnesses: Witnesses) -> Sight:
    """For a call that was requested at that moment."""
    shown, must_show = witnesses
    if shown is not None and shown >= since:
        return Sight.SHOWS
    if must_show is not None and (must_show >= since or shown is None):
        return Sight.BLIND
    return Sight.SILENT


class Verdict(Enum):
    ABSENT = auto()  # it never rang
    UNKNOWN = auto()  # nobody can tell
    LATER = auto()  # nothing can be said yet


def verdict_of(case: Case, sight: Sight, *, look_at: datetime, waits: Waits) -> Verdict:
    """What it means that a well-formed history does not show the call."""
    requested = case.since
    if not case.is_open or look_at < requested + waits.before_absence:
        return Verdict.LATER
    if sight is Sight.BLIND:
        late = look_at >= requested + 2 * waits.before_absence
        return Verdict.UNKNOWN if late else Verdict.LATER
    twice = case.absent_at is not None and look_at - case.absent_at <= waits.ambiguity + GRACE
    if sight is Sight.SILENT and not twice:
        return Verdict.LATER
    # LiraX took a placed call, or told of it: that history lacks it does not prove that nobody's phone rang
    return Verdict.ABSENT if case.state is AttemptState.AMBIGUOUS else Verdict.UNKNOWN
