"""What call history tells, as frozen values. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Direction(StrEnum):
    IN = "in"  # somebody called the company
    OUT = "out"  # the company called


@dataclass(frozen=True)
class HistoryCall:
    """One row. `None` is what the export does not say, or says in a word nobody knows.

    `started_at` is to the second. In the hour that comes twice when clocks go back the wall clock alone
    cannot tell which it was: then `started_at` is the earlier moment and `or_started_at` the later.
    """

    call_id: str | None
    started_at: datetime
    direction: Direction | None
    ani: str | None  # who called, as the export writes it
    dnis: str | None  # whom
    connected: bool | None  # whether anybody talked
    duration: int | None  # seconds
    recording: str | None  # where its sound lies
    or_started_at: datetime | None = None
    extra: Mapping[str, str] = field(default_factory=dict)  # columns we have no name for, by their own

    def may_have_started(self, since: datetime, until: datetime) -> bool:
        """Whether either of its moments lies between these, both included."""
        return any(moment is not None and since <= moment <= until for moment in self.moments)

    @property
    def moments(self) -> tuple[datetime, datetime | None]:
        return self.started_at, self.or_started_at


@dataclass(frozen=True)
class Form:
    """How an export is written: what a person who sets up an account wants to know."""

    kind: str  # csv | html
    delimiter: str | None  # of csv
    encoding: str
    columns: tuple[str, ...]  # as they are headed
    ends_lines: bool  # whether the last line ends like the others

    @property
    def words(self) -> str:
        kind = "a page" if self.delimiter is None else f"text with {_MARKS.get(self.delimiter, 'marks')}"
        return f"{kind} in {self.encoding}, {len(self.columns)} columns"


_MARKS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}


@dataclass(frozen=True)
class Export:
    """What one answer of history holds. While `trouble` is set, what is missing proves nothing."""

    calls: tuple[HistoryCall, ...]
    form: Form
    trouble: str | None = None  # a sentence: cut off, or a row that cannot be read
    told_at: datetime | None = None  # LiraX's own clock, from the answer's Date
