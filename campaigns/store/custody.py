"""The one row that tells this database from a copy of it, and whether it is in quarantine."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Connection,
    ScalarSelect,
    and_,
    func,
    literal,
    or_,
    select,
    text,
    update,
)

from campaigns.rules.custody import Doubt, Known, same_server
from campaigns.rules.vocabulary import AccountId
from campaigns.store.dialects import upsert
from campaigns.tables import Attempt, Campaign, Custody, EmployeeCall, Recipient, Worker

_table = Custody.__table__  # type: ignore[attr-defined]
_columns = _table.c
_worker = Worker.__table__.c  # type: ignore[attr-defined]
_attempt = Attempt.__table__.c  # type: ignore[attr-defined]
_campaign = Campaign.__table__.c  # type: ignore[attr-defined]
_recipient = Recipient.__table__.c  # type: ignore[attr-defined]
_GET = select(_table)
_HELD = and_(_columns.quarantined_at.is_not(None), _columns.released_at.is_(None))
_GATE = select(_columns.server, _HELD, _columns.quarantine_reason)
# What every user of a PostgreSQL may see. The time line changes with a failover and with a restore to a point
# in time, the ids with a dump that is read in again.
_PLACE = text(
    "SELECT CASE WHEN pg_is_in_recovery() THEN '-'"
    " ELSE substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8) END"
    " || '/' || (SELECT oid FROM pg_database WHERE datname = current_database())"
    " || '/' || 'custody'::regclass::oid"
)
_MAY_SEE_SYSTEM = text("SELECT has_function_privilege('pg_control_system()', 'execute')")
_SYSTEM = text("SELECT system_identifier FROM pg_control_system()")


class CustodyRow(NamedTuple):
    id: int
    identity: str
    counter: int
    seen_at: datetime
    server: str | None
    former: Sequence[str] | None
    quarantined_at: datetime | None
    quarantine_reason: str | None
    since: datetime | None
    found: Mapping[str, Any] | None
    reconciled_at: datetime | None
    released_at: datetime | None
    released_by: str | None

    @property
    def in_quarantine(self) -> bool:
        return self.quarantined_at is not None and self.released_at is None

    @property
    def known(self) -> Known:
        return Known(self.identity, self.counter, self.server, tuple(self.former or ()))


def get(connection: Connection) -> CustodyRow | None:
    """None in a database that no version with custody has opened yet."""
    row = connection.execute(_GET).first()
    return None if row is None else CustodyRow(**row._mapping)


def begin(connection: Connection, *, identity: str, now: datetime) -> CustodyRow:
    """The row, new with this identity unless somebody was faster."""
    values = {"id": 1, "identity": identity, "counter": 0, "seen_at": now, "server": server(connection)}
    connection.execute(upsert(connection, _table).values(**values).on_conflict_do_nothing())
    row = get(connection)
    assert row is not None
    return row


def advance(connection: Connection, *, now: datetime) -> CustodyRow | None:
    """One more on the counter; the row as it is then, None in quarantine, where time stands still."""
    connection.execute(update(_table).where(~_HELD).values(counter=_columns.counter + 1, seen_at=now))
    row = get(connection)
    return None if row is None or row.in_quarantine else row


def save(connection: Connection, **values: Any) -> None:
    connection.execute(update(_table).values(**values))


def objection(connection: Connection) -> str | None:
    """Why nothing may be dialled, texted or sent to LiraX with this database, a sentence; None when it may.

    On PostgreSQL it is also seen here that another server answers than before, whoever stands between.
    """
    row = connection.execute(_GATE).first()
    if row is None:
        return None
    server, held, reason = row
    if held:
        return str(reason)
    if server is None or connection.dialect.name != "postgresql":
        return None
    place = connection.execute(_PLACE).scalar_one()
    return None if same_server(server.partition("/")[2], place) else Doubt.SERVER.value


def held_reason() -> ScalarSelect[str | None]:
    """For other statements: the sentence of the quarantine, NULL while there is none."""
    return select(_columns.quarantine_reason).where(_HELD).scalar_subquery()


def server(connection: Connection) -> str | None:
    """Which PostgreSQL this is: system, time line, database, table; None on SQLite."""
    if connection.dialect.name != "postgresql":
        return None
    seen = connection.execute(_MAY_SEE_SYSTEM).scalar()
    system = connection.execute(_SYSTEM).scalar() if seen else "-"
    return f"{system}/{connection.execute(_PLACE).scalar_one()}"


def has_people(connection: Connection) -> bool:
    """Whether there is anybody whom this database has called, or could."""
    for table in (Recipient.__table__, EmployeeCall.__table__):  # type: ignore[attr-defined]
        if connection.execute(select(literal(1)).select_from(table).limit(1)).first() is not None:
            return True
    return False


def accounts_with_people(connection: Connection) -> set[AccountId]:
    """Accounts that somebody is to be called through, or was."""
    people = select(literal(1)).where(_recipient.campaign_id == _campaign.id).exists()
    return {
        AccountId(row[0]) for row in connection.execute(select(_campaign.account_id).where(people).distinct())
    }


def told_late(recipient_id: ColumnElement[int], *, before: datetime) -> ColumnElement[bool]:
    """For other statements: whether only history told, after that moment, how a call to the person went.

    What its rules ordered was ordered once already, by the database that is lost.
    """
    return (
        select(literal(1))
        .where(
            _attempt.recipient_id == recipient_id,
            _attempt.history_at >= before,
            _attempt.finished_heard_at.is_(None),
            or_(_attempt.event_heard_at.is_(None), _attempt.event_heard_at < before),
        )
        .exists()
    )


def somebody_works(connection: Connection) -> bool:
    """Whether an engine holds a lease on it just now: then it is the one at work, whoever else comes."""
    alive = (_worker.ended_at.is_(None), _worker.expires_at > func.now())
    return connection.execute(select(literal(1)).where(*alive).limit(1)).first() is not None
