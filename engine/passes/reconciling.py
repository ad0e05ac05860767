"""Looks at what stays open too long: intents of an earlier run, unclear placements, calls never reported.

And at webhooks that nobody knew the call of when they came.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

import structlog
from sqlalchemy import Connection

from campaigns.rules.vocabulary import AccountId, AttemptState
from campaigns.store import accounts, attempts, employee_calls, inbox, lines, workers
from campaigns.store.attempts import AttemptRow
from campaigns.store.employee_calls import EmployeeCallRow
from engine.apply import by_hand, calls, webhooks
from engine.apply.apart import apart, apply_apart
from engine.apply.binding import bind_orphans
from engine.apply.campaigns import transaction
from engine.apply.change import Change
from engine.database.port import Lane
from engine.database.trouble import is_of_the_database
from engine.house import House
from engine.reconciliation.seeking import client_of

log = structlog.get_logger(__name__)

BATCH = 100
STOPPED = "the program stopped, or stood still, while this call was being placed"
NO_ANSWER = "LiraX never answered the request"
AGAIN = timedelta(minutes=1)  # until a call that could not be dealt with is looked at again
SHORTEST_WAIT = timedelta(seconds=1)  # for a lease that ends this very moment
CROSSED = timedelta(minutes=2)  # longer than an answer can take to be written: it may cross its own webhook


@dataclass(frozen=True)
class Look:
    """How much was changed, more may be left while it is not nothing; and when an orphan tells more."""

    changed: int
    again_at: datetime | None


class Reconciling:
    def __init__(self, house: House) -> None:
        self._house = house

    async def run(self) -> datetime | None:
        """When the next open call has to be looked at."""
        while (look := await self._house.database.write(self._look, lane=Lane.PLACEMENT)).changed:
            self._house.bells.after_change()
        next_at = await self._house.database.read(self._next)
        return min((moment for moment in (next_at, look.again_at) if moment is not None), default=None)

    def _look(self, connection: Connection) -> Look:
        house = self._house
        changed = self._look_at_calls(connection) + self._end_by_hand(connection)
        account_ids = [AccountId(row.id) for row in accounts.every(connection)]
        bound = [bind_orphans(house, connection, account_id) for account_id in account_ids]
        changed += sum(each.number for each in bound)
        changed += sum(self._match(connection, account_id) for account_id in account_ids)
        longest = house.settings.max_call
        changed += lines.release_overdue(connection, claimed_before=house.clock.now() - longest)
        moments = [each.again_at for each in bound if each.again_at is not None]
        return Look(changed, min(moments, default=None))

    def _look_at_calls(self, connection: Connection) -> int:
        done = 0
        self._take_over(connection)
        for attempt in attempts.left_placing(connection, epoch=self._house.epoch):
            # never back into the queue: the request may have left
            done += self._deal_with(connection, attempt, _unclear(attempt, STOPPED))
        for attempt in attempts.overdue(connection, now=self._house.clock.now(), limit=BATCH):
            placing = attempt.state is AttemptState.PLACING
            deal = _unclear(attempt, NO_ANSWER) if placing else self._end_or_wait
            done += self._deal_with(connection, attempt, deal)
        return done

    def _take_over(self, connection: Connection) -> None:
        """Of engines whose lease has ended nothing more is awaited. One that only stood still finds out."""
        now = workers.clock(connection, self._house.clock.now())
        workers.end_expired(connection, besides=self._house.epoch, now=now)

    def _end_or_wait(self, change: Change, attempt: AttemptRow) -> None:
        """Call history, where it is asked, has until DZVIN_UNKNOWN_AFTER to tell (contract, section 2)."""
        settings = self._house.settings
        last_at = attempt.requested_at + settings.unclear_until + settings.unknown_after
        asked = client_of(self._house, attempt.account_id) is not None
        if asked and change.now < last_at and not calls.is_told(change, attempt):
            attempts.save(change.connection, attempt.id, deadline=last_at)
        else:
            calls.nobody_can_tell(change, attempt)

    def _deal_with(
        self, connection: Connection, attempt: AttemptRow, deal: Callable[[Change, AttemptRow], None]
    ) -> bool:
        """Whether it worked. One call that cannot be dealt with holds up no other."""
        try:
            with self._apart(connection) as change:
                deal(change, attempt)
        except Exception as error:  # the edge of the pass
            if is_of_the_database(error):
                raise
            log.exception("a call could not be dealt with", attempt_id=attempt.id)
            attempts.save(connection, attempt.id, deadline=self._house.clock.now() + AGAIN)
            return False
        return True

    @contextmanager
    def _apart(self, connection: Connection) -> Iterator[Change]:
        with connection.begin_nested(), transaction(connection, self._house) as change:
            yield change

    def _end_by_hand(self, connection: Connection) -> int:
        """Calls that somebody ordered by hand, and whose time is up; how many."""
        now = self._house.clock.now()
        first = employee_calls.next_deadline(connection)
        if first is None or first > now:
            return 0
        ended = 0
        for row in employee_calls.overdue(connection, now=now):
            if apart(self._house, connection, partial(_overdue, row), employee_call_id=row.id):
                ended += 1
            else:
                employee_calls.save(connection, row.id, deadline=now + AGAIN)
        return ended

    def _match(self, connection: Connection, account_id: AccountId) -> int:
        """Apply webhooks that came in the same instant as the answer that brought their id."""
        since = self._house.clock.now() - self._house.settings.lirax_timeout - CROSSED
        rows = inbox.late_matches(connection, account_id, since=since)
        verdicts = [
            apply_apart(self._house, connection, row, partial(webhooks.apply, row=row), late=True)
            for row in rows
        ]
        return verdicts.count(inbox.APPLIED)

    def _next(self, connection: Connection) -> datetime | None:
        oldest = lines.oldest_claim(connection)
        moments = [
            self._next_takeover(connection),
            attempts.next_deadline(connection),
            None if oldest is None else oldest + self._house.settings.max_call,
            employee_calls.next_deadline(connection),
        ]
        return min((moment for moment in moments if moment is not None), default=None)

    def _next_takeover(self, connection: Connection) -> datetime | None:
        """When we may take over from an engine that is placing a call, if it does not renew its lease."""
        ends_at = workers.next_expiry(connection, besides=self._house.epoch)
        if ends_at is None:
            return None
        now = self._house.clock.now()
        return now + max(ends_at - workers.clock(connection, now), SHORTEST_WAIT)


def _overdue(row: EmployeeCallRow, change: Change) -> bool:
    by_hand.overdue(change, row)
    return True


def _unclear(attempt: AttemptRow, detail: str) -> Callable[[Change, AttemptRow], None]:
    return lambda change, row: calls.unclear(change, row, sent_at=attempt.claimed_at, detail=detail)
