"""One look into the call history of an account: one fetch for all calls that nobody can tell of.

What it shows is applied by `telling`; what it must show, and does not, makes it unbelievable.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

import structlog
from sqlalchemy import Connection

from campaigns.rules.history_verdicts import (
    LATE,
    Case,
    Sight,
    Waits,
    Witnesses,
    next_look,
    sight_of,
    witnesses_of,
)
from campaigns.rules.matching import (
    EARLY,
    FARTHEST,
    ClockApart,
    Listed,
    Sought,
    learn_clock,
    match,
)
from campaigns.rules.vocabulary import AccountId, AttemptState
from campaigns.store import reconciliation as store
from campaigns.store.attempts import AttemptRow
from campaigns.store.reconciliation import HealthRow
from engine.database.port import Lane
from engine.house import House
from engine.lirax.errors import LiraxError, Unavailable
from engine.lirax.history import HistoryClient
from engine.reconciliation.seeking import (
    case_of,
    key_of,
    rows_between,
    sought_by_hand,
    sought_of,
    waits_of,
)

log = structlog.get_logger(__name__)

KNOWN = 300  # of the calls that we know all of, so many of the newest are looked at beside
CLOCK_OFF = "its clock is {minutes} minutes apart from ours: check the time zone of the account"
BLIND = "it does not show calls that LiraX told us of, so what it lacks proves nothing"


@dataclass(frozen=True)
class Plan:
    """Calls to look for, and when the next one's turn comes."""

    account_id: AccountId
    cases: tuple[tuple[AttemptRow, Case], ...]
    health: HealthRow | None
    next_at: datetime | None

    def due(self, now: datetime, waits: Waits) -> list[Case]:
        return [case for _, case in self.cases if (at := next_look(case, waits)) is not None and at <= now]


@dataclass(frozen=True)
class Seen:
    """A well-formed answer of history, beside all that we know of that time."""

    at: datetime  # when it was asked
    since: datetime
    rows: tuple[Listed, ...]
    known: tuple[tuple[AttemptRow, Sought], ...]
    found: Mapping[str, Listed]
    clock: ClockApart
    taught: bool  # whether these rows taught how far the clocks are apart
    clock_set_after: int | None  # the newest call that our clock was set after
    witnesses: Witnesses

    def row_of(self, attempt: AttemptRow) -> Listed | None:
        return self.found.get(key_of(attempt))

    def sight(self, case: Case) -> Sight:
        return sight_of(case.since, self.witnesses)


def plan(house: House, account_id: AccountId, connection: Connection) -> Plan:
    waits, now = waits_of(house.settings), house.clock.now()
    overdue_from = now - waits.longest_call
    rows = [
        *store.unclear(connection, account_id, requested_by=overdue_from),
        *store.given_up(connection, account_id, since=now - LATE),
    ]
    cases = tuple((row, case_of(row, waits)) for row in rows)
    moments = [at for _, case in cases if (at := next_look(case, waits)) is not None]
    oldest = store.oldest_request(connection, account_id, after=overdue_from)
    if oldest is not None:
        moments.append(oldest + waits.longest_call)
    return Plan(account_id, cases, store.health(connection, account_id), min(moments, default=None))


async def see(house: House, client: HistoryClient, plan: Plan) -> Seen:
    """Raises LiraxError where history cannot be had, or cannot be believed."""
    waits, now = waits_of(house.settings), house.clock.now()
    oldest = min((case.sought.asked_at for _, case in plan.cases), default=now)
    since = oldest - EARLY - FARTHEST - waits.before_absence
    phones = [attempt.phone for attempt, _ in plan.cases]
    return await see_between(house, client, plan.account_id, since=since, until=now + FARTHEST, phones=phones)


async def see_between(
    house: House,
    client: HistoryClient,
    account_id: AccountId,
    *,
    since: datetime,
    until: datetime,
    phones: Sequence[str],
    newest: int = KNOWN,
) -> Seen:
    """Raises LiraxError where history cannot be had, or its clock cannot be right."""
    at = house.clock.now()
    rows = await rows_between(house, client, since=since, until=until)
    waits = waits_of(house.settings)
    known, by_hand, health = await house.database.read(
        partial(_known, account_id, waits, since=since, until=until, phones=phones, newest=newest)
    )
    sought = [*(call for _, call in known), *by_hand]
    clock, taught = learn_clock(sought, rows, kept=_kept(health))
    if abs(clock.middle) > FARTHEST:
        minutes = round(clock.middle / timedelta(minutes=1))
        raise Unavailable(f"call history: {CLOCK_OFF.format(minutes=minutes)}", kind="protocol")
    found = match(sought, rows, clock)
    witnesses = witnesses_of((call for _, call in known), found, look_at=at, waits=waits)
    set_after = None if health is None else health.clock_set_after
    return Seen(at, since, tuple(rows), known, found, clock, taught, set_after, witnesses)


def _known(
    account_id: AccountId,
    waits: Waits,
    connection: Connection,
    *,
    since: datetime,
    until: datetime,
    phones: Sequence[str],
    newest: int,
) -> tuple[tuple[tuple[AttemptRow, Sought], ...], list[Sought], HealthRow | None]:
    """Calls of that time: all to these numbers, and the newest of the others; and those ordered by hand."""
    health = store.health(connection, account_id)
    set_after = None if health is None else health.clock_set_after
    rows = store.claimed_between(connection, account_id, since=since, until=until, newest=newest)
    by_id = {row.id: row for row in rows}
    for start in range(0, len(phones), 500):
        some = phones[start : start + 500]
        by_id |= {row.id: row for row in store.to_numbers(connection, account_id, some, since=since)}
    ordered = store.by_hand_between(connection, account_id, since=since, until=until)
    calls = [row for row in by_id.values() if row.may_have_left or row.state is AttemptState.PLACING]
    return (
        tuple((row, sought_of(row, waits, clock_set_after=set_after)) for row in calls),
        [sought_by_hand(call, waits, by_this_clock=set_after is None) for call in ordered],
        health,
    )


def _kept(health: HealthRow | None) -> ClockApart | None:
    if health is None or health.skew_seconds is None:
        return None
    middle = timedelta(seconds=health.skew_seconds)
    within = timedelta(seconds=health.skew_within_seconds or 0)
    return ClockApart(middle - within, middle + within)


async def keep_health(house: House, account_id: AccountId, seen: Seen, *, blind: bool) -> None:
    def write(connection: Connection) -> None:
        values: dict[str, float | datetime | None] = {}
        before = store.health(connection, account_id)
        set_meanwhile = before is not None and before.clock_set_after != seen.clock_set_after
        if seen.taught and not set_meanwhile:
            values = {
                "skew_seconds": seen.clock.middle.total_seconds(),
                "skew_within_seconds": seen.clock.within.total_seconds(),
            }
        if blind:
            store.save_health(connection, account_id, asked_at=seen.at, **values)
            store.trouble_of(connection, account_id, at=seen.at, trouble=BLIND)
        else:
            more = {"healthy_at": seen.at, "trouble": None, "trouble_since": None, "asked_at": seen.at}
            store.save_health(connection, account_id, **more, **values)

    await house.database.write(write, lane=Lane.PLACEMENT)


async def keep_trouble(house: House, plan: Plan, error: LiraxError, *, at: datetime) -> None:
    """It failed: nothing is known, and nothing decided."""
    asked_for = [attempt.id for attempt, _ in plan.cases]

    def write(connection: Connection) -> bool:
        before = store.health(connection, plan.account_id)
        store.trouble_of(connection, plan.account_id, at=at, trouble=str(error))
        store.looked_for(connection, asked_for, at=at)
        return before is None or before.trouble is None

    if await house.database.write(write, lane=Lane.PLACEMENT):
        log.warning("call history cannot be read", account_id=plan.account_id, reason=str(error))
        house.bells.changes.ring()
