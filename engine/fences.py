"""What stands between a claim and the first byte of its request: what objects, deadline and lease.

The deadline counts time spent suspended: a request that a frozen program or a sleeping machine held back must
not leave when another has long been decided on. Whatever a fence stops has certainly never left.
"""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import TypeVar

from engine.clock import Clock
from engine.clock_watch import ClockWatch
from engine.leases import Lease
from engine.lirax.answers import Answer
from engine.lirax.client import BeforeSend, LiraxClient
from engine.lirax.errors import Unavailable
from engine.lirax.requests import Request

A = TypeVar("A", bound=Answer)

ABORTED = "aborted"
HELD_BACK = "it was held back too long"
STALE_SECONDS = 1.0  # an answer of the database that took longer tells of the past
OUT_OF_TOUCH = "this engine was out of touch with the database for too long"


Objection = Callable[[], Awaitable[str | None]]
"""Asks the database why a request may not leave any more; None where nothing stands against it."""


async def nothing_else() -> str | None:
    """Nothing beside deadline and lease stands against sending."""
    return None


class Fence:
    """Made where something is claimed. Without a `lease` it is for what a person orders, in any process."""

    def __init__(
        self,
        clock: Clock,
        *,
        patience: timedelta,
        lease: Lease | None = None,
        watch: ClockWatch | None = None,
    ) -> None:
        self._clock = clock
        self._patience = patience.total_seconds()
        self._lease = lease
        self._watch = watch
        self._term = None if lease is None else lease.term
        self._given_up_at = clock.elapsed() + self._patience

    def rearm(self) -> None:
        """One request of several is answered: the next has its own time to leave, under the same lease."""
        self._given_up_at = self._clock.elapsed() + self._patience

    def objection(self) -> str | None:
        """Why the request may not leave any more, or None."""
        if self._clock.elapsed() > self._given_up_at:
            return HELD_BACK
        if self._lease is not None and (self._term is None or self._lease.term != self._term):
            return OUT_OF_TOUCH
        return None if self._watch is None else self._watch.objection()

    def before_send(self, objection: Objection = nothing_else) -> BeforeSend:
        """Runs right before the first byte leaves: it raises, and nothing is sent, if anything objects.

        The connection stands by then. What is looked up comes first, since it may take its time; deadline,
        lease and clock are looked at in the tick in which the bytes are written.
        """

        async def check() -> None:
            reason = await self._of_now(objection) or self.objection()
            if reason is not None:
                raise Unavailable(f"not sent: {reason}", kind=ABORTED)

        return check

    async def _of_now(self, objection: Objection) -> str | None:
        """What objects, as of a second ago at most: a later answer is of the past, and it is asked again.

        Not beyond the deadline: then the request does not leave anyhow.
        """
        while True:
            asked_at = self._clock.elapsed()
            reason = await objection()
            now = self._clock.elapsed()
            if reason is not None or now - asked_at <= STALE_SECONDS or now > self._given_up_at:
                return reason


class Fenced:
    """Sends the requests of one errand, each through the same fence."""

    def __init__(self, client: LiraxClient, fence: Fence) -> None:
        self._client = client
        self._fence = fence

    async def send(self, request: Request[A]) -> A:
        try:
            return await self._client.send(request, before_send=self._fence.before_send())
        finally:
            self._fence.rearm()
