"""Agents: how LiraX last told that they stand, the calls in the air for them, and who found nobody."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, bindparam, case, func, or_, select, update

from campaigns.rules.agents import LOOKED_BACK, AgentState, Lately
from campaigns.rules.vocabulary import ANSWERED, AccountId, AttemptId, CampaignId
from campaigns.store.dialects import Upsert
from campaigns.tables import Agent, Attempt, LineSlot, RollCall

_table = Agent.__table__  # type: ignore[attr-defined]
_columns = _table.c
_roll_calls = RollCall.__table__  # type: ignore[attr-defined]
_roll_call = _roll_calls.c
_attempts = Attempt.__table__  # type: ignore[attr-defined]
_attempt = _attempts.c
_lines = LineSlot.__table__  # type: ignore[attr-defined]

LOOKED_THROUGH = 2_000  # calls among which those who answered lately are looked for


class RollCallRow(NamedTuple):
    """Since when, and under which name, the account's statuses are believed."""

    name: str
    since: datetime
    told_at: datetime | None
    trouble: str | None


_ADD = Upsert(
    _table,
    lambda insert: insert.on_conflict_do_update(
        index_elements=["account_id", "ext"],
        set_={
            "status": insert.excluded.status,
            "heard_in": insert.excluded.heard_in,
            "status_at": case(
                (_columns.status == insert.excluded.status, _columns.status_at),
                else_=insert.excluded.status_at,
            ),
            "heard_at": insert.excluded.heard_at,
        },
        where=or_(_columns.heard_at.is_(None), _columns.heard_at <= insert.excluded.heard_at),
    ),
)
_FIRST_ROLL_CALL = Upsert(_roll_calls, lambda insert: insert.on_conflict_do_nothing())
_ROLL_CALL = select(_roll_call.name, _roll_call.since, _roll_call.told_at, _roll_call.trouble).where(
    _roll_call.account_id == bindparam("account")
)
_EVERY = (
    select(
        _columns.ext,
        _columns.status,
        _columns.status_at,
        (_columns.heard_in == _roll_call.name).label("believed"),
    )
    .join_from(_table, _roll_calls, _roll_call.account_id == _columns.account_id, isouter=True)
    .where(_columns.account_id == bindparam("account"))
    .order_by(_columns.ext)
)
_UP = (
    select(_attempt.id, _attempt.campaign_id, _attempt.agent, _attempt.joined_at)
    .join_from(_lines, _attempts, _attempt.id == _lines.c.attempt_id)
    .where(_lines.c.account_id == bindparam("account"))
    .order_by(_attempt.id)
)
_LATEST = (
    select(_attempt.result, _attempt.abandoned, _attempt.claimed_at)
    .where(_attempt.campaign_id == bindparam("campaign"))
    .order_by(_attempt.claimed_at.desc())
    .limit(LOOKED_THROUGH)
    .subquery()
)
_ANSWERED = (
    select(_LATEST.c.abandoned)
    .where(_LATEST.c.result.in_([result.value for result in ANSWERED]))
    .order_by(_LATEST.c.claimed_at.desc())
    .limit(LOOKED_BACK)
    .subquery()
)
_LATELY = select(func.count(), func.coalesce(func.sum(case((_ANSWERED.c.abandoned, 1), else_=0)), 0))


class CallUp(NamedTuple):
    """A call that has a line. `agent` is with whom it is joined, None while it is in the air."""

    attempt_id: AttemptId
    campaign_id: CampaignId
    agent: str | None
    joined_at: datetime | None


def save(
    connection: Connection,
    account_id: AccountId,
    *,
    ext: str,
    status: int,
    at: datetime,
    heard_in: str | None,
) -> None:
    """Keep what LiraX told; `status_at` stays where it told the same before.

    Two engines may apply two webhooks in the other order: the one that came later counts.
    """
    told = {"status": status, "status_at": at, "heard_at": at, "heard_in": heard_in}
    _ADD.run(connection, {"account_id": account_id, "ext": ext, **told})


def every(connection: Connection, account_id: AccountId) -> Sequence[AgentState]:
    """All employees LiraX has ever told of, by extension."""
    rows = connection.execute(_EVERY, {"account": account_id})
    return [AgentState(row.ext, row.status, row.status_at, bool(row.believed)) for row in rows]


def find(connection: Connection, account_id: AccountId, ext: str) -> AgentState | None:
    row = connection.execute(
        _EVERY.where(_columns.ext == bindparam("ext")), {"account": account_id, "ext": ext}
    ).first()
    return None if row is None else AgentState(row.ext, row.status, row.status_at, bool(row.believed))


def roll_call(connection: Connection, account_id: AccountId) -> RollCallRow | None:
    row = connection.execute(_ROLL_CALL, {"account": account_id}).first()
    return None if row is None else RollCallRow(*row)


def begin_roll_call(
    connection: Connection, account_id: AccountId, row: RollCallRow, *, instead_of: str | None
) -> bool:
    """Whether from now on the account's statuses are believed by this roll call, `instead_of` the one of that
    name (None: there was none); False where another has begun meanwhile.
    """
    if instead_of is None:
        return _FIRST_ROLL_CALL.run(connection, {"account_id": account_id, **row._asdict()}).rowcount == 1
    that = (_roll_call.account_id == account_id, _roll_call.name == instead_of)
    return connection.execute(update(_roll_calls).where(*that).values(**row._asdict())).rowcount == 1


def note_roll_call(
    connection: Connection, account_id: AccountId, *, told_at: datetime | None, trouble: str | None
) -> None:
    """How asking LiraX went; when it last went well stays."""
    values = {"trouble": trouble} if told_at is None else {"trouble": None, "told_at": told_at}
    connection.execute(update(_roll_calls).where(_roll_call.account_id == account_id).values(values))


def calls_up(connection: Connection, account_id: AccountId) -> Sequence[CallUp]:
    """The calls that have a line, oldest first."""
    return [CallUp(*row) for row in connection.execute(_UP, {"account": account_id})]


def joined_since(calls: Iterable[CallUp]) -> dict[str, datetime]:
    """Agents who are in a call, with when that became known."""
    pairs = [(call.agent, call.joined_at) for call in calls]
    return {ext: at for ext, at in pairs if ext is not None and at is not None}


def lately(connection: Connection, campaign_id: CampaignId) -> Lately:
    """How the last people of the campaign who answered fared."""
    answered, abandoned = connection.execute(_LATELY, {"campaign": campaign_id}).one()
    return Lately(answered, int(abandoned))
