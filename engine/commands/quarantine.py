"""What a person may ask of a quarantine: how it stands, to begin one, to end it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from secrets import token_hex
from typing import Any

import structlog
from sqlalchemy import Connection

from campaigns.rules.custody import Doubt
from campaigns.rules.reasons import local_moment
from campaigns.rules.vocabulary import EffectState, SmsState
from campaigns.store import custody, outbox, sms
from campaigns.store.custody import CustodyRow
from engine.apply import messages
from engine.apply.campaigns import transaction
from engine.custody.keeper import enter_quarantine
from engine.errors import Conflict
from engine.house import House

log = structlog.get_logger(__name__)

SLICE = 500  # messages or orders settled in one transaction
NOT_HELD = "this database is not in quarantine: there is nothing to release"
MAY_HAVE_LEFT = "it waited when the database was restored, so it may have been sent since"
UNTOLD = (
    "call history since {since} is not taken in yet ({why}); wait for it, or release with --without-history, "
    "which may ring people a second time"
)
NO_HISTORY = (
    "nobody can tell whom {names} called after {since}: there is no call history. --without-history releases "
    "all the same, and who was called in that time may be rung a second time"
)


@dataclass(frozen=True)
class AccountLook:
    """What history told of one account since the quarantine's `since`; `trouble` while it told nothing."""

    name: str
    with_history: bool
    taken: bool = False
    trouble: str | None = None
    calls: int = 0  # in history
    learned: int = 0  # of which this database had not known all
    taken_in: int = 0  # of which it had known nothing
    strangers: int = 0  # that are nobody's here


@dataclass(frozen=True)
class Standing:
    """How a quarantine stands. `look_at` is when history is asked, `objection` why it cannot be ended yet."""

    row: CustodyRow
    look_at: datetime
    accounts: Sequence[AccountLook]
    messages_waiting: int
    orders_waiting: int
    objection: str | None


async def standing(house: House) -> Standing | None:
    """None where there is no quarantine."""
    return await house.database.read(lambda connection: read_standing(house, connection))


async def last_release(house: House) -> CustodyRow | None:
    """The row, for who released it last and when."""
    return await house.database.read(custody.get)


def read_standing(house: House, connection: Connection) -> Standing | None:
    row = custody.get(connection)
    if row is None or not row.in_quarantine:
        return None
    assert row.quarantined_at is not None
    looks = _looks(house, connection, row)
    return Standing(
        row=row,
        look_at=look_at(house, row),
        accounts=looks,
        messages_waiting=sms.how_many_waiting(connection, before=row.quarantined_at),
        orders_waiting=outbox.how_many_waiting_once(connection, before=row.quarantined_at),
        objection=_objection(house, row, looks),
    )


async def release(house: House, *, by: str, without_history: bool, send_waiting: bool) -> CustodyRow:
    """Let the database dial again. Raises Conflict where it is not held, or history is not taken in.

    What waited to be sent may have been sent already: it becomes `unknown` unless `send_waiting`.
    """
    looked = await standing(house)
    if looked is None:
        raise Conflict(NOT_HELD)
    if looked.objection is not None and not without_history:
        raise Conflict(looked.objection)
    if not send_waiting:
        await _settle_waiting(house, looked.row)
    row = await house.database.write(lambda connection: _release(house, connection, by=by))
    log.warning(
        "a database was released from quarantine",
        released_by=by,
        since=str(row.since),
        without_history=without_history and looked.objection is not None,
        send_waiting=send_waiting,
    )
    await house.custody.moved_on(row)
    for bell in house.bells.of_passes().values():
        bell.set()
    house.bells.changes.ring()
    return row


async def begin(house: House) -> Standing:
    """Put a database into quarantine by hand; one that is in it stays as it is."""

    def write(connection: Connection) -> Standing:
        row = custody.get(connection)
        assert row is not None, "every house has taken its database into custody"
        enter_quarantine(connection, row, Doubt.ORDERED, house.settings, house.clock)
        found = read_standing(house, connection)
        assert found is not None
        return found

    found = await house.database.write(write)
    house.bells.quarantining.set()
    house.bells.changes.ring()
    return found


def look_at(house: House, row: CustodyRow) -> datetime:
    """When history is asked: whatever may have been under way when the quarantine began is over by then."""
    assert row.quarantined_at is not None
    return row.quarantined_at + house.settings.unclear_until


def _looks(house: House, connection: Connection, row: CustodyRow) -> list[AccountLook]:
    found = row.found or {}
    concerned = custody.accounts_with_people(connection)
    return [
        AccountLook(facts.name, facts.history is not None, **_told(found.get(str(facts.id))))
        for facts in house.accounts.all()
        if facts.id in concerned
    ]


def _told(told: Any) -> dict[str, Any]:
    return dict(told) if told else {}


def _objection(house: House, row: CustodyRow, looks: Sequence[AccountLook]) -> str | None:
    zone, now = house.settings.account_timezone, house.clock.now()
    since = local_moment(row.since or row.seen_at, zone=zone, now=now)
    untold = [each for each in looks if each.with_history and not each.taken]
    if untold and row.reconciled_at is None:
        at = local_moment(look_at(house, row), zone=zone, now=now)
        waits = f"asked at {at}, when calls of then must be over"
        why = "; ".join(f"{each.name}: {each.trouble or waits}" for each in untold)
        return UNTOLD.format(since=since, why=why)
    silent = [each.name for each in looks if not each.with_history]
    return NO_HISTORY.format(names=", ".join(silent), since=since) if silent else None


async def _settle_waiting(house: House, row: CustodyRow) -> None:
    assert row.quarantined_at is not None
    before = row.quarantined_at
    while await house.database.write(lambda connection: _settle_some(house, connection, before)):
        pass


def _settle_some(house: House, connection: Connection, before: datetime) -> int:
    with transaction(connection, house) as change:
        texts = sms.waiting(connection, before=before, limit=SLICE)
        for message in texts:
            messages.become(change, message, SmsState.UNKNOWN, detail=MAY_HAVE_LEFT)
        orders = outbox.waiting_once(connection, before=before, limit=SLICE)
        for order in orders:
            outbox.save(
                connection,
                order.id,
                state=EffectState.UNKNOWN.value,
                tries=order.tries + 1,
                due_at=None,
                finished_at=change.now,
                detail=MAY_HAVE_LEFT,
            )
            if order.campaign_id is not None:
                change.touched.add(order.campaign_id)
        return len(texts) + len(orders)


def _release(house: House, connection: Connection, *, by: str) -> CustodyRow:
    row = custody.get(connection)
    if row is None or not row.in_quarantine:
        raise Conflict(NOT_HELD)
    now = house.clock.now()
    custody.save(
        connection,
        identity=token_hex(16),
        former=[*(row.former or ()), row.identity],
        counter=row.counter + 1,
        seen_at=now,
        server=custody.server(connection),
        released_at=now,
        released_by=by,
    )
    after = custody.get(connection)
    assert after is not None
    return after
