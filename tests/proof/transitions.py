"""Every change of offset that any IANA zone makes in given years, found by asking `zoneinfo` hour by hour."""

import importlib.resources
import zoneinfo
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

YEARS = range(2024, 2031)

SAMPLE = (
    "Africa/Cairo",
    "Africa/Casablanca",
    "America/Adak",
    "America/Havana",
    "America/Nuuk",
    "Antarctica/Troll",
    "Atlantic/Canary",
    "Australia/Lord_Howe",
    "Europe/Kyiv",
    "Pacific/Chatham",
    "Pacific/Easter",
)
"""Zones that have a transition of every kind between them; the full proof checks that they do."""

Kind = tuple[timedelta, str]


class Transition(NamedTuple):
    """At `at` the clock goes from showing `at + before` to showing `at + after`."""

    zone: str
    at: datetime
    before: timedelta
    after: timedelta

    @property
    def kind(self) -> Kind:
        """How far the clock jumps, and what it showed: two transitions of a kind look alike to a window."""
        return self.after - self.before, (self.at + self.before).strftime("%H:%M:%S")


def one_of_each_kind() -> list[Transition]:
    """The first transition of every kind in the sample."""
    found: dict[Kind, Transition] = {}
    for zone in SAMPLE:
        for year in YEARS:
            for transition in transitions_of(zone, year, step=timedelta(days=1)):
                found.setdefault(transition.kind, transition)
    return list(found.values())


def clocks() -> list[list[str]]:
    """All zones, those with the very same rules together."""
    same: dict[bytes, list[str]] = defaultdict(list)
    for zone in sorted(zoneinfo.available_timezones()):
        same[_rules_of(zone)].append(zone)
    return list(same.values())


def _rules_of(zone: str) -> bytes:
    """The compiled rules where `zoneinfo` looks for them: on the system, else in the package tzdata."""
    for folder in zoneinfo.TZPATH:
        file = Path(folder, zone)
        if file.is_file():
            return file.read_bytes()
    return importlib.resources.files("tzdata").joinpath("zoneinfo", *zone.split("/")).read_bytes()


def transitions_of(zone: str, year: int, *, step: timedelta = timedelta(hours=1)) -> Iterator[Transition]:
    """In order. A step longer than an hour is quicker and may miss a change that is taken back within it."""
    place = zoneinfo.ZoneInfo(zone)
    at, end = datetime(year, 1, 1, tzinfo=UTC), datetime(year + 1, 1, 1, tzinfo=UTC)
    before = offset_at(place, at)
    while at < end:
        at += step
        after = offset_at(place, at)
        if after != before:
            yield _narrowed(place, Transition(zone, at, before, after), step)
        before = after


def _narrowed(place: zoneinfo.ZoneInfo, transition: Transition, step: timedelta) -> Transition:
    """The same transition to the minute, counted forward from the last moment that had the old offset."""
    at = transition.at - step
    for unit in (timedelta(hours=1), timedelta(minutes=1)):
        while offset_at(place, at + unit) == transition.before:
            at += unit
    exact = at + timedelta(minutes=1)
    return transition._replace(at=exact, after=offset_at(place, exact))


def offset_at(place: zoneinfo.ZoneInfo, at: datetime) -> timedelta:
    offset = at.astimezone(place).utcoffset()
    assert offset is not None
    return offset
