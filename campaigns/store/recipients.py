"""Recipients: the queue, and each person's row."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, bindparam, func, select, text, tuple_, update

from campaigns.rules.reasons import Waiting
from campaigns.rules.standing import (
    Person,
    Standing,
)
from campaigns.rules.vocabulary import (
    CallResult,
    CampaignId,
    Outcome,
    RecipientId,
    RecipientState,
)
from campaigns.store.dialects import Save, insert_one
from campaigns.tables import Recipient

_table = Recipient.__table__  # type: ignore[attr-defined]
_columns = _table.c
# Written out, because SQLite uses a partial index only where it sees the very words of its condition.
_QUEUED = text("state IN ('pending','waiting')")
_OPEN = text("state IN ('pending','waiting','calling')")


class RecipientRow(NamedTuple):
    id: RecipientId
    campaign_id: CampaignId
    phone: str
    standing: Standing
    person: Person
    calls: int  # attempt rows so far
    data: Mapping[str, Any]
    variables: Mapping[str, Any] | None
    keys: list[Any] | None


_READ = (
    _columns.id,
    _columns.campaign_id,
    _columns.phone,
    _columns.state,
    _columns.outcome,
    _columns.attempts,
    _columns.best,
    _columns.last_result,
    _columns.due_at,
    _columns.closes_at,
    _columns.turn,
    _columns.wait_reason,
    _columns.finished_at,
    _columns.zones,
    _columns.not_before,
    _columns.not_after,
    _columns.calls,
    _columns.data,
    _columns.variables,
    _columns["keys"],
)
_SELECT = select(*_READ)
_SAVE = Save(_table)
_GET = _SELECT.where(_columns.id == bindparam("id"))
_GET_FOR_CHANGE = _GET.with_for_update()
_OPEN_WITH_PHONE = (
    _SELECT.where(_columns.phone.in_(bindparam("phones", expanding=True)), _OPEN)
    .order_by(_columns.id)
    .with_for_update()
)

_FIRST_BUCKET = (
    select(_columns.closes_at, _columns.turn)
    .where(_columns.campaign_id == bindparam("campaign"), _QUEUED)
    .order_by(_columns.closes_at, _columns.turn)
    .limit(1)
)
# Typed: untyped, a moment would be compared as text with SQLite's integers, and never be less.
_NEXT_BUCKET = _FIRST_BUCKET.where(
    tuple_(_columns.closes_at, _columns.turn)
    > tuple_(
        bindparam("closes_at", type_=_columns.closes_at.type), bindparam("turn", type_=_columns.turn.type)
    )
)
_IN_BUCKET = (
    _columns.campaign_id == bindparam("campaign"),
    _columns.closes_at == bindparam("closes_at"),
    _columns.turn == bindparam("turn"),
    _QUEUED,
)
_DUE = (
    _SELECT.where(*_IN_BUCKET, _columns.due_at <= bindparam("now"))
    .order_by(_columns.due_at, _columns.id)
    .limit(bindparam("limit"))
    .with_for_update(skip_locked=True)
)
_NEXT_DUE = select(func.min(_columns.due_at)).where(*_IN_BUCKET, _columns.due_at > bindparam("after"))


def _row(row: Row[*tuple[Any, ...]]) -> RecipientRow:
    (
        id_,
        campaign_id,
        phone,
        state,
        outcome,
        attempts,
        best,
        last_result,
        due_at,
        closes_at,
        turn,
        wait_reason,
        finished_at,
        zones,
        not_before,
        not_after,
        calls,
        data,
        variables,
        keys,
    ) = row
    standing = Standing(
        state=RecipientState(state),
        outcome=outcome,
        attempts=attempts,
        best=Outcome(best) if best else None,
        last_result=CallResult(last_result) if last_result else None,
        due_at=due_at,
        closes_at=closes_at,
        turn=turn,
        wait_reason=Waiting(wait_reason) if wait_reason else None,
        finished_at=finished_at,
    )
    person = Person(tuple(zones.split("|")) if zones else (), not_before, not_after)
    return RecipientRow(id_, campaign_id, phone, standing, person, calls, data, variables, keys)


def get(connection: Connection, recipient_id: RecipientId) -> RecipientRow | None:
    row = connection.execute(_GET, {"id": recipient_id}).first()
    return None if row is None else _row(row)


def get_for_change(connection: Connection, recipient_id: RecipientId) -> RecipientRow | None:
    """As `get`, locked until the transaction ends where several may write."""
    row = connection.execute(_GET_FOR_CHANGE, {"id": recipient_id}).first()
    return None if row is None else _row(row)


def external_id_of(connection: Connection, recipient_id: RecipientId) -> str | None:
    found: str | None = connection.execute(
        select(_columns.external_id).where(_columns.id == recipient_id)
    ).scalar()
    return found


def due(connection: Connection, campaign_id: CampaignId, *, now: datetime, limit: int) -> list[RecipientRow]:
    """Who is due: earliest end of window first, then retries, then by due time; locked where possible.

    Reads one short range of the queue's index for each (window end, turn) there is, so its cost does not
    grow with the number of people who wait.
    """
    found: list[RecipientRow] = []
    for bucket in _buckets(connection, campaign_id):
        rows = connection.execute(_DUE, {**bucket, "now": now, "limit": limit - len(found)})
        found.extend(_row(row) for row in rows)
        if len(found) >= limit:
            break
    return found


def next_due(connection: Connection, campaign_id: CampaignId, *, after: datetime) -> datetime | None:
    """When somebody of the campaign becomes due next after that moment, or None when nobody does."""
    moments = [
        connection.execute(_NEXT_DUE, {**bucket, "after": after}).scalar()
        for bucket in _buckets(connection, campaign_id)
    ]
    return min((moment for moment in moments if moment is not None), default=None)


def _buckets(connection: Connection, campaign_id: CampaignId) -> Iterator[dict[str, Any]]:
    """The (window end, turn) pairs of the campaign's queue, in order: one seek of the index each."""
    found = connection.execute(_FIRST_BUCKET, {"campaign": campaign_id}).first()
    while found is not None:
        bucket = {"campaign": campaign_id, "closes_at": found[0], "turn": found[1]}
        yield bucket
        found = connection.execute(_NEXT_BUCKET, bucket).first()


def save(connection: Connection, recipient_id: RecipientId, standing: Standing, **more: Any) -> None:
    """Write the standing; `more` are columns of the row beside it."""
    _SAVE(connection, recipient_id, {**_values(standing), **more})


def _values(standing: Standing) -> dict[str, Any]:
    return {
        "state": standing.state.value,
        "outcome": standing.outcome,
        "attempts": standing.attempts,
        "best": standing.best.value if standing.best else None,
        "last_result": standing.last_result.value if standing.last_result else None,
        "due_at": standing.due_at,
        "closes_at": standing.closes_at,
        "turn": standing.turn,
        "wait_reason": standing.wait_reason.value if standing.wait_reason else None,
        "finished_at": standing.finished_at,
    }


def limit(connection: Connection, row: RecipientRow, *, until: datetime) -> None:
    """No further call to them leaves after that moment."""
    earlier = row.person.not_after
    _SAVE(connection, row.id, {"not_after": until if earlier is None else min(earlier, until)})


def put_off_alike(
    connection: Connection, row: RecipientRow, standing: Standing, *, now: datetime, limit: int
) -> None:
    """Give the new due time of `row` to others who were due with it: same opening, turn and zones."""
    if standing.due_at is None:
        return
    zones = "|".join(row.person.zones) or None
    alike = (
        select(_columns.id)
        .where(
            _columns.campaign_id == row.campaign_id,
            _columns.closes_at == row.standing.closes_at,
            _columns.turn == row.standing.turn,
            _columns.due_at <= now,
            _columns.zones.is_not_distinct_from(zones),
            _columns.not_before.is_(None),
            _columns.not_after.is_(None),
            _QUEUED,
        )
        .limit(limit)
    )
    reason = standing.wait_reason.value if standing.wait_reason else None
    connection.execute(
        update(_table)
        .where(_columns.id.in_(alike), _QUEUED)
        .values(due_at=standing.due_at, closes_at=standing.closes_at, wait_reason=reason)
    )


def open_with_phone(connection: Connection, phones: Sequence[str]) -> list[RecipientRow]:
    """Everybody with one of these numbers whose phone may still ring, in any campaign; locked."""
    return [_row(row) for row in connection.execute(_OPEN_WITH_PHONE, {"phones": phones})]


def queued(connection: Connection, campaign_id: CampaignId, *, limit: int) -> list[RecipientRow]:
    """The first of those who wait for a call, whenever it is due; locked."""
    rows = connection.execute(
        _SELECT.where(_columns.campaign_id == campaign_id, _QUEUED)
        .order_by(_columns.closes_at, _columns.turn, _columns.due_at, _columns.id)
        .limit(limit)
        .with_for_update()
    )
    return [_row(row) for row in rows]


def with_external_id(connection: Connection, external_id: str) -> list[RecipientRow]:
    """Everybody with that external id, locked."""
    rows = connection.execute(
        _SELECT.where(_columns.external_id == external_id).order_by(_columns.id).with_for_update()
    )
    return [_row(row) for row in rows]


def in_campaign_with_phone(
    connection: Connection, campaign_id: CampaignId, phone: str
) -> list[tuple[int, RecipientState]]:
    """(round, state) of each time this number was put into the campaign."""
    rows = connection.execute(
        select(_columns.round, _columns.state)
        .where(_columns.campaign_id == campaign_id, _columns.phone == phone)
        .order_by(_columns.round)
    )
    return [(round_, RecipientState(state)) for round_, state in rows]


def add(connection: Connection, standing: Standing, **values: Any) -> RecipientId:
    return RecipientId(insert_one(connection, _table, {**_values(standing), **values}))
