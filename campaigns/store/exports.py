"""Rows of the two exports, batch by batch: a row a recipient, a row an attempt (contract, section 6).

Each batch is a read of its own, so a long download holds no snapshot. Nobody is listed twice, and who joins
meanwhile comes at the end.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, select, tuple_

from campaigns.moments import utc_text
from campaigns.rules.vocabulary import CampaignId
from campaigns.store.finding import recipient_ids
from campaigns.tables import Attempt, Recipient, Sms

_attempt = Attempt.__table__  # type: ignore[attr-defined]
_recipient = Recipient.__table__  # type: ignore[attr-defined]
_sms = Sms.__table__  # type: ignore[attr-defined]

BATCH = 1000
_RESULTS = select(
    *(_recipient.c[name] for name in ("id", "data", "keys", "last_attempt_at", "finished_at")),
    *(_recipient.c[name] for name in ("phone", "external_id", "state", "outcome", "attempts", "last_result")),
)
_ATTEMPTS = select(
    *(
        _attempt.c[name]
        for name in ("claimed_at", "id", "phone", "number", "placed_at", "ended_at", "result", "keys")
    ),
    _attempt.c.provider_id,
    _attempt.c.recording,
    _recipient.c.external_id,
).join_from(_attempt, _recipient, _recipient.c.id == _attempt.c.recipient_id)

RESULT_COLUMNS = (
    "phone",
    "external_id",
    "state",
    "outcome",
    "attempts",
    "last_result",
    "keys",
    "last_attempt_at",
    "finished_at",
    "sms_state",
)
ATTEMPT_COLUMNS = (
    "phone",
    "external_id",
    "attempt",
    "placed_at",
    "finished_at",
    "result",
    "keys",
    "provider_id",
    "recording",
)

Cell = str | int | float | None
Place = tuple[datetime, int]


class ResultRow(NamedTuple):
    """`id` is where the next batch goes on; `cells` are in the order of RESULT_COLUMNS."""

    id: int
    cells: tuple[Cell, ...]
    own: Mapping[str, Any]


class AttemptRow(NamedTuple):
    """`place` is where the next batch goes on; `cells` are in the order of ATTEMPT_COLUMNS."""

    place: Place
    cells: tuple[Cell, ...]


def result_rows(
    connection: Connection, campaign_id: CampaignId, *, after: int = 0, limit: int = BATCH
) -> list[ResultRow]:
    """The next recipients in the order they joined; empty at the end."""
    ids = recipient_ids(connection, campaign_id, after=after, limit=limit)
    messages = _sms_states(connection, ids)
    rows = connection.execute(_RESULTS.where(_recipient.c.id.in_(ids)).order_by(_recipient.c.id))
    return [
        ResultRow(key, (*front, pressed(keys), utc_text(last), utc_text(finished), messages.get(key)), data)
        for key, data, keys, last, finished, *front in rows
    ]


def own_columns(
    connection: Connection, campaign_id: CampaignId, *, after: int = 0, limit: int = BATCH
) -> tuple[list[str], int | None]:
    """Names of the list's own columns in the next recipients, and the id to go on after; None at the end.

    They come in the order of their first appearance, as the database keeps a row's columns: SQLite in the
    order of the list, PostgreSQL by length of the name.
    """
    ids = recipient_ids(connection, campaign_id, after=after, limit=limit)
    rows = connection.execute(
        select(_recipient.c.data).where(_recipient.c.id.in_(ids)).order_by(_recipient.c.id)
    ).scalars()
    names = list(dict.fromkeys(name for data in rows for name in data))
    return names, ids[-1] if len(ids) == limit else None


def header_of(own: Iterable[str]) -> list[str]:
    """Our columns, then the list's; one named like ours comes as `list.NAME`."""
    return [*RESULT_COLUMNS, *(f"list.{name}" if name in RESULT_COLUMNS else name for name in own)]


def attempt_rows(
    connection: Connection, campaign_id: CampaignId, *, after: Place | None = None, limit: int = BATCH
) -> list[AttemptRow]:
    """The next attempts, oldest first; empty at the end. An attempt still open has no result yet."""
    chosen = (
        _ATTEMPTS.where(_attempt.c.campaign_id == campaign_id)
        .order_by(_attempt.c.claimed_at, _attempt.c.id)
        .limit(limit)
    )
    if after is not None:
        place = tuple_(_attempt.c.claimed_at, _attempt.c.id)
        chosen = chosen.where(place > tuple_(*after, types=[_attempt.c.claimed_at.type, _attempt.c.id.type]))
    return [AttemptRow((row[0], row[1]), _attempt_cells(tuple(row))) for row in connection.execute(chosen)]


def pressed(keys: Sequence[Mapping[str, Any]] | None) -> str:
    """The keys in the order they were pressed, separated by spaces."""
    return " ".join(str(press["key"]) for press in keys or ())


def _attempt_cells(row: Sequence[Any]) -> tuple[Cell, ...]:
    _, _, phone, number, placed_at, ended_at, result, keys, provider_id, recording, external_id = row
    return (
        phone,
        external_id,
        number,
        utc_text(placed_at),
        utc_text(ended_at),
        result,
        pressed(keys),
        provider_id,
        recording,
    )


def _sms_states(connection: Connection, ids: Sequence[int]) -> dict[int, str]:
    """Of each recipient's latest message."""
    rows = connection.execute(
        select(_sms.c.recipient_id, _sms.c.state).where(_sms.c.recipient_id.in_(ids)).order_by(_sms.c.id)
    )
    return {row.recipient_id: row.state for row in rows}
