"""Proof that calling hours are right around every change of offset: `python -m tests.proof.dst`.

Every IANA zone, every transition from 2024 to 2030, windows whose edges lie before, in and after the jump,
alone and together with other zones; the answers of the rule against the wall clock, minute by minute. It
takes about two minutes; one transition of every kind is in the test suite.
"""

import sys
import time
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

from campaigns.rules.calling_hours import Opening, next_permitted, opening_at, whole_hours
from campaigns.rules.wall_clock import span_of, steady_stretches
from campaigns.rules.windows import CallingWindow, Hours
from tests.proof.transitions import YEARS, Kind, Transition, clocks, transitions_of
from tests.proof.wall_oracle import Oracle, Wall

WATCHED = timedelta(hours=28)  # on either side of the transition: the days that it touches
AHEAD = timedelta(hours=24)  # how far beyond it the next permitted time is looked for
SEEN = timedelta(hours=80)  # by the oracle: whole days beyond both
STRIDE = timedelta(minutes=37)
SECOND = timedelta(seconds=1)
DAY_MINUTES = 1440
EVERY_DAY = frozenset(range(7))
COMPANIONS = ("Europe/Kyiv", "America/New_York", "Asia/Kathmandu")
Counts = Counter[str]


def windows_around(transition: Transition) -> Iterator[CallingWindow]:
    """Windows that a jump at that time of the day could break."""
    wall = transition.at + transition.before
    shift = (transition.after - transition.before) // timedelta(minutes=1)
    now = wall.hour * 60 + wall.minute
    low, high = sorted((now, now + max(-180, min(180, shift))))
    middle = (low + high) // 2
    yield _window((480, 1200))
    yield _window((0, 1440), days=EVERY_DAY - {5, 6})
    yield _window((0, 1440), holidays=frozenset({wall.date()}))
    yield _window((0, 180), (180, 720), (720, 1440), days=EVERY_DAY - {wall.weekday()})
    yield _window((0, 120), (1320, 1440), days=frozenset({wall.weekday()}))
    yield _window(
        (low, high), (low + DAY_MINUTES, high + DAY_MINUTES), (low - DAY_MINUTES, high - DAY_MINUTES)
    )
    yield _window((low - 30, middle))
    yield _window((middle, high + 30))
    yield _window((middle, middle + 5))
    yield _window((low - 90, low - 5), (high + 5, high + 90))


def _window(
    *hours: tuple[int, int], days: frozenset[int] = EVERY_DAY, holidays: frozenset[date] = frozenset()
) -> CallingWindow:
    """Hours beyond the day are cut off; a window may be left without any and is never open then."""
    cut = [Hours(max(0, opens), min(DAY_MINUTES, closes)) for opens, closes in hours]
    return CallingWindow(
        hours=tuple(each for each in cut if each.opens < each.closes),
        days=days,
        timezone=None,
        holidays=holidays,
    )


def check_transition(transition: Transition, *, step: timedelta = timedelta(minutes=1)) -> Counts:
    """Raises AssertionError at the first answer that is wrong; else tells how many were right."""
    counts: Counts = Counter(transitions=1)
    start = transition.at - SEEN
    wall = Wall(start, transition.at + SEEN, step=step)
    for number, window in enumerate(windows_around(transition)):
        for zones in _zones_for(transition.zone, number):
            counts += check_window(window, zones, transition=transition, wall=wall)
    return counts


def _zones_for(zone: str, number: int) -> list[tuple[str, ...]]:
    companion = COMPANIONS[number % len(COMPANIONS)]
    return [(zone,), (zone, companion), (companion, zone)][: 3 if number < 5 else 1]


def check_window(
    window: CallingWindow, zones: tuple[str, ...], *, transition: Transition, wall: Wall
) -> Counts:
    oracle = Oracle(wall, window, zones)
    start, end = transition.at - WATCHED, transition.at + WATCHED
    watched = [piece for piece in oracle.pieces if piece.ends_at > start and piece.starts_at < end]
    counts: Counts = Counter(windows=1, openings=len(watched))
    counts["permitted"] = _check_sequence(window, zones, oracle=oracle, start=start, end=end)
    counts["moments"] = _check_moments(window, zones, oracle=oracle, watched=watched, start=start, end=end)
    if len(zones) == 1:
        for account in dict.fromkeys((zones[0], *COMPANIONS)):
            counts["hours"] += sum(_check_hours(piece, account, wall=wall) for piece in watched)
    return counts


def _check_sequence(
    window: CallingWindow, zones: tuple[str, ...], *, oracle: Oracle, start: datetime, end: datetime
) -> int:
    """From one permitted stretch to the next: the rule and the oracle see the same ones, none overlapping."""
    at, seen = start, 0
    while at < end:
        expected = oracle.next_permitted(at)
        got = next_permitted(window, zones, at=at, not_after=end + AHEAD)
        if expected is None or expected[0] >= end + AHEAD:
            assert got is None, (window, zones, at, got)
            break
        assert got is not None, (window, zones, at, expected)
        assert (got.at, got.until) == (expected[0], min(expected[1], end + AHEAD)), (window, zones, at, got)
        assert at <= got.at < got.until, (window, zones, at, got)
        at, seen = got.until, seen + 1
    return seen


def _check_moments(
    window: CallingWindow,
    zones: tuple[str, ...],
    *,
    oracle: Oracle,
    watched: list[Opening],
    start: datetime,
    end: datetime,
) -> int:
    """Open or not at every edge, a second before and after it, and now and then between."""
    edges = [moment for piece in watched for moment in piece]
    moments = {edge + shift * SECOND for edge in edges for shift in (-1, 0, 1)}
    moments.update(start + number * STRIDE for number in range((end - start) // STRIDE))
    for at in moments:
        expected = oracle.opening_at(at)
        assert opening_at(window, zones, at=at) == expected, (window, zones, at, expected)
        permitted = next_permitted(window, zones, at=at)
        may = expected is not None and at < expected.last_request_at
        assert (permitted is not None and permitted.at == at) == may, (window, zones, at, permitted)
    return len(moments)


def _check_hours(piece: Opening, account: str, *, wall: Wall) -> int:
    """LiraX's hours hold the present one, are the fewest, two digits, and in order."""
    moments = (
        piece.starts_at,
        piece.starts_at + (piece.ends_at - piece.starts_at) / 2,
        piece.ends_at - SECOND,
    )
    for at in moments:
        first, last = wall.hours_shown(piece, at=at, zone=account)
        until = min(last + 1, 23)
        expected = f"{min(first, until - 1):02}", f"{until:02}"
        got = whole_hours(piece, at=at, timezone=account)
        assert got == expected, (piece, account, at, got, expected)
        hour = wall.shown(account)[1][wall.index(at)] // 60
        assert got[0] < got[1], (piece, account, at, got)
        assert int(got[0]) <= hour < int(got[1]) or (hour == 23 and got[1] == "23"), (piece, account, at, got)
    return len(moments)


def check_year(year: int) -> tuple[Counts, set[Kind]]:
    """All transitions that any zone makes in a year; also which kinds there were.

    In every zone the rule must know the transitions that the hours show, and no other; the same jump at the
    same moment is then gone through once, whatever the zone is called.
    """
    counts, kinds = Counter[str](), set[Kind]()
    jumps: dict[tuple[datetime, timedelta, timedelta], Transition] = {}
    for names in clocks():
        transitions = list(transitions_of(names[0], year))
        assert _known_to_the_rule(names[0], year) == transitions, names
        counts += Counter(zones=len(names), rules=1, under_all_names=len(names) * len(transitions))
        jumps.update({(each.at, each.before, each.after): each for each in transitions})
    for transition in jumps.values():
        counts += check_transition(transition)
        kinds.add(transition.kind)
    return counts, kinds


def _known_to_the_rule(zone: str, year: int) -> list[Transition]:
    start, end = datetime(year, 1, 1, tzinfo=UTC), datetime(year + 1, 1, 1, tzinfo=UTC)
    spans = range(span_of(start), span_of(end) + 1)
    stretches = [pair for span in spans for pair in pairwise(steady_stretches(zone, span))]
    seen = {
        Transition(zone, later.starts_at, earlier.offset, later.offset)
        for earlier, later in stretches
        if start < later.starts_at <= end
    }
    return sorted(seen, key=lambda each: each.at)


def main() -> int:
    began = time.perf_counter()
    for year in YEARS:
        counts, kinds = check_year(year)
        print(f"{year}: {counts['zones']} zones, {counts['rules']} of them different, hour by hour")
        print(f"  {counts['under_all_names']} transitions, {counts['transitions']} different", end=", ")
        print(f"{len(kinds)} kinds; {counts['windows']} windows with {counts['openings']} openings;")
        print(f"  {counts['permitted']} permitted times, {counts['moments']} moments", end=" and ")
        print(f"{counts['hours']} pairs of LiraX hours agree with the wall clock", flush=True)
    print(f"0 wrong, {time.perf_counter() - began:.0f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
