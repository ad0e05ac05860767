"""Takes one person out of every table, by number: their own rows first, then whatever else names it.

What must be found by reading whole tables is read apart (`mentions`), so that nobody waits for it.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Connection,
    String,
    Table,
    and_,
    cast,
    delete,
    or_,
    select,
    update,
)

from campaigns.rules.call_ids import plain
from campaigns.rules.mentions import is_number, spelling_of, tail_of, without
from campaigns.rules.vocabulary import (
    OPEN_ATTEMPTS,
    AccountId,
    CampaignId,
    EffectId,
    EffectState,
    EmployeeCallState,
    RecipientId,
    SmsId,
    SmsState,
)
from campaigns.store import erased
from campaigns.store.erased import CMDS_OF, Family, Known
from campaigns.store.nameless import MAY_BE_NAMELESS, make_nameless
from campaigns.store.personal import KEPT, WITH_PEOPLE, table, texts_of
from campaigns.tables import (
    Attempt,
    Consent,
    CrmContact,
    Effect,
    EmployeeCall,
    HeardCall,
    Inbox,
    Recipient,
    Sms,
    Suppression,
)

_recipient = Recipient.__table__  # type: ignore[attr-defined]
_attempt = Attempt.__table__  # type: ignore[attr-defined]
_sms = Sms.__table__  # type: ignore[attr-defined]
_effect = Effect.__table__  # type: ignore[attr-defined]
_heard = HeardCall.__table__  # type: ignore[attr-defined]
_by_hand = EmployeeCall.__table__  # type: ignore[attr-defined]
_inbox = Inbox.__table__  # type: ignore[attr-defined]
_suppression = Suppression.__table__  # type: ignore[attr-defined]
_BY_NUMBER = (
    CrmContact.__table__,  # type: ignore[attr-defined]
    Consent.__table__,  # type: ignore[attr-defined]
)
SLICE = 500
SHORTEST_WORD = 6  # bytes; shorter ones stand everywhere
_WHOLE_ROWS = frozenset({"inbox", "idempotency"})
"""Of these a row goes as a whole where it is about the number, not only what names it."""
_MAY_RING = [
    state.value
    for state in EmployeeCallState
    if state not in (EmployeeCallState.ENDED, EmployeeCallState.FAILED)
]


class Mention(NamedTuple):
    """A row that names the number: to be deleted, or with these columns changed."""

    table: str
    key: Mapping[str, Any]
    changes: Mapping[str, Any] | None  # None: the whole row goes


def what_is_open(connection: Connection, phone: str, *, now: datetime) -> tuple[str | None, datetime | None]:
    """What of the person is under way, and until when at most where that is known; None if nothing is."""
    open_calls = select(_attempt.c.deadline).where(
        _attempt.c.phone == phone, _attempt.c.state.in_([state.value for state in OPEN_ATTEMPTS])
    )
    by_hand = select(_by_hand.c.deadline).where(
        _by_hand.c.phone == phone, _by_hand.c.state.in_(_MAY_RING), _by_hand.c.deadline > now
    )
    for query in (open_calls, by_hand):
        deadline = connection.execute(query).scalar()
        if deadline is not None:
            return "a call to the number is under way", deadline
    texting = select(_sms.c.id).where(_sms.c.phone == phone, _sms.c.state == SmsState.SENDING.value)
    if connection.execute(texting.limit(1)).first() is not None:
        return "a message to the number is being sent", None
    mine = select(_recipient.c.id).where(_recipient.c.phone == phone)
    errand = select(_effect.c.id).where(
        _effect.c.recipient_id.in_(mine), _effect.c.state == EffectState.SENDING.value
    )
    if connection.execute(errand.limit(1)).first() is not None:
        return "LiraX is being told something about the person", None
    return None, None


def queued_messages(connection: Connection, phone: str) -> list[SmsId]:
    chosen = select(_sms.c.id).where(_sms.c.phone == phone, _sms.c.state == SmsState.QUEUED.value)
    return [SmsId(each) for each in connection.execute(chosen.order_by(_sms.c.id)).scalars()]


def queued_effects(connection: Connection, phone: str) -> list[tuple[EffectId, CampaignId | None]]:
    """What LiraX was to do for the person, with the campaigns that wait for it."""
    mine = select(_recipient.c.id).where(_recipient.c.phone == phone)
    chosen = select(_effect.c.id, _effect.c.campaign_id).where(
        _effect.c.recipient_id.in_(mine), _effect.c.state == EffectState.QUEUED.value
    )
    return [(EffectId(id_), campaign) for id_, campaign in connection.execute(chosen.order_by(_effect.c.id))]


def take_out(connection: Connection, phone: str, *, now: datetime) -> Counter[str]:
    """Empties or deletes the person's own rows; how many of each table. Nothing of them may be open."""
    done: Counter[str] = Counter()
    mine = (
        select(_recipient.c.id).where(_recipient.c.phone == phone, MAY_BE_NAMELESS).order_by(_recipient.c.id)
    )
    ids = [RecipientId(each) for each in connection.execute(mine).scalars()]
    told = set(_ids_lirax_knows(connection, phone, ids))
    erased.add_traces(connection, told, now=now)
    done["inbox"] += _forget_webhooks(connection, told)
    for some in _slices(ids):
        calls = select(_attempt.c.id).where(_attempt.c.recipient_id.in_(some))
        done["heard_call"] += _delete(connection, _heard, _heard.c.attempt_id.in_(calls))
        done += make_nameless(connection, some)
    done["heard_call"] += _delete(connection, _heard, _heard.c.phone == phone)
    done["employee_call"] += _delete(connection, _by_hand, _by_hand.c.phone == phone)
    for each in _BY_NUMBER:
        done[str(each.name)] += _delete(connection, each, each.c.phone == phone)
    return done


def numbers(connection: Connection) -> set[str]:
    """Every number that stands in a column of its own; reads whole tables."""
    found: set[str] = set()
    for name in sorted(WITH_PEOPLE):
        of_table = table(name)
        if "phone" in of_table.columns:
            found.update(connection.execute(select(of_table.c.phone).distinct()).scalars())
    return found - {""}


def is_left(connection: Connection, phone: str) -> bool:
    """Whether somebody with that number is still in a campaign: something of them has begun meanwhile."""
    left = select(_recipient.c.id).where(_recipient.c.phone == phone).limit(1)
    return connection.execute(left).first() is not None


def words_of(connection: Connection, phone: str) -> set[str]:
    """What is kept of the person that tells who it is: to look for in the files once it is gone."""
    mine = select(_recipient.c.id).where(_recipient.c.phone == phone)
    found: set[str] = {phone, tail_of(phone)}
    for name in (*KEPT, "deal"):
        of_table = table(name)
        whose = of_table.c.id if name == "recipient" else of_table.c.recipient_id
        texts = [column for column in texts_of(of_table) if column.name not in KEPT.get(name, ())]
        for row in connection.execute(select(*texts).where(whose.in_(mine))):
            found.update(word for value in row for word in _words_in(value))
    contact = CrmContact.__table__.c  # type: ignore[attr-defined]
    found.update(connection.execute(select(contact.name).where(contact.phone == phone)).scalars())
    return {word for word in found if len(word.encode()) >= SHORTEST_WORD}


def _words_in(value: Any) -> Iterator[str]:
    match value:
        case str():
            yield value
        case Mapping():
            for each in value.values():
                yield from _words_in(each)
        case list():
            for each in value:
                yield from _words_in(each)


def mentions(connection: Connection, phone: str) -> list[Mention]:
    """Every row that still names the number, in any column; reads whole tables."""
    return [found for name in sorted(WITH_PEOPLE) for found in _mentions_in(connection, name, phone)]


def apply(connection: Connection, found: Sequence[Mention]) -> Counter[str]:
    """How many rows of each table were changed or deleted."""
    done: Counter[str] = Counter()
    for mention in found:
        of_table = table(mention.table)
        chosen = [of_table.c[name] == value for name, value in mention.key.items()]
        if mention.changes is None:
            done[mention.table] += connection.execute(delete(of_table).where(*chosen)).rowcount
        else:
            changed = update(of_table).where(*chosen).values(**mention.changes)
            done[mention.table] += connection.execute(changed).rowcount
    return done


def _mentions_in(connection: Connection, name: str, phone: str) -> Iterator[Mention]:
    of_table, spelling = table(name), spelling_of(phone)
    keys = list(of_table.primary_key.columns)
    texts = [column for column in texts_of(of_table) if column not in keys]
    pattern = f"%{'%'.join(tail_of(phone))}%"
    query = select(*keys, *texts).where(
        or_(*(cast(column, String).like(pattern) for column in [*keys, *texts]))
    )
    for row in connection.execute(query, execution_options={"yield_per": SLICE}).mappings():
        key = {column.name: row[column] for column in keys}
        changes = {column.name: without(row[column], spelling) for column in texts}
        changes = {column: value for column, value in changes.items() if value != row[column]}
        named_by = any(spelling.search(str(value)) for value in key.values())
        if name in _WHOLE_ROWS and (named_by or _is_about(row, changes, spelling)):
            yield Mention(name, key, None)
        elif changes:
            yield Mention(name, key, changes)


def _is_about(row: Mapping[Any, Any], changes: Mapping[str, Any], spelling: Any) -> bool:
    """A kept answer that names the number, or a webhook one of whose fields is the number."""
    for column in changes:
        value = row[column]
        if column == "answer" or (
            isinstance(value, Mapping) and any(is_number(each, spelling) for each in value.values())
        ):
            return True
    return False


def _ids_lirax_knows(
    connection: Connection, phone: str, recipient_ids: Sequence[RecipientId]
) -> Iterator[Known]:
    """The ids by which LiraX names the person's calls and messages."""
    mine, is_try = _by_hand.c.phone == phone, _by_hand.c.campaign_id.is_not(None)
    queries: list[tuple[Family, Table, tuple[ColumnElement[Any], ...], ColumnElement[bool]]] = [
        (Family.CALL, _by_hand, (_by_hand.c.provider_id,), mine & is_try),
        (Family.BY_HAND, _by_hand, (_by_hand.c.provider_id,), mine & ~is_try),
        (Family.LEG, _by_hand, (_by_hand.c.call_id, _by_hand.c.callid), mine),
        (Family.LEG, _heard, (_heard.c.callid,), _heard.c.phone == phone),
    ]
    for some in _slices(recipient_ids):
        calls = select(_attempt.c.id).where(_attempt.c.recipient_id.in_(some))
        theirs = _attempt.c.recipient_id.in_(some)
        queries += [
            (Family.CALL, _attempt, (_attempt.c.provider_id,), theirs),
            (Family.LEG, _attempt, (_attempt.c.callid, _attempt.c.history_id), theirs),
            (Family.LEG, _heard, (_heard.c.callid,), _heard.c.attempt_id.in_(calls)),
            (Family.SMS, _sms, (_sms.c.provider_id,), _sms.c.recipient_id.in_(some)),
        ]
    for family, of_table, columns, where in queries:
        for account_id, *named in connection.execute(select(of_table.c.account_id, *columns).where(where)):
            yield from (Known(AccountId(account_id), family, each) for each in named if each)


def _forget_webhooks(connection: Connection, told: Iterable[Known]) -> int:
    """Those that name the person by an id alone."""
    done = 0
    for known in told:
        about = (
            _inbox.c.account_id == known.account_id,
            _inbox.c.cmd.in_(CMDS_OF[known.family]),
            _inbox.c.subject.in_({known.id, plain(known.id)}),
        )
        done += _delete(connection, _inbox, and_(*about))
    return done


def _delete(connection: Connection, of_table: Any, where: Any) -> int:
    return connection.execute(delete(of_table).where(where)).rowcount


def _slices(ids: Sequence[RecipientId]) -> Iterator[Sequence[RecipientId]]:
    return (ids[start : start + SLICE] for start in range(0, len(ids), SLICE))
