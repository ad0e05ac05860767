"""LiraX accounts, and the holds that stop their dialling."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, bindparam, select, update

from campaigns.definition.terms import AccountTerms
from campaigns.rules.breakers import Hold
from campaigns.rules.caps import caps_of
from campaigns.rules.vocabulary import AccountId
from campaigns.store import custody
from campaigns.store.dialects import upsert
from campaigns.tables import Account

_table = Account.__table__  # type: ignore[attr-defined]
_columns = _table.c
_EVERY = select(_table).order_by(_columns.id)
_GET = select(_table).where(_columns.id == bindparam("id"))


class AccountRow(NamedTuple):
    id: int
    name: str
    lirax_url: str
    lirax_token: str | None  # sealed
    webhook_token: str | None  # sealed
    next_webhook_token: str | None  # sealed
    timezone: str
    lines: int
    extensions: Sequence[str] | None
    modems: Sequence[str] | None
    history_url: str | None
    history_login: str | None
    history_password: str | None  # sealed
    push_suppressions: bool
    capabilities: Mapping[str, Any] | None
    caps: Mapping[str, Any] | None
    closed_at: datetime | None
    hold_kind: str | None
    hold_reason: str | None
    probe_at: datetime | None

    @property
    def is_at_work(self) -> bool:
        return self.hold_kind in (None, Hold.CAREFUL) and self.closed_at is None

    @property
    def terms(self) -> AccountTerms:
        """What a definition must know of the account."""
        return AccountTerms(
            timezone=self.timezone,
            extensions=None if self.extensions is None else tuple(self.extensions),
            modems=None if self.modems is None else tuple(self.modems),
            closed=self.closed_at is not None,
            caps=caps_of(self.caps),
        )


def every(connection: Connection) -> Sequence[AccountRow]:
    return [AccountRow(**row._mapping) for row in connection.execute(_EVERY)]


def pushing(connection: Connection) -> list[AccountId]:
    """Open accounts whose LiraX is told of our do-not-call list."""
    query = select(_columns.id).where(_columns.push_suppressions, _columns.closed_at.is_(None))
    return [AccountId(account_id) for account_id in connection.execute(query.order_by(_columns.id)).scalars()]


def get(connection: Connection, account_id: AccountId) -> AccountRow:
    return AccountRow(**connection.execute(_GET, {"id": account_id}).one()._mapping)


def get_for_change(connection: Connection, account_id: AccountId) -> AccountRow:
    """As `get`; nobody else changes it before this transaction ends, where several may write."""
    row = connection.execute(_GET.with_for_update(key_share=True), {"id": account_id}).one()
    return AccountRow(**row._mapping)


def at_work(connection: Connection, account_id: AccountId) -> bool:
    """Whether the account may dial and send: nothing holds it, it is not closed, no quarantine is on."""
    return get(connection, account_id).is_at_work and custody.objection(connection) is None


def find(connection: Connection, name: str) -> AccountId | None:
    found = connection.execute(select(_columns.id).where(_columns.name == name)).scalar()
    return None if found is None else AccountId(found)


def find_or_add(connection: Connection, name: str, *, lirax_url: str, timezone: str, lines: int) -> AccountId:
    """The account of that name, with this address, zone and number of lines from now on."""
    values: dict[str, Any] = {"lirax_url": lirax_url, "timezone": timezone, "lines": lines}
    # One statement, which also keeps a process that starts at the same moment waiting until we are done.
    query = upsert(connection, _table).values(name=name, **values)
    query = query.on_conflict_do_update(index_elements=["name"], set_=values)
    return AccountId(connection.execute(query.returning(_columns.id)).scalar_one())


def add(connection: Connection, name: str, *, lirax_url: str, timezone: str, lines: int) -> AccountId | None:
    """The new account; None when the name is taken."""
    query = upsert(connection, _table).values(name=name, lirax_url=lirax_url, timezone=timezone, lines=lines)
    query = query.on_conflict_do_nothing(index_elements=["name"])
    added = connection.execute(query.returning(_columns.id)).scalar()
    return None if added is None else AccountId(added)


def save(connection: Connection, account_id: AccountId, **values: Any) -> None:
    """Keep these columns; secrets come sealed."""
    connection.execute(update(_table).where(_columns.id == account_id).values(**values))


def hold(
    connection: Connection, account_id: AccountId, *, kind: Hold, reason: str, probe_at: datetime | None
) -> None:
    """Stop the account's dialling until it is released; `reason` is the sentence people read.

    At `probe_at` it is asked whether it works again.
    """
    connection.execute(
        update(_table)
        .where(_columns.id == account_id)
        .values(hold_kind=kind.value, hold_reason=reason, probe_at=probe_at)
    )


def take_probe(connection: Connection, account_id: AccountId, *, due_at: datetime, next_at: datetime) -> bool:
    """Whether the probe that is due is ours; of several engines one takes it, the next is due `next_at`."""
    due = (_columns.id == account_id, _columns.hold_kind.is_not(None), _columns.probe_at == due_at)
    return connection.execute(update(_table).where(*due).values(probe_at=next_at)).rowcount == 1


def release(connection: Connection, account_id: AccountId) -> None:
    connection.execute(
        update(_table)
        .where(_columns.id == account_id)
        .values(hold_kind=None, hold_reason=None, probe_at=None)
    )
