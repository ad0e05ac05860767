"""For how long what is remembered of people is kept."""

from dataclasses import dataclass
from datetime import datetime, timedelta

LEAST_OF_CALLS = timedelta(days=8)
"""Caps count the calls of seven days, and late evidence still reopens: younger ones are never touched."""


@dataclass(frozen=True)
class Keeping:
    """How long each kind is kept; None is for ever."""

    webhooks: timedelta | None
    recordings: timedelta | None
    calls: timedelta | None
    least: timedelta = LEAST_OF_CALLS  # of calls and webhooks, whatever is asked for

    def webhooks_before(self, now: datetime) -> datetime | None:
        return _before(self.webhooks, now, least=self.least)

    def recordings_before(self, now: datetime) -> datetime | None:
        return _before(self.recordings, now, least=timedelta(0))

    def calls_before(self, now: datetime) -> datetime | None:
        return _before(self.calls, now, least=self.least)


def _before(kept: timedelta | None, now: datetime, *, least: timedelta) -> datetime | None:
    """What is older than the answer may go; None: nothing."""
    return None if kept is None else now - max(kept, least)
