"""Recipients given as mappings, prepared as rows of a list are."""

from collections.abc import Mapping, Sequence
from typing import Any

from campaigns.lists.batches import Batch
from campaigns.lists.demands import Demand
from campaigns.lists.preparing import MappingPreparer, RowError
from campaigns.lists.rejects import KEPT, RejectedRow, readable


def prepare_mappings(rows: Sequence[Mapping[str, Any]], demand: Demand, *, first: int) -> Batch:
    """All of them in one batch; the first row has the number `first`."""
    preparer, batch = MappingPreparer(demand), Batch(done=1.0)
    for number, row in enumerate(rows, start=first):
        try:
            batch.prepared.append(preparer.prepare(number, row))
        except RowError as error:
            batch.rejected_count += 1
            batch.rejected.append(_rejected(number, row, readable(str(error))))
    del batch.rejected[KEPT:]
    batch.warned_count = len(preparer.warned)
    batch.warned = preparer.warned[:KEPT]
    return batch


def _rejected(number: int, row: Mapping[str, Any], reason: str) -> RejectedRow:
    cells = tuple(readable(str(value)) for value in row.values())
    return RejectedRow(number, readable(str(row.get("phone") or "")), reason, cells)
