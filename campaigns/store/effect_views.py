"""What API, pages and command line show of effects; reads only. Lists go by id, oldest first."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, bindparam, func, select

from campaigns.rules.vocabulary import (
    OPEN_EFFECTS,
    AccountId,
    CampaignId,
    EffectId,
    EffectKind,
    EffectState,
    RecipientId,
)
from campaigns.tables import Account, Campaign, Effect, Recipient

_effect = Effect.__table__  # type: ignore[attr-defined]
_account = Account.__table__  # type: ignore[attr-defined]
_campaign = Campaign.__table__  # type: ignore[attr-defined]
_recipient = Recipient.__table__  # type: ignore[attr-defined]

COUNTED = 10_000  # effects are counted up to here: more tells nobody more, and costs a longer read
UNSETTLED = (EffectState.FAILED, EffectState.UNKNOWN)
"""What a person may have to look after."""

_SELECT = (
    select(
        _effect.c.id,
        _account.c.name.label("account"),
        _effect.c.campaign_id,
        _campaign.c.name.label("campaign"),
        _effect.c.recipient_id,
        _recipient.c.phone,
        _recipient.c.data,
        _effect.c.kind,
        _effect.c.state,
        _effect.c.body,
        _effect.c.detail,
        _effect.c.provider_id,
        _effect.c.tries,
        _effect.c.repeats,
        _effect.c.created_at,
        _effect.c.due_at,
        _effect.c.sent_at,
        _effect.c.finished_at,
    )
    .join(_account, _account.c.id == _effect.c.account_id)
    .outerjoin(_campaign, _campaign.c.id == _effect.c.campaign_id)
    .outerjoin(_recipient, _recipient.c.id == _effect.c.recipient_id)
)


@dataclass(frozen=True)
class EffectView:
    """`campaign` and `phone` are None for an errand of the account; `body` is what was ordered, filled in."""

    id: EffectId
    account: str
    campaign_id: CampaignId | None
    campaign: str | None
    recipient_id: RecipientId | None
    phone: str | None
    data: Mapping[str, Any]
    kind: EffectKind
    state: EffectState
    body: Mapping[str, Any]
    detail: str | None
    provider_id: str | None
    tries: int
    repeats: int
    created_at: datetime
    due_at: datetime | None
    sent_at: datetime | None
    finished_at: datetime | None

    @property
    def is_unsettled(self) -> bool:
        return self.state in UNSETTLED


class Chosen(NamedTuple):
    """Which effects are meant; None leaves that open."""

    account: str | None = None
    campaign_id: CampaignId | None = None
    recipient_id: RecipientId | None = None
    states: Sequence[EffectState] = tuple(EffectState)


@dataclass(frozen=True)
class EffectFigures:
    """Effects of one campaign; each figure stops counting at `COUNTED`."""

    waiting: int = 0
    done: int = 0
    failed: int = 0
    unknown: int = 0

    @property
    def any(self) -> bool:
        return bool(self.waiting or self.done or self.failed or self.unknown)


def effect_view(connection: Connection, effect_id: EffectId) -> EffectView | None:
    row = connection.execute(_SELECT.where(_effect.c.id == effect_id)).first()
    return None if row is None else _view(row)


def effect_views(
    connection: Connection, chosen: Chosen, *, after: int = 0, limit: int = 50
) -> list[EffectView]:
    query = _SELECT.where(_effect.c.id > after).order_by(_effect.c.id).limit(limit)
    if chosen.account is not None:
        query = query.where(_account.c.name == chosen.account)
    if chosen.campaign_id is not None:
        query = query.where(_effect.c.campaign_id == chosen.campaign_id)
    if chosen.recipient_id is not None:
        query = query.where(_effect.c.recipient_id == chosen.recipient_id)
    if set(chosen.states) != set(EffectState):
        query = query.where(_effect.c.state.in_([state.value for state in chosen.states]))
    return [_view(row) for row in connection.execute(query)]


def effect_figures(connection: Connection, campaign_id: CampaignId) -> EffectFigures:
    row = connection.execute(_FIGURES, {"campaign": campaign_id, "counted": COUNTED}).one()
    return EffectFigures(*row)


def unsettled_of_account(connection: Connection, account_id: AccountId) -> int:
    """How many of the account's effects failed or are unclear, counted up to `COUNTED`."""
    return int(connection.execute(_UNSETTLED, {"account": account_id, "counted": COUNTED}).scalar_one())


def effects_of_people(
    connection: Connection, recipient_ids: Sequence[RecipientId]
) -> dict[RecipientId, dict[EffectState, int]]:
    """How many effects of each state these people have; nobody without any is named."""
    query = (
        select(_effect.c.recipient_id, _effect.c.state, func.count())
        .where(_effect.c.recipient_id.in_(recipient_ids))
        .group_by(_effect.c.recipient_id, _effect.c.state)
    )
    found: dict[RecipientId, dict[EffectState, int]] = {}
    for recipient_id, state, count in connection.execute(query):
        found.setdefault(RecipientId(recipient_id), {})[EffectState(state)] = count
    return found


def _counted(*where: Any) -> Any:
    found = select(_effect.c.id).where(*where).limit(bindparam("counted"))
    return select(func.count()).select_from(found.subquery()).scalar_subquery()


def _of_campaign(*states: EffectState) -> Any:
    mine = _effect.c.campaign_id == bindparam("campaign")
    return _counted(mine, _effect.c.state.in_([state.value for state in states]))


_FIGURES = select(
    _of_campaign(*sorted(OPEN_EFFECTS)),
    _of_campaign(EffectState.DONE),
    _of_campaign(EffectState.FAILED),
    _of_campaign(EffectState.UNKNOWN),
)
_UNSETTLED = select(
    _counted(
        _effect.c.account_id == bindparam("account"),
        _effect.c.state.in_([state.value for state in UNSETTLED]),
    )
)


def _view(row: Row[*tuple[Any, ...]]) -> EffectView:
    found = dict(row._mapping)
    kind, state = EffectKind(found["kind"]), EffectState(found["state"])
    return EffectView(**{**found, "kind": kind, "state": state, "data": found["data"] or {}})
