"""Campaigns: their rows, their kept counts, and what the engine must know of those that dial."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, bindparam, delete, func, select

from campaigns.rules.vocabulary import AccountId, CampaignId, CampaignState
from campaigns.store.dialects import Save, Upsert, insert_one
from campaigns.tables import Account, Campaign, Tally

_table = Campaign.__table__  # type: ignore[attr-defined]
_columns = _table.c
_tally = Tally.__table__  # type: ignore[attr-defined]
_account = Account.__table__.c  # type: ignore[attr-defined]

STATE, OUTCOME, RESULT, CALLS = "state", "outcome", "result", "calls"
"""Kinds of kept counts."""


class CampaignRow(NamedTuple):
    """A campaign as the engine needs it, with its account's zone and contact caps."""

    id: CampaignId
    name: str
    account_id: AccountId
    state: CampaignState
    definition: Mapping[str, Any]
    fingerprint: str
    had_recipients: bool
    start_at: datetime | None
    end_at: datetime | None
    credit: float
    hold_kind: str | None
    probe_at: datetime | None
    account_timezone: str
    account_closed_at: datetime | None
    account_caps: Mapping[str, Any] | None


_SELECT = select(
    _columns.id,
    _columns.name,
    _columns.account_id,
    _columns.state,
    _columns.definition,
    _columns.fingerprint,
    _columns.had_recipients,
    _columns.start_at,
    _columns.end_at,
    _columns.credit,
    _columns.hold_kind,
    _columns.probe_at,
    _account.timezone,
    _account.closed_at,
    _account.caps,
).join_from(_table, Account.__table__, _account.id == _columns.account_id)  # type: ignore[attr-defined]


_SAVE = Save(_table)
_GET = _SELECT.where(_columns.id == bindparam("id"))
# key_share: rows that only refer to the campaign may be written meanwhile
_GET_FOR_CHANGE = _GET.with_for_update(of=_table, key_share=True)
_IN_STATES = _SELECT.where(_columns.state.in_(bindparam("states", expanding=True))).order_by(_columns.id)
_RUNNING = (
    _SELECT.where(_columns.state == CampaignState.RUNNING.value, _columns.account_id == bindparam("account"))
    .order_by(_columns.id)
    .with_for_update(of=_table, key_share=True)
)
_COUNT = Upsert(
    _tally,
    lambda insert: insert.on_conflict_do_update(
        index_elements=["campaign_id", "kind", "word"],
        set_={"count": _tally.c["count"] + insert.excluded.count},
    ),
)
_COUNTS = select(_tally.c.word, _tally.c["count"]).where(
    _tally.c.campaign_id == bindparam("campaign"), _tally.c.kind == bindparam("kind")
)


def _row(row: Row[*tuple[Any, ...]]) -> CampaignRow:
    values = list(row)
    values[3] = CampaignState(values[3])
    return CampaignRow(*values)


def get(connection: Connection, campaign_id: CampaignId) -> CampaignRow | None:
    row = connection.execute(_GET, {"id": campaign_id}).first()
    return None if row is None else _row(row)


def created_at(connection: Connection, campaign_id: CampaignId) -> datetime:
    moment: datetime = connection.execute(
        select(_columns.created_at).where(_columns.id == campaign_id)
    ).scalar_one()
    return moment


def get_for_change(connection: Connection, campaign_id: CampaignId) -> CampaignRow | None:
    """As `get`, locked until the transaction ends, where several may write."""
    row = connection.execute(_GET_FOR_CHANGE, {"id": campaign_id}).first()
    return None if row is None else _row(row)


def find(connection: Connection, name: str) -> CampaignId | None:
    found = connection.execute(select(_columns.id).where(_columns.name == name)).scalar()
    return None if found is None else CampaignId(found)


def in_states(connection: Connection, states: Iterable[CampaignState]) -> Sequence[CampaignRow]:
    words = [state.value for state in states]
    return [_row(row) for row in connection.execute(_IN_STATES, {"states": words})]


def running(connection: Connection, account_id: AccountId) -> Sequence[CampaignRow]:
    """Campaigns of the account that may dial, locked: none is paused or cancelled while we claim for it."""
    return [_row(row) for row in connection.execute(_RUNNING, {"account": account_id})]


def add(connection: Connection, **values: Any) -> CampaignId:
    return CampaignId(insert_one(connection, _table, values))


def save(connection: Connection, campaign_id: CampaignId, **values: Any) -> None:
    _SAVE(connection, campaign_id, values)


def discard(connection: Connection, campaign_id: CampaignId) -> None:
    """Remove a campaign that has nobody and nothing yet."""
    connection.execute(delete(_tally).where(_tally.c.campaign_id == campaign_id))
    connection.execute(delete(_table).where(_columns.id == campaign_id))


def count(connection: Connection, changes: Mapping[tuple[CampaignId, str, str], int]) -> None:
    """Change kept counts by those amounts. Sorted, so that two transactions never wait for each other."""
    rows = [
        {"campaign_id": campaign_id, "kind": kind, "word": word, "count": amount}
        for (campaign_id, kind, word), amount in sorted(changes.items())
        if amount
    ]
    if rows:
        _COUNT.run(connection, rows)


def counts(connection: Connection, campaign_id: CampaignId, kind: str) -> dict[str, int]:
    rows = connection.execute(_COUNTS, {"campaign": campaign_id, "kind": kind})
    return {row[0]: row[1] for row in rows}


def with_people(
    connection: Connection, campaign_state: CampaignState, *, states: Iterable[str]
) -> Sequence[CampaignId]:
    """Campaigns in that state that have people in one of these states, by the kept counts."""
    rows = connection.execute(
        select(_columns.id)
        .join(_tally, _tally.c.campaign_id == _columns.id)
        .where(
            _columns.state == campaign_state.value,
            _tally.c.kind == STATE,
            _tally.c.word.in_(list(states)),
            _tally.c["count"] > 0,
        )
        .distinct()
    )
    return [CampaignId(id_) for id_ in rows.scalars()]


def how_many(connection: Connection) -> int:
    return connection.execute(select(func.count()).select_from(_table)).scalar_one()
