"""People who were erased, by keyed hashes: a number is known again by whoever names it, and never read.

The key is the house's and never in the database: the database's engine carries a function that hashes
(`carry` of `engine/database`), and every connection has it with it.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import NamedTuple, Protocol, TypeVar

from sqlalchemy import Connection, bindparam, delete, func, literal, select, text, union_all, update

from campaigns.lists.numbers import NumberError, read_number
from campaigns.rules.call_ids import plain
from campaigns.rules.vocabulary import AccountId
from campaigns.store.dialects import upsert
from campaigns.tables import Erased, ErasedTrace

_table = Erased.__table__  # type: ignore[attr-defined]
_columns = _table.c
_trace = ErasedTrace.__table__  # type: ignore[attr-defined]

KEYED_HASH = "dzvin_keyed_hash"
"""The option of a connection that holds the house's hash function."""

NEVER_AGAIN = "the person with this number was erased and is not taken in again"
"""Why a number is refused; `dzvin suppress remove` lets it in again."""

COUNTRY = "UA"  # of numbers that LiraX sends in a national form
FEWEST_DIGITS = 9  # of what may be somebody's number
SLICE = 5_000  # hashes looked up at once

_ANYBODY = select(literal(1)).select_from(_table).limit(1)
_KNOWN = select(_columns.phone_hash).where(_columns.phone_hash.in_(bindparam("hashes", expanding=True)))
_SPEAK = union_all(
    _KNOWN, select(_trace.c.id_hash).where(_trace.c.id_hash.in_(bindparam("traces", expanding=True)))
).limit(1)


class KeyIsMissing(RuntimeError):
    """Somebody was erased, and this connection came without the house's key to know them by."""


class ErasedRow(NamedTuple):
    phone_hash: str
    erased_at: datetime


def hash_of(connection: Connection, text: str) -> str:
    """Raises KeyIsMissing."""
    keyed: Callable[[str], str] | None = connection.get_execution_options().get(KEYED_HASH)
    if keyed is None:
        raise KeyIsMissing("this database was opened without the key of the house")
    return keyed(text)


def anybody(connection: Connection) -> bool:
    """Whether anybody was ever erased; nothing below costs more than this where nobody was."""
    return connection.execute(_ANYBODY).first() is not None


def among(connection: Connection, phones: Sequence[str]) -> set[str]:
    """Those of these numbers whose person was erased."""
    return look_up(connection, phones) if phones and anybody(connection) else set()


def look_up(connection: Connection, phones: Sequence[str]) -> set[str]:
    """As `among`, where it is known that somebody was erased."""
    found: set[str] = set()
    for start in range(0, len(phones), SLICE):
        by_hash = {hash_of(connection, phone): phone for phone in phones[start : start + SLICE]}
        known = connection.execute(_KNOWN, {"hashes": list(by_hash)}).scalars()
        found |= {by_hash[each] for each in known}
    return found


def when(connection: Connection, phone: str) -> datetime | None:
    """When the person with this number was erased; None if they were not."""
    if not anybody(connection):
        return None
    chosen = select(_columns.erased_at).where(_columns.phone_hash == hash_of(connection, phone))
    erased_at: datetime | None = connection.execute(chosen).scalar()
    return erased_at


def add(connection: Connection, phone: str, *, now: datetime) -> str:
    """The hash under which the number is known from now on."""
    phone_hash = hash_of(connection, phone)
    add_hashes(connection, [phone_hash], now=now)
    return phone_hash


def add_hashes(connection: Connection, hashes: Iterable[str], *, now: datetime) -> None:
    """Those are to be scrubbed from the files, too."""
    rows = [{"phone_hash": each, "erased_at": now, "scrubbed_at": None} for each in hashes]
    if rows:
        statement = upsert(connection, _table).on_conflict_do_update(
            index_elements=["phone_hash"], set_={"scrubbed_at": None}
        )
        connection.execute(statement, rows)


def remove(connection: Connection, phone: str) -> bool:
    """Whether the number was an erased person's; from now on it is like any other."""
    if not anybody(connection):
        return False
    gone = delete(_table).where(_columns.phone_hash == hash_of(connection, phone))
    return connection.execute(gone).rowcount > 0


def hashes(connection: Connection) -> set[str]:
    return set(connection.execute(select(_columns.phone_hash)).scalars())


def how_many(connection: Connection) -> int:
    return connection.execute(select(func.count()).select_from(_table)).scalar_one()


def to_scrub(connection: Connection) -> bool:
    """Whether the files may still hold something of somebody who was erased."""
    left = select(_columns.phone_hash).where(text("scrubbed_at IS NULL")).limit(1)
    return connection.execute(left).first() is not None


def scrubbed(connection: Connection, phone_hash: str, *, now: datetime) -> None:
    """The files hold nothing any more of that person."""
    connection.execute(update(_table).where(_columns.phone_hash == phone_hash).values(scrubbed_at=now))


def all_scrubbed(connection: Connection, *, erased_until: datetime, now: datetime) -> None:
    """The files hold nothing any more of whoever had been erased by then."""
    connection.execute(
        update(_table)
        .where(_columns.scrubbed_at.is_(None), _columns.erased_at <= erased_until)
        .values(scrubbed_at=now)
    )


class Family(StrEnum):
    """LiraX counts each of these by itself: the same id may be a call of one person and another's SMS."""

    CALL = "id_make2calls"
    BY_HAND = "id_makecall"
    LEG = "callid"
    SMS = "id_sms"


CMDS_OF: Mapping[Family, tuple[str, ...]] = MappingProxyType(
    {
        Family.CALL: ("make2calls_finished",),
        Family.BY_HAND: ("makecall_finished",),
        Family.LEG: ("event", "record"),
        Family.SMS: ("smsDelivered",),
    }
)
"""The webhooks whose subject is an id of that family."""

_FAMILY_OF = {cmd: family for family, cmds in CMDS_OF.items() for cmd in cmds}


class Known(NamedTuple):
    """An id by which LiraX names a call or a message."""

    account_id: AccountId
    family: Family
    id: str


def add_traces(connection: Connection, ids: Iterable[Known], *, now: datetime) -> None:
    """LiraX may still tell of these calls and messages, by their id alone: it shall find nobody."""
    found = {_trace_of(connection, each) for each in ids}
    if found:
        statement = upsert(connection, _trace).on_conflict_do_nothing()
        connection.execute(statement, [{"id_hash": each, "erased_at": now} for each in sorted(found)])


def forget_traces(connection: Connection, *, before: datetime) -> int:
    return connection.execute(delete(_trace).where(_trace.c.erased_at < before)).rowcount


class Told(Protocol):
    """Something that LiraX sent."""

    @property
    def account_id(self) -> AccountId: ...
    @property
    def cmd(self) -> str: ...
    @property
    def subject(self) -> str | None: ...
    @property
    def body(self) -> Mapping[str, str]: ...


T = TypeVar("T", bound=Told)


def about_nobody(connection: Connection, told: Sequence[T]) -> list[T]:
    """What speaks of no erased person: the rest is not kept."""
    if not anybody(connection):
        return list(told)
    return [each for each in told if not _speaks_of_somebody(connection, each)]


def _speaks_of_somebody(connection: Connection, told: Told) -> bool:
    phones = [hash_of(connection, number) for value in told.body.values() for number in _numbers(value)]
    family = _FAMILY_OF.get(told.cmd)
    named = told.subject and family and Known(told.account_id, family, told.subject)
    traces = [_trace_of(connection, named)] if named else []
    return connection.execute(_SPEAK, {"hashes": phones, "traces": traces}).first() is not None


def _trace_of(connection: Connection, known: Known) -> str:
    return hash_of(connection, f"{known.account_id}:{known.family}:{plain(known.id)}")


def _numbers(value: object) -> list[str]:
    """A field that is nothing but a number, as it is kept and as it is written."""
    written = str(value).strip()
    if len(written) > 40 or sum(letter.isdigit() for letter in written) < FEWEST_DIGITS:
        return []
    digits = "".join(letter for letter in written if letter.isascii() and letter.isdigit())
    try:
        return [read_number(written, country=COUNTRY).digits, digits]
    except NumberError:
        return [digits]
