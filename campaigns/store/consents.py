"""Consent on record: who agreed to be called and texted, and who has withdrawn it."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, and_, bindparam, func, or_, select, tuple_

from campaigns.rules.consents import Consent as Given
from campaigns.store.dialects import Upsert
from campaigns.tables import Consent

_table = Consent.__table__  # type: ignore[attr-defined]
_columns = _table.c
_SELECT = select(
    _columns.phone,
    _columns.source,
    _columns.given_at,
    _columns.proof,
    _columns.added_at,
    _columns.withdrawn_at,
)
_GOOD = select(_columns.phone).where(
    _columns.phone.in_(bindparam("phones", expanding=True)),
    _columns.withdrawn_at.is_(None),
    _columns.given_at <= bindparam("now", type_=_columns.given_at.type),
)
# An old list that comes in again neither undoes a withdrawal nor replaces what was given later.
_RECORD = Upsert(
    _table,
    lambda insert: insert.on_conflict_do_update(
        index_elements=["phone"],
        set_={
            **{name: insert.excluded[name] for name in ("source", "given_at", "proof", "added_at")},
            "withdrawn_at": None,
        },
        where=or_(
            and_(_columns.withdrawn_at.is_(None), insert.excluded.given_at > _columns.given_at),
            insert.excluded.given_at >= _columns.withdrawn_at,
        ),
    ).returning(_columns.phone),
)
# Who never gave any is kept as withdrawn too: a list that tells of older consent does not count then. The
# last withdrawal counts: one that was collected between two of them undoes neither.
_WITHDRAW = Upsert(
    _table,
    lambda insert: insert.on_conflict_do_update(
        index_elements=["phone"],
        set_={"withdrawn_at": insert.excluded.withdrawn_at},
        where=or_(_columns.withdrawn_at.is_(None), _columns.withdrawn_at < insert.excluded.withdrawn_at),
    ),
)


class Entry(NamedTuple):
    phone: str
    source: str
    given_at: datetime
    proof: str | None
    added_at: datetime
    withdrawn_at: datetime | None


class Place(NamedTuple):
    """Where a list of entries goes on."""

    added_at: datetime
    phone: str


def record(connection: Connection, given: Sequence[Given], *, now: datetime) -> int:
    """How many records are new or newer than what was there."""
    newest = {each.phone: each for each in sorted(given, key=lambda each: each.given_at)}
    rows = [{**each._asdict(), "added_at": now, "withdrawn_at": None} for each in newest.values()]
    return len(_RECORD.run(connection, rows).scalars().all()) if rows else 0


def withdraw(connection: Connection, phones: Collection[str], *, source: str, now: datetime) -> None:
    """From now on the numbers have no consent; `source` is kept where nothing was on record."""
    told = {"source": source, "given_at": now, "added_at": now, "withdrawn_at": now, "proof": None}
    if phones:
        _WITHDRAW.run(connection, [{"phone": phone, **told} for phone in sorted(set(phones))])


def among(connection: Connection, phones: Sequence[str], *, now: datetime) -> set[str]:
    """Those of these numbers whose consent is on record at that moment."""
    return set(connection.execute(_GOOD, {"phones": phones, "now": now}).scalars())


def get(connection: Connection, phone: str) -> Entry | None:
    row = connection.execute(_SELECT.where(_columns.phone == phone)).first()
    return None if row is None else Entry(*row)


def how_many(connection: Connection) -> int:
    """Numbers with consent that has not been withdrawn."""
    return connection.execute(
        select(func.count()).select_from(_table).where(_columns.withdrawn_at.is_(None))
    ).scalar_one()


def oldest_first(connection: Connection, *, limit: int, after: Place | None = None) -> list[Entry]:
    """Records in the order in which they were added, those after `after`."""
    chosen = _SELECT.order_by(_columns.added_at, _columns.phone).limit(limit)
    if after is not None:
        place = tuple_(_columns.added_at, _columns.phone)
        chosen = chosen.where(place > tuple_(*after, types=[_columns.added_at.type, _columns.phone.type]))
    return [Entry(*row) for row in connection.execute(chosen)]


def newest_first(connection: Connection, *, limit: int, beginning: str = "") -> list[Entry]:
    """The last that were added first, of numbers `beginning` so."""
    chosen = _SELECT.order_by(_columns.added_at.desc(), _columns.phone.desc()).limit(limit)
    if beginning:
        chosen = chosen.where(_columns.phone.startswith(beginning, autoescape=True))
    return [Entry(*row) for row in connection.execute(chosen)]
