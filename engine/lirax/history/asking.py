"""What is asked of call history, and which of the rows that come back are an answer to it. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from campaigns.rules.spellings import same_number
from engine.lirax.history.values import Direction, HistoryCall
from engine.lirax.history.wall_clock import wall_span
from engine.lirax.requests import HistoryExport, HistoryFilter
from engine.lirax.spelling import bare_number

SLICE = timedelta(days=1)  # one request; what a day holds always fits (C43: the limits are not given)
SECOND = timedelta(seconds=1)  # of which history is made: both ends of a request are included
CODES: dict[Direction | None, Literal["", "0", "1"]] = {None: "", Direction.IN: "0", Direction.OUT: "1"}
TOLD: dict[bool | None, Literal["", "0", "1"]] = {None: "", False: "0", True: "1"}


@dataclass(frozen=True)
class Filters:
    """`None` does not filter. LiraX filters, and we do again what it lets through."""

    phone: str | None = None  # as caller or called
    direction: Direction | None = None
    connected: bool | None = None

    def lets_through(self, call: HistoryCall) -> bool:
        """A row that does not say what is asked for stays."""
        return (
            call.direction in (None, self.direction or call.direction)
            and (self.connected is None or call.connected in (None, self.connected))
            and (self.phone is None or _concerns(call, self.phone))
        )


@dataclass(frozen=True)
class Slice:
    since: datetime
    until: datetime  # included

    def request(self, zone: ZoneInfo, filters: Filters) -> HistoryExport:
        first, last = wall_span(self.since, self.until, zone)
        return HistoryExport(
            date_start=first,
            date_finish=last,
            filter=HistoryFilter.EITHER,
            filter_value=bare_number(filters.phone or ""),
            call_type=CODES[filters.direction],
            call_connect=TOLD[filters.connected],
        )


def slices_of(since: datetime, until: datetime) -> Iterator[Slice]:
    """The span in days, none for an empty one. It begins at the full second: rows have no fractions."""
    start = since.replace(microsecond=0)
    while start <= until:
        end = min(start + SLICE - SECOND, until.replace(microsecond=0))
        yield Slice(start, end)
        start = end + SECOND


def _concerns(call: HistoryCall, phone: str) -> bool:
    told = [number for number in (call.ani, call.dnis) if number]
    return not told or any(same_number(number, phone) for number in told)
