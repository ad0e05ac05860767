"""Messages, and the pace of the modems that send them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, and_, bindparam, func, or_, select, update

from campaigns.rules.vocabulary import AccountId, CampaignId, RecipientId, SmsId, SmsState
from campaigns.store.custody import told_late
from campaigns.store.dialects import upsert
from campaigns.tables import Modem, Sms

_table = Sms.__table__  # type: ignore[attr-defined]
_columns = _table.c
_modem = Modem.__table__  # type: ignore[attr-defined]
_OPEN = (SmsState.QUEUED.value, SmsState.SENDING.value)


class SmsRow(NamedTuple):
    id: SmsId
    account_id: AccountId
    modem_id: int
    campaign_id: CampaignId
    recipient_id: RecipientId
    ext: str
    phone: str
    text: str
    state: SmsState
    due_at: datetime | None
    provider_id: str | None
    tries: int  # the claim this row was read under included
    checks: int
    created_at: datetime
    sent_at: datetime | None


class ModemRow(NamedTuple):
    id: int
    account_id: AccountId
    number: str
    free_at: datetime
    trouble: str | None


_SELECT = select(*(_columns[name] for name in SmsRow._fields))
_MODEMS = select(_modem).order_by(_modem.c.id)
_LEFT_SENDING = _SELECT.where(
    _columns.state == SmsState.SENDING.value, _columns.due_at < bindparam("before")
).with_for_update(skip_locked=True)
_UNTOLD = (SmsState.SENDING.value, SmsState.UNKNOWN.value)
_HOW_MANY_OPEN = select(func.count()).where(
    _columns.campaign_id == bindparam("campaign"), _columns.state.in_(_OPEN)
)
_SENT = (SmsState.SENDING, SmsState.SENT, SmsState.DELIVERED, SmsState.UNKNOWN)
_MAY_HAVE_ARRIVED = or_(
    _columns.state.in_([state.value for state in _SENT]),
    and_(_columns.state == SmsState.EXPIRED.value, _columns.sent_at.is_not(None)),
)
_HOW_MANY_SENT = select(func.count()).where(
    _columns.phone == bindparam("phone"), _columns.id != bindparam("besides"), _MAY_HAVE_ARRIVED
)
_SENT_SINCE_THEN = bindparam("since", type_=_columns.sent_at.type)
_SENT_AT = func.coalesce(_columns.sent_at, _columns.finished_at, _columns.due_at, _columns.created_at)
_SENT_SINCE = select(_columns.phone, _SENT_AT).where(
    _columns.phone.in_(bindparam("phones", expanding=True)),
    _columns.id != bindparam("besides"),
    _SENT_AT > _SENT_SINCE_THEN,
    _MAY_HAVE_ARRIVED,
)


def _row(row: Sequence[Any]) -> SmsRow:
    values = dict(zip(SmsRow._fields, row, strict=True))
    return SmsRow(**{**values, "state": SmsState(values["state"])})


def modem(connection: Connection, account_id: AccountId, number: str, *, now: datetime) -> ModemRow:
    """The modem of that number; a new one may send at once."""
    connection.execute(
        upsert(connection, _modem)
        .values(account_id=account_id, number=number, free_at=now)
        .on_conflict_do_nothing()
    )
    found = connection.execute(
        select(_modem).where(_modem.c.account_id == account_id, _modem.c.number == number).with_for_update()
    ).one()
    return ModemRow(**found._mapping)


def modems(connection: Connection) -> list[ModemRow]:
    return [ModemRow(**row._mapping) for row in connection.execute(_MODEMS)]


def take_turn(connection: Connection, modem_id: int, *, now: datetime, until: datetime) -> bool:
    """Whether the modem was free: if so it is taken until `until`."""
    taken = connection.execute(
        update(_modem).where(_modem.c.id == modem_id, _modem.c.free_at <= now).values(free_at=until)
    )
    return taken.rowcount == 1


def end_turn(
    connection: Connection, modem_id: int, *, until: datetime, free_at: datetime, trouble: str | None
) -> bool:
    """Let the modem rest until `free_at`; False where its turn, ours `until` then, is another's."""
    ours = (_modem.c.id == modem_id, _modem.c.free_at == until)
    ended = connection.execute(update(_modem).where(*ours).values(free_at=free_at, trouble=trouble))
    return ended.rowcount == 1


def claim(connection: Connection, row: SmsRow, *, now: datetime) -> SmsRow:
    """The message as ours to send."""
    claimed = row._replace(state=SmsState.SENDING, tries=row.tries + 1, due_at=now)
    save(connection, row.id, state=claimed.state.value, tries=claimed.tries, due_at=now)
    return claimed


def is_ours(connection: Connection, row: SmsRow) -> bool:
    """Whether nobody has claimed the message since, nor knows better than that it may have been sent."""
    mine = (_columns.id == row.id, _columns.tries == row.tries, _columns.state.in_(_UNTOLD))
    return connection.execute(select(_columns.id).where(*mine).with_for_update()).first() is not None


def add(connection: Connection, cause: str, **values: Any) -> bool:
    """Whether the message is new: the same cause is written once."""
    statement = (
        upsert(connection, _table)
        .values(cause=cause, state=SmsState.QUEUED.value, tries=0, checks=0, **values)
        .on_conflict_do_nothing()
    )
    return connection.execute(statement).rowcount > 0


def next_to_send(connection: Connection, modem_id: int, *, now: datetime) -> SmsRow | None:
    return _first_due(connection, modem_id, SmsState.QUEUED, now)


def next_to_check(connection: Connection, modem_id: int, *, now: datetime) -> SmsRow | None:
    """A sent message whose delivery is to be asked for."""
    return _first_due(connection, modem_id, SmsState.SENT, now)


def _first_due(connection: Connection, modem_id: int, state: SmsState, now: datetime) -> SmsRow | None:
    row = connection.execute(
        _SELECT.where(_columns.modem_id == modem_id, _columns.state == state.value, _columns.due_at <= now)
        .order_by(_columns.due_at, _columns.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    ).first()
    return None if row is None else _row(row)


def next_due(connection: Connection, modem_id: int) -> datetime | None:
    """When the modem has something to do next: a message to send, or one to ask for."""
    moments = [
        connection.execute(
            select(func.min(_columns.due_at)).where(
                _columns.modem_id == modem_id, _columns.state == state.value
            )
        ).scalar()
        for state in (SmsState.QUEUED, SmsState.SENT)
    ]
    return min((moment for moment in moments if moment is not None), default=None)


def get(connection: Connection, sms_id: SmsId) -> SmsRow | None:
    row = connection.execute(_SELECT.where(_columns.id == sms_id)).first()
    return None if row is None else _row(row)


def with_provider_id(connection: Connection, account_id: AccountId, provider_id: str) -> SmsRow | None:
    row = connection.execute(
        _SELECT.where(_columns.account_id == account_id, _columns.provider_id == provider_id)
        .order_by(_columns.id.desc())
        .limit(1)
    ).first()
    return None if row is None else _row(row)


def save(connection: Connection, sms_id: SmsId, **values: Any) -> None:
    connection.execute(update(_table).where(_columns.id == sms_id).values(**values))


def left_sending(connection: Connection, *, before: datetime) -> list[SmsRow]:
    """Messages whose request began before that moment and was never answered: they may have been sent."""
    return [_row(row) for row in connection.execute(_LEFT_SENDING, {"before": before})]


def waiting(connection: Connection, *, before: datetime, limit: int) -> list[SmsRow]:
    """Messages that wait and may have been sent by a database that is lost: see `told_late`."""
    query = _SELECT.where(*_may_have_left(before)).order_by(_columns.id).limit(limit)
    return [_row(row) for row in connection.execute(query)]


def how_many_waiting(connection: Connection, *, before: datetime) -> int:
    return connection.execute(select(func.count()).where(*_may_have_left(before))).scalar_one()


def _may_have_left(before: datetime) -> tuple[ColumnElement[bool], ...]:
    in_time = or_(_columns.created_at <= before, told_late(_columns.recipient_id, before=before))
    return (_columns.state == SmsState.QUEUED.value, in_time)


def how_many_sent(connection: Connection, phone: str, *, besides: SmsId) -> int:
    """Messages that a number got, or may have got."""
    return connection.execute(_HOW_MANY_SENT, {"phone": phone, "besides": besides}).scalar_one()


def sent_since(
    connection: Connection, phones: Sequence[str], *, since: datetime, besides: SmsId | None
) -> list[tuple[str, datetime]]:
    """Number and moment of each message that these numbers got, or may have got, after that moment."""
    values = {"phones": phones, "since": since, "besides": besides or 0}
    return [(phone, at) for phone, at in connection.execute(_SENT_SINCE, values)]


def how_many_open(connection: Connection, campaign_id: CampaignId) -> int:
    return connection.execute(_HOW_MANY_OPEN, {"campaign": campaign_id}).scalar_one()
