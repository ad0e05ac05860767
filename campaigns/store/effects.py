"""The outbox beside SMS: what rules ordered and must happen once."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, func, select, update

from campaigns.rules.vocabulary import CampaignId, EffectId, EffectKind, EffectState, RecipientId
from campaigns.store.dialects import upsert
from campaigns.tables import Effect

_table = Effect.__table__  # type: ignore[attr-defined]
_columns = _table.c


class EffectRow(NamedTuple):
    id: EffectId
    campaign_id: CampaignId
    recipient_id: RecipientId
    kind: EffectKind
    body: Mapping[str, Any]


def add(
    connection: Connection,
    cause: str,
    *,
    campaign_id: CampaignId,
    recipient_id: RecipientId,
    kind: EffectKind,
    body: Mapping[str, Any],
    now: datetime,
) -> bool:
    """Whether the effect is new: the same cause is written once."""
    statement = (
        upsert(connection, _table)
        .values(
            cause=cause,
            campaign_id=campaign_id,
            recipient_id=recipient_id,
            kind=kind.value,
            body=dict(body),
            state=EffectState.QUEUED.value,
            due_at=now,
            tries=0,
            created_at=now,
        )
        .on_conflict_do_nothing()
    )
    return connection.execute(statement).rowcount > 0


def due(connection: Connection, *, now: datetime, limit: int) -> list[EffectRow]:
    rows = connection.execute(
        select(_columns.id, _columns.campaign_id, _columns.recipient_id, _columns.kind, _columns.body)
        .where(_columns.state == EffectState.QUEUED.value, _columns.due_at <= now)
        .order_by(_columns.due_at, _columns.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return [EffectRow(*row[:3], EffectKind(row[3]), row[4]) for row in rows]


def finish(
    connection: Connection, effect_id: EffectId, *, state: EffectState, detail: str | None, now: datetime
) -> None:
    connection.execute(
        update(_table)
        .where(_columns.id == effect_id)
        .values(state=state.value, detail=detail, finished_at=now, tries=_columns.tries + 1)
    )


def how_many_queued(connection: Connection, campaign_id: CampaignId) -> int:
    return connection.execute(
        select(func.count()).where(
            _columns.campaign_id == campaign_id, _columns.state == EffectState.QUEUED.value
        )
    ).scalar_one()
