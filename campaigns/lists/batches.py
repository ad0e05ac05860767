"""A whole list, prepared for one campaign and cut into batches: the stream that importing works from."""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from campaigns.lists.demands import Demand, check_columns
from campaigns.lists.opening import CallList, open_list
from campaigns.lists.preparing import ListPreparer, Prepared, RowError, Warned
from campaigns.lists.rejects import KEPT, NoFile, RejectedRow, Rejects, RejectsFile, readable

ROWS = 1_000  # of a batch: about 10 ms of SQLite's one writer, during which a webhook waits
_COLUMNS_KEPT = 1_000


@dataclass(frozen=True)
class Reading:
    """What is to be read, and for whom."""

    source: Path
    name: str
    phone_column: str | None
    rejected_to: Path | None
    demand: Demand


@dataclass
class Batch:
    """`rejected` and `warned` stop growing at KEPT over the whole list, their counts go on."""

    prepared: list[Prepared] = field(default_factory=list)
    rejected: list[RejectedRow] = field(default_factory=list)
    rejected_count: int = 0
    warned: list[Warned] = field(default_factory=list)
    warned_count: int = 0
    done: float = 0.0  # share of the list that has been read


def batches(reading: Reading) -> Iterator[Batch]:
    """Every row of the list, in its order. Raises WrongInput when the list cannot be read at all."""
    country, column = reading.demand.country, reading.phone_column
    opened = open_list(reading.source, name=reading.name, country=country, phone_column=column)
    check_columns(opened.heading.columns, reading.demand, name=reading.name)
    with ExitStack() as stack:
        rejects: Rejects = NoFile()
        if reading.rejected_to is not None:
            file = RejectsFile(reading.rejected_to, opened.heading.columns)
            stack.callback(file.close)
            rejects = file
        yield from _Cutter(opened, ListPreparer(reading.demand, opened.heading), rejects).batches()


class _Cutter:
    def __init__(self, opened: CallList, preparer: ListPreparer, rejects: Rejects) -> None:
        self._opened = opened
        self._preparer = preparer
        self._rejects = rejects
        self._rejected_room = KEPT
        self._warned_room = KEPT

    def batches(self) -> Iterator[Batch]:
        batch, prepare = Batch(), self._preparer.prepare
        ready = batch.prepared
        for row in self._opened.rows:
            try:
                prepared = prepare(row)
            except RowError as error:
                self._reject(batch, row[0], cells=row[1], reason=readable(str(error)))
            else:
                if prepared is not None:
                    ready.append(prepared)
            if len(ready) + batch.rejected_count >= ROWS:
                yield self._finished(batch, row[0])
                batch = Batch()
                ready = batch.prepared
        yield self._finished(batch, None)

    def _reject(self, batch: Batch, number: int, *, cells: list[str], reason: str) -> None:
        cells = [readable(cell) for cell in cells[:_COLUMNS_KEPT]]
        phone = self._opened.heading.phone
        rejected = RejectedRow(number, cells[phone] if phone < len(cells) else "", reason, tuple(cells))
        self._rejects.add(rejected)
        batch.rejected_count += 1
        if self._rejected_room:
            self._rejected_room -= 1
            batch.rejected.append(rejected)

    def _finished(self, batch: Batch, last_row: int | None) -> Batch:
        warned = self._preparer.warned
        batch.warned_count = len(warned)
        batch.warned = warned[: self._warned_room]
        self._warned_room -= len(batch.warned)
        warned.clear()
        batch.done = 1.0 if last_row is None else min(self._opened.done(last_row), 1.0)
        return batch
