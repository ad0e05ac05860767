"""The outbox: whose turn it is, and what came of it. Effects of one person are performed in their order, and
of the blacklist errands of an account one at a time.

`tries` is the version of a row: whoever claims it raises it, and what came of a claim is written only while
nobody has claimed the row since.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, Integer, and_, bindparam, exists, func, or_, select, text, update

from campaigns.rules.vocabulary import (
    OPEN_EFFECTS,
    AccountId,
    CampaignId,
    EffectId,
    EffectKind,
    EffectState,
    RecipientId,
)
from campaigns.store.custody import told_late
from campaigns.tables import Effect, Worker

_table = Effect.__table__  # type: ignore[attr-defined]
_columns = _table.c
_earlier = _table.alias("earlier")
_worker = Worker.__table__.c  # type: ignore[attr-defined]
_WHO_CLAIMS = 0x6572616E  # "eran" in ASCII, with the account: any number will do that nothing else locks
_ONE_WHO_CLAIMS = select(func.pg_advisory_xact_lock(_WHO_CLAIMS, bindparam("account", type_=Integer)))


class EffectRow(NamedTuple):
    id: EffectId
    account_id: AccountId
    campaign_id: CampaignId | None  # None: an errand of the account itself
    recipient_id: RecipientId | None
    kind: EffectKind
    body: Mapping[str, Any]
    state: EffectState
    tries: int  # the claim this row was read under included
    repeats: int
    provider_id: str | None
    created_at: datetime  # when the rule fired
    sent_at: datetime | None  # when a request left that LiraX may have taken
    repeated_at: datetime | None
    detail: str | None


_SELECT = select(*(_columns[name] for name in EffectRow._fields))
_GOES_ON = text("kind = 'campaign' AND state = 'queued'")  # the very words of its index
_QUEUED = _columns.state == EffectState.QUEUED.value
_SENDING = _columns.state == EffectState.SENDING.value
_BY_LIRAX = _columns.kind != EffectKind.CAMPAIGN.value
_HAS_ITS_TURN = or_(
    _columns.recipient_id.is_(None),
    ~exists().where(
        _earlier.c.recipient_id == _columns.recipient_id,
        _earlier.c.kind != EffectKind.CAMPAIGN.value,
        _earlier.c.state.in_(sorted(OPEN_EFFECTS)),
        # A later one under way is waited for too: an earlier one that is sent again must not cross it.
        or_(_earlier.c.id < _columns.id, _earlier.c.state == EffectState.SENDING.value),
    ),
)
_ONE_AT_A_TIME = _columns.kind == EffectKind.BLACKLIST.value
_IS_FREE = ~exists().where(
    _earlier.c.account_id == _columns.account_id,
    _earlier.c.kind == EffectKind.BLACKLIST.value,
    _earlier.c.state == EffectState.SENDING.value,
)
_HARMLESS = (EffectKind.CONTACT.value, EffectKind.CAMPAIGN.value, EffectKind.BLACKLIST.value)
_UNTOLD = (EffectState.SENDING.value, EffectState.UNKNOWN.value)
_OF_ACCOUNT = _columns.account_id == bindparam("account")
_WAITING = and_(_OF_ACCOUNT, _QUEUED, _BY_LIRAX, _HAS_ITS_TURN, or_(~_ONE_AT_A_TIME, _IS_FREE))


def _due(*which: Any) -> Any:
    return (
        _SELECT.where(_WAITING, *which, _columns.due_at <= bindparam("now"))
        .order_by(_columns.due_at, _columns.id)
        .limit(bindparam("limit"))
        .with_for_update(skip_locked=True, of=_table)
    )


_DUE_ONE = _due(_ONE_AT_A_TIME)
_DUE_OTHERS = _due(~_ONE_AT_A_TIME)
_NEXT = select(_columns.due_at).where(_WAITING).order_by(_columns.due_at).limit(1)
# An errand that another engine at work has claimed is its own affair, however long it takes.
_LEFT = and_(
    _SENDING,
    _columns.id.not_in(bindparam("besides", expanding=True)),
    or_(
        _columns.epoch.is_(None),
        _columns.epoch == bindparam("of_epoch"),
        ~exists().where(_worker.epoch == _columns.epoch, _worker.ended_at.is_(None)),
    ),
)
_OLDEST_LEFT = select(func.min(_columns.due_at)).where(_OF_ACCOUNT, _LEFT)
_LEFT_SENDING = (
    _SELECT.where(_OF_ACCOUNT, _LEFT, _columns.due_at <= bindparam("before"))
    .order_by(_columns.id)
    .with_for_update(skip_locked=True, of=_table)
)
_GOING_ON = (
    _SELECT.where(_GOES_ON, _columns.due_at <= bindparam("now"))
    .order_by(_columns.due_at, _columns.id)
    .limit(bindparam("limit"))
    .with_for_update(skip_locked=True)
)


def _rows(found: Any) -> list[EffectRow]:
    return [
        EffectRow(**{**row, "kind": EffectKind(row["kind"]), "state": EffectState(row["state"])})
        for row in found.mappings()
    ]


def get(connection: Connection, effect_id: EffectId) -> EffectRow | None:
    return next(iter(_rows(connection.execute(_SELECT.where(_columns.id == effect_id)))), None)


def get_for_change(connection: Connection, effect_id: EffectId) -> EffectRow | None:
    """As `get`, locked until the transaction ends where several may write."""
    locked = _SELECT.where(_columns.id == effect_id).with_for_update()
    return next(iter(_rows(connection.execute(locked))), None)


def going_on(connection: Connection, *, now: datetime, limit: int) -> list[EffectRow]:
    """People who are to go on in another campaign: nothing that LiraX must do."""
    return _rows(connection.execute(_GOING_ON, {"now": now, "limit": limit}))


def lock(connection: Connection, account_id: AccountId) -> None:
    """Until this transaction ends nobody else claims errands of the account.

    Whose turn it is depends on what is under way, which two claims at once would not see of each other.
    SQLite has one writer, and needs no lock.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(_ONE_WHO_CLAIMS, {"account": account_id})


def due(connection: Connection, account_id: AccountId, *, now: datetime, limit: int) -> list[EffectRow]:
    """What LiraX is to do for the account now, nothing before what its person waits for; locked."""
    asked = {"account": account_id, "now": now}
    one = _rows(connection.execute(_DUE_ONE, {**asked, "limit": 1}))
    return [*one, *_rows(connection.execute(_DUE_OTHERS, {**asked, "limit": limit - len(one)}))]


def next_due(connection: Connection, account_id: AccountId) -> datetime | None:
    """When the account's next errand is due, of those that wait for no other; None if there is none."""
    found: datetime | None = connection.execute(_NEXT, {"account": account_id}).scalar()
    return found


def oldest_left(
    connection: Connection, account_id: AccountId, *, epoch: str, besides: Collection[EffectId]
) -> datetime | None:
    """Since when the oldest errand has been under way that nobody waits for: neither this engine of `epoch`,
    whose own are `besides`, nor another one at work. None if there is none.
    """
    asked = {"account": account_id, "of_epoch": epoch, "besides": list(besides)}
    found: datetime | None = connection.execute(_OLDEST_LEFT, asked).scalar()
    return found


def left_sending(
    connection: Connection,
    account_id: AccountId,
    *,
    before: datetime,
    epoch: str,
    besides: Collection[EffectId],
) -> list[EffectRow]:
    """Errands begun by then that nobody waits for, as `oldest_left` says; locked."""
    asked = {"account": account_id, "of_epoch": epoch, "besides": list(besides), "before": before}
    return _rows(connection.execute(_LEFT_SENDING, asked))


def claim(
    connection: Connection, row: EffectRow, *, epoch: str, now: datetime, sent_at: datetime | None
) -> EffectRow:
    """The row as ours. `sent_at` is when its request leaves; left open where something must go before it."""
    claimed = row._replace(state=EffectState.SENDING, tries=row.tries + 1, sent_at=sent_at)
    values = {"state": claimed.state.value, "due_at": now, "tries": claimed.tries, "sent_at": sent_at}
    connection.execute(update(_table).where(_columns.id == row.id).values(epoch=epoch, **values))
    return claimed


def leaves_now(connection: Connection, row: EffectRow, *, now: datetime) -> EffectRow | None:
    """Write that the request of a claim leaves now; None when the claim is not ours any more."""
    mine = (_columns.id == row.id, _columns.tries == row.tries, _SENDING)
    written = connection.execute(update(_table).where(*mine).values(due_at=now, sent_at=now))
    return row._replace(sent_at=now) if written.rowcount == 1 else None


def conclude(connection: Connection, row: EffectRow, *, state: EffectState, **values: Any) -> bool:
    """Write what came of a claim; False where that is out of date: claimed or repeated again, or done, since.

    That LiraX did it outweighs everything that was believed meanwhile.
    """
    mine = (_columns.id == row.id, _columns.tries == row.tries)
    believed = _columns.state != state.value if state is EffectState.DONE else _columns.state.in_(_UNTOLD)
    written = connection.execute(update(_table).where(*mine, believed).values(state=state.value, **values))
    return written.rowcount == 1


def waiting_once(connection: Connection, *, before: datetime, limit: int) -> list[EffectRow]:
    """Queued by then, of a kind that LiraX would do a second time: tasks, notes, deals, messages."""
    return _rows(connection.execute(_SELECT.where(*_waits(before)).order_by(_columns.id).limit(limit)))


def how_many_waiting_once(connection: Connection, *, before: datetime) -> int:
    return connection.execute(select(func.count()).where(*_waits(before))).scalar_one()


def _waits(before: datetime) -> tuple[Any, ...]:
    in_time = or_(_columns.created_at <= before, told_late(_columns.recipient_id, before=before))
    return (_QUEUED, _columns.kind.not_in(_HARMLESS), in_time)


def save(connection: Connection, effect_id: EffectId, **values: Any) -> None:
    connection.execute(update(_table).where(_columns.id == effect_id).values(**values))


def is_overtaken(connection: Connection, row: EffectRow) -> bool:
    """Whether a later order of the same kind for the same person is done."""
    assert row.recipient_id is not None, f"effect {row.id} is for nobody"
    done = of_recipient(connection, row.recipient_id, kind=row.kind, states=[EffectState.DONE])
    return any(other.id > row.id for other in done)


def of_recipient(
    connection: Connection, recipient_id: RecipientId, *, kind: EffectKind, states: Sequence[EffectState]
) -> list[EffectRow]:
    """The person's effects of that kind in one of those states, in their order."""
    chosen = (
        _columns.recipient_id == recipient_id,
        _columns.kind == kind.value,
        _columns.state.in_([state.value for state in states]),
    )
    return _rows(connection.execute(_SELECT.where(*chosen).order_by(_columns.id)))
