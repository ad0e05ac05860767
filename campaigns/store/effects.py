"""The outbox beside SMS: what rules ordered and must happen once."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, bindparam, func, select, update

from campaigns.rules.vocabulary import (
    OPEN_EFFECTS,
    AccountId,
    CampaignId,
    EffectId,
    EffectKind,
    EffectState,
    RecipientId,
)
from campaigns.store.dialects import upsert
from campaigns.tables import Effect

_table = Effect.__table__  # type: ignore[attr-defined]
_columns = _table.c


_QUEUED = _columns.state == EffectState.QUEUED.value
_OPEN = _columns.state.in_(sorted(OPEN_EFFECTS))
_DUE = (
    select(
        _columns.id,
        _columns.account_id,
        _columns.campaign_id,
        _columns.recipient_id,
        _columns.kind,
        _columns.body,
    )
    .where(_QUEUED, _columns.due_at <= bindparam("now"))
    .order_by(_columns.due_at, _columns.id)
    .limit(bindparam("limit"))
    .with_for_update(skip_locked=True)
)
_HOW_MANY_OPEN = select(func.count()).where(_columns.campaign_id == bindparam("campaign"), _OPEN)


class EffectRow(NamedTuple):
    id: EffectId
    account_id: AccountId
    campaign_id: CampaignId
    recipient_id: RecipientId
    kind: EffectKind
    body: Mapping[str, Any]


def add(
    connection: Connection,
    cause: str,
    *,
    account_id: AccountId,
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
            account_id=account_id,
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
    rows = connection.execute(_DUE, {"now": now, "limit": limit})
    return [EffectRow(*row[:4], EffectKind(row[4]), row[5]) for row in rows]


def finish(
    connection: Connection, effect_id: EffectId, *, state: EffectState, detail: str | None, now: datetime
) -> None:
    connection.execute(
        update(_table)
        .where(_columns.id == effect_id)
        .values(state=state.value, detail=detail, finished_at=now, tries=_columns.tries + 1)
    )


def how_many_open(connection: Connection, campaign_id: CampaignId) -> int:
    return connection.execute(_HOW_MANY_OPEN, {"campaign": campaign_id}).scalar_one()
