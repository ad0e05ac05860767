"""Looks at what stays open too long: intents of an earlier run, unclear placements, calls never reported."""

from datetime import datetime

from sqlalchemy import Connection

from campaigns.rules.vocabulary import AttemptState
from campaigns.store import attempts, lines
from engine.apply import calls
from engine.apply.campaigns import transaction
from engine.database.port import Lane
from engine.house import House

BATCH = 100
STOPPED = "the program stopped while this call was being placed"
NO_ANSWER = "LiraX never answered the request"


class Reconciling:
    def __init__(self, house: House) -> None:
        self._house = house

    async def run(self) -> datetime | None:
        """When the next open call has to be looked at."""
        while await self._house.database.write(self._look, lane=Lane.PLACEMENT):
            self._house.bells.after_change()
        return await self._house.database.read(self._next)

    def _look(self, connection: Connection) -> int:
        """How much was changed; more may be left while it is not nothing."""
        with transaction(connection, self._house) as change:
            orphaned = attempts.left_placing(connection, epoch=self._house.epoch)
            for attempt in orphaned:  # never back into the queue: the request may have left
                calls.unclear(change, attempt, sent_at=attempt.claimed_at, detail=STOPPED)
            overdue = attempts.overdue(connection, now=change.now, limit=BATCH)
            for attempt in overdue:
                if attempt.state is AttemptState.PLACING:
                    calls.unclear(change, attempt, sent_at=attempt.claimed_at, detail=NO_ANSWER)
                else:
                    calls.nobody_can_tell(change, attempt)
            longest = self._house.settings.max_call
            freed = lines.release_overdue(connection, claimed_before=change.now - longest)
            return len(orphaned) + len(overdue) + freed

    def _next(self, connection: Connection) -> datetime | None:
        oldest = lines.oldest_claim(connection)
        moments = [
            attempts.next_deadline(connection),
            None if oldest is None else oldest + self._house.settings.max_call,
        ]
        return min((moment for moment in moments if moment is not None), default=None)
