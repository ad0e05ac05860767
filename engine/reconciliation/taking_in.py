"""Takes in what call history has of some time: after a restore, when this database may have lost calls.

Known calls learn from it. A ring to a person who still waits for a call here, and of whom no call is known,
is written down as a call that counts, so that nobody is rung twice for one reason.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import assert_never

import structlog
from sqlalchemy import Connection

from campaigns.rules.following_up import keys_end_calling
from campaigns.rules.matching import EARLY, FARTHEST, Listed, unclaimed
from campaigns.rules.policy import Policy
from campaigns.rules.vocabulary import OPEN_ATTEMPTS, AccountId, AttemptState, Goal
from campaigns.store import attempts, lines
from engine.apply import adopting, calls
from engine.apply.adopting import Ring
from engine.apply.apart import apart
from engine.apply.campaigns import transaction
from engine.apply.change import Change
from engine.apply.numbers import digits_of
from engine.database.port import Lane
from engine.house import House
from engine.lirax.errors import Unavailable
from engine.lirax.history import HistoryClient
from engine.reconciliation.deciding import in_slices
from engine.reconciliation.looking import BLIND, Seen, keep_health, see_between
from engine.reconciliation.seeking import client_of, no_history, waits_of
from engine.reconciliation.telling import SAYS_LITTLE, bind_finished, columns_of, take_in_row, tell_found

log = structlog.get_logger(__name__)

NOT_WRITTEN = "{count} calls of call history could not be written down; the log tells which"
KEYS_LOST = "call history shows that somebody answered; what they pressed was lost with the database"
SLICE = 50  # rings written down in one transaction
MOST_KNOWN = 200_000  # calls that history is compared with


@dataclass(frozen=True)
class TakenIn:
    rows: int  # outgoing calls that history shows in that time
    learned: int  # calls of ours that history told something of for the first time
    adopted: int  # calls written down that this database had lost
    strange: int  # outgoing calls that are nobody's here
    sure_until: datetime  # what began later may not be written in history yet


async def take_in_history(
    house: House, account_id: AccountId, *, since: datetime, until: datetime
) -> TakenIn:
    """Raises LiraxError where history cannot be had whole, or cannot be believed; NotFound for no account."""
    facts = house.accounts.get(account_id)
    client = client_of(house, account_id)
    if client is None:
        raise no_history(facts.name)
    seen = await _see_twice(house, client, account_id, since=since, until=until)
    new = [row for row, _ in seen.known if row.history_at is None and seen.row_of(row) is not None]
    new = [row for row in new if row.state is not AttemptState.PLACING]
    told = await in_slices(house, new, partial(tell_found, house, seen))
    ids = [each.attempt_id for each in told]
    await house.database.write(partial(bind_finished, house, account_id, ids), lane=Lane.PLACEMENT)
    strange = _strange(seen, since=since, until=until)
    verdicts = await _adopt_all(house, account_id, seen, strange)
    if None in verdicts:
        raise Unavailable(NOT_WRITTEN.format(count=verdicts.count(None)), kind="protocol")
    adopted = verdicts.count(True)
    if adopted:
        log.warning("calls that only call history knows were written down", account=facts.name, calls=adopted)
    await keep_health(house, account_id, seen, blind=False)
    house.bells.after_change()
    return TakenIn(
        rows=sum(row.outgoing is not False for row in seen.rows),
        learned=len(new),
        adopted=adopted,
        strange=len(strange) - adopted,
        sure_until=min(until, seen.at - waits_of(house.settings).before_absence),
    )


async def _see_twice(
    house: House, client: HistoryClient, account_id: AccountId, *, since: datetime, until: datetime
) -> Seen:
    """A history that shows no call we know of must be well-formed a second time. Raises LiraxError."""
    waits = waits_of(house.settings)
    look = partial(
        see_between,
        house,
        client,
        account_id,
        since=since - EARLY - FARTHEST - waits.before_absence,
        until=min(until, house.clock.now()) + FARTHEST,
        phones=[],
        newest=MOST_KNOWN,
    )
    seen = await look()
    if seen.witnesses.shown is not None:
        return seen
    again = await look()
    if again.witnesses.must_show is not None and again.witnesses.shown is None:
        raise Unavailable(f"call history: {BLIND}", kind="protocol")
    return again


def _strange(seen: Seen, *, since: datetime, until: datetime) -> list[Listed]:
    """Outgoing rows of that time, by our clock, that are no known call's."""
    middle = seen.clock.middle
    found = [
        row
        for row in unclaimed(seen.rows, seen.found)
        if any(since <= moment - middle <= until for moment in row.moments)
    ]
    return sorted(found, key=lambda row: row.moments[0])


async def _adopt_all(
    house: House, account_id: AccountId, seen: Seen, rows: Sequence[Listed]
) -> list[bool | None]:
    """Of each row whether it was somebody's; None where it could not be written down."""
    verdicts: list[bool | None] = []
    for start in range(0, len(rows), SLICE):
        job = partial(_adopt_some, house, account_id, seen, rows[start : start + SLICE])
        verdicts += await house.database.write(job, lane=Lane.PLACEMENT)
    return verdicts


def _adopt_some(
    house: House, account_id: AccountId, seen: Seen, rows: Sequence[Listed], connection: Connection
) -> list[bool | None]:
    lines.lock(connection)  # another engine may be at it as well
    with transaction(connection, house) as change:
        names_extensions = _names_extensions(change, seen)
    verdicts: list[bool | None] = []
    for row in rows:
        ring = Ring(
            phone=row.phone or "",
            began_at=min(row.moments) - seen.clock.middle,
            ext=row.ext if names_extensions else None,
        )
        deal = partial(_adopt, account_id, row, ring, seen)
        verdicts.append(apart(house, connection, deal, call=row.call_id))
    return verdicts


def _adopt(account_id: AccountId, row: Listed, ring: Ring, seen: Seen, change: Change) -> bool:
    if _is_written_down(change, account_id, row, ring):
        return False
    attempt = adopting.adopt(change, account_id, ring)
    if attempt is None:
        return False
    if _may_have_been_told_to_stop(change.policy(attempt.campaign_id), row):
        attempts.save(change.connection, attempt.id, **columns_of(change, attempt, row, seen))
        calls.nobody_can_tell(change, attempt, detail=KEYS_LOST)
        return True
    take_in_row(change, attempt, row, seen)
    after = attempts.get(change.connection, attempt.id)
    if after is not None and after.state in OPEN_ATTEMPTS:
        calls.nobody_can_tell(change, after, detail=SAYS_LITTLE)
    return True


def _is_written_down(change: Change, account_id: AccountId, row: Listed, ring: Ring) -> bool:
    """Whether another engine that asks history as well was faster."""
    phone = digits_of(ring.phone)
    if phone is None or row.call_id is None:
        return False
    return attempts.with_history_id(change.connection, account_id, row.call_id, phone=phone) is not None


def _may_have_been_told_to_stop(policy: Policy, row: Listed) -> bool:
    """Whether somebody answered who may have pressed what ends their calling, and would be called again.

    What they pressed is lost with the database; history does not know it.
    """
    if not row.connected or not keys_end_calling(policy):
        return False
    match policy.goal:
        case Goal.ANSWERED:
            return False
        case Goal.LISTENED:
            return (row.duration or timedelta(0)) < policy.call.success_after
        case Goal.KEY:
            return True
        case _:
            assert_never(policy.goal)


def _names_extensions(change: Change, seen: Seen) -> bool:
    """Whether history writes for which extension a call was made, as calls that we know show."""
    pairs = ((attempt, seen.row_of(attempt)) for attempt, _ in seen.known)
    return any(
        row is not None and row.ext == change.policy(attempt.campaign_id).from_ext for attempt, row in pairs
    )
