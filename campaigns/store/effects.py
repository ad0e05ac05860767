"""What rules and accounts have ordered beside SMS: written once, counted, and shown."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, func, select

from campaigns.rules.vocabulary import (
    OPEN_EFFECTS,
    AccountId,
    CampaignId,
    EffectKind,
    EffectState,
    RecipientId,
)
from campaigns.store.dialects import upsert
from campaigns.tables import Effect

_table = Effect.__table__  # type: ignore[attr-defined]
_columns = _table.c
_OPEN = _columns.state.in_(sorted(OPEN_EFFECTS))
_HOW_MANY_OPEN = select(func.count()).where(_columns.campaign_id == bindparam("campaign"), _OPEN)


def add(
    connection: Connection,
    cause: str,
    *,
    account_id: AccountId,
    campaign_id: CampaignId | None,
    recipient_id: RecipientId | None,
    kind: EffectKind,
    body: Mapping[str, Any],
    now: datetime,
) -> bool:
    """Whether the effect is new: the same cause is written once. An errand of the account has no person."""
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
            repeats=0,
            created_at=now,
        )
        .on_conflict_do_nothing()
    )
    return connection.execute(statement).rowcount > 0


def how_many_open(connection: Connection, campaign_id: CampaignId) -> int:
    return connection.execute(_HOW_MANY_OPEN, {"campaign": campaign_id}).scalar_one()
