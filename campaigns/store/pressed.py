"""The keys of an attempt, as its row keeps them."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Row

from campaigns.rules.confluence import Report
from campaigns.rules.policy import KeyPress


def presses_of(documents: Sequence[Mapping[str, str]] | None) -> Report:
    return tuple(KeyPress(**press) for press in documents or ())


def event_keys_of(row: Row[*tuple[Any, ...]]) -> tuple[Report, ...]:
    """What events told; all that is known where an older version did not keep apart who told it."""
    if row.event_keys is None and row.finished_keys is None:
        return (presses_of(row.keys),) if row.keys else ()
    return tuple(map(presses_of, row.event_keys or ()))
