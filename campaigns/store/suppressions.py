"""The do-not-call list: numbers that nobody calls or texts, from any campaign; those of erased people too.

An erased number is on the list for whoever asks for it by name, and stands in no list of numbers.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import (
    Connection,
    bindparam,
    delete,
    exists,
    func,
    literal,
    select,
    text,
    tuple_,
    union_all,
)

from campaigns.store import erased
from campaigns.store.dialects import upsert
from campaigns.tables import Erased, Suppression

_table = Suppression.__table__  # type: ignore[attr-defined]
_columns = _table.c
_SELECT = select(_columns.phone, _columns.reason, _columns.source, _columns.added_at)
# Written out, because SQLite uses a partial index only where it sees the very words of its condition.
_IS_BEING_ERASED = text("source = 'erase'")
_SOMEBODY_IS_ERASED = ""
_AMONG = union_all(
    select(_columns.phone).where(_columns.phone.in_(bindparam("phones", expanding=True))),
    select(literal(_SOMEBODY_IS_ERASED)).where(exists(select(Erased.__table__))),  # type: ignore[attr-defined]
)


ERASING = "erase"
"""The source of a number that stands here only until its person is erased."""

ERASED = "erased"
"""The source of one that stands nowhere, and is on the list all the same."""


class Entry(NamedTuple):
    phone: str
    reason: str | None
    source: str  # operator | api | rule | sms | import | lirax | erase | erased
    added_at: datetime


class Place(NamedTuple):
    """Where a list of entries goes on."""

    added_at: datetime
    phone: str


def add(connection: Connection, phone: str, *, reason: str | None, source: str, now: datetime) -> bool:
    """Whether the number was not on the list before."""
    return bool(add_all(connection, [phone], reason=reason, source=source, now=now))


def add_all(
    connection: Connection, phones: Sequence[str], *, reason: str | None, source: str, now: datetime
) -> set[str]:
    """Those of these numbers that were not on the list before; nobody who was erased is written again."""
    known = erased.among(connection, phones)
    phones = [phone for phone in phones if phone not in known]
    if not phones:
        return set()
    rows = [{"phone": phone, "reason": reason, "source": source, "added_at": now} for phone in phones]
    statement = upsert(connection, _table).values(rows).on_conflict_do_nothing().returning(_columns.phone)
    return set(connection.execute(statement).scalars())


def remove(connection: Connection, phone: str) -> bool:
    """Whether the number was on the list, as its own or as that of somebody who was erased."""
    was_erased = erased.remove(connection, phone)
    return connection.execute(delete(_table).where(_columns.phone == phone)).rowcount > 0 or was_erased


def among(connection: Connection, phones: Sequence[str]) -> set[str]:
    """Those of these numbers that are on the list."""
    found = set(connection.execute(_AMONG, {"phones": phones}).scalars())
    if _SOMEBODY_IS_ERASED not in found:
        return found
    return (found - {_SOMEBODY_IS_ERASED}) | erased.look_up(connection, phones)


def keep_for_erasing(connection: Connection, phone: str, *, now: datetime) -> None:
    """On the list until the person is erased, which may have to wait; nothing else is told of them."""
    values = {"reason": None, "source": ERASING}
    statement = upsert(connection, _table).values(phone=phone, added_at=now, **values)
    connection.execute(statement.on_conflict_do_update(index_elements=["phone"], set_=values))


def end_erasing(connection: Connection, phone: str) -> None:
    """The number is known by its hash from now on."""
    connection.execute(delete(_table).where(_columns.phone == phone))


def to_be_erased(connection: Connection) -> list[str]:
    """The numbers whose erasure has begun and not ended."""
    chosen = select(_columns.phone).where(_IS_BEING_ERASED)
    return list(connection.execute(chosen.order_by(_columns.added_at, _columns.phone)).scalars())


def phones(connection: Connection) -> set[str]:
    """Every number on the list."""
    return set(connection.execute(select(_columns.phone)).scalars())


def how_many(connection: Connection) -> int:
    return connection.execute(select(func.count()).select_from(_table)).scalar_one()


def newest_first(
    connection: Connection, *, limit: int, beginning: str = "", before: Place | None = None
) -> list[Entry]:
    """Entries as they were added, the last one first, those `before` a place; of numbers `beginning` so."""
    chosen = _SELECT.order_by(_columns.added_at.desc(), _columns.phone.desc()).limit(limit)
    if beginning:
        chosen = chosen.where(_columns.phone.startswith(beginning, autoescape=True))
    if before is not None:
        place = tuple_(_columns.added_at, _columns.phone)
        chosen = chosen.where(place < tuple_(*before, types=[_columns.added_at.type, _columns.phone.type]))
    return [Entry(*row) for row in connection.execute(chosen)]


def get(connection: Connection, phone: str) -> Entry | None:
    row = connection.execute(_SELECT.where(_columns.phone == phone)).first()
    if row is not None:
        return Entry(*row)
    erased_at = erased.when(connection, phone)
    return None if erased_at is None else Entry(phone, None, ERASED, erased_at)


def oldest_first(connection: Connection, *, limit: int, after: Place | None = None) -> list[Entry]:
    """Entries in the order in which they were added, those after `after`."""
    chosen = _SELECT.order_by(_columns.added_at, _columns.phone).limit(limit)
    if after is not None:
        place = tuple_(_columns.added_at, _columns.phone)
        chosen = chosen.where(place > tuple_(*after, types=[_columns.added_at.type, _columns.phone.type]))
    return [Entry(*row) for row in connection.execute(chosen)]
