"""Forgets: ends erasures that had to wait, and lets go of what has become too old.

In slices, behind everybody else who writes. Of what grew old the files are scrubbed once a day, when no call
is open: that rewrites them, and webhooks would wait.
"""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any, TypeVar

import structlog
from sqlalchemy import Connection, Row

from campaigns.rules.vocabulary import CampaignId, RecipientId
from campaigns.store import aging, attempts, erased, idempotency, inbox, sessions, suppressions, workers
from campaigns.store.aging import Aged
from campaigns.store.nameless import make_nameless
from campaigns.store.sessions import SessionLimits
from engine.commands.erasing import go_on, scrub_now
from engine.commands.people import IDLE, LONGEST_SESSION
from engine.database.port import Lane
from engine.house import House

T = TypeVar("T")

log = structlog.get_logger(__name__)

SLICE = 500  # rows of one transaction
ANSWERS_KEPT = timedelta(days=7)  # of requests with an Idempotency-Key (reliability note, H4)
WORKERS_KEPT = timedelta(days=7)  # engines that ended
TRACES_KEPT = timedelta(days=30)  # by which LiraX could still tell of a person who was erased
LOOKED_EVERY = timedelta(hours=1)
SCRUBBED_EVERY = timedelta(days=1)
WAITING = timedelta(seconds=15)  # between two looks whether what an erasure waits for has ended


class Forgetting:
    def __init__(self, house: House) -> None:
        self._house = house
        self._looked_at: datetime | None = None
        self._scrubbed_at: datetime | None = None
        self._to_scrub = False  # whether rows went that may still stand in the files

    async def run(self) -> datetime | None:
        """When to look again at an erasure that waits; the metronome rings often enough for the rest."""
        now = self._house.clock.now()
        waiting = await self._end_erasures()
        if self._looked_at is None or now >= self._looked_at + LOOKED_EVERY:
            self._looked_at = now
            await self._let_go(now)
        scrubs = await self._scrub(now)
        return now + WAITING if waiting or scrubs else None

    async def _end_erasures(self) -> bool:
        """Whether some have still to wait."""
        phones = await self._house.database.read(suppressions.to_be_erased)
        done = [await go_on(self._house, phone) for phone in phones]
        return any(each.waits_for is not None for each in done)

    async def _let_go(self, now: datetime) -> None:
        keeping = self._house.settings.keeping
        await self._write(partial(idempotency.forget_older, before=now - ANSWERS_KEPT))
        await self._write(partial(erased.forget_traces, before=now - TRACES_KEPT))
        await self._write(partial(workers.forget_ended, now=now, after=WORKERS_KEPT))
        limits = SessionLimits(used_after=now - IDLE, opened_after=now - LONGEST_SESSION)
        await self._write(partial(sessions.end_stale_sessions, limits=limits))
        if (before := keeping.webhooks_before(now)) is not None:
            await self._forget_webhooks(before)
        if (before := keeping.recordings_before(now)) is not None:
            await self._age(aging.RECORDINGS, before)
        if (before := keeping.calls_before(now)) is not None:
            await self._age(aging.CALLS, before)
            for campaign_id in await self._read(partial(aging.ended_campaigns, before=before)):
                await self._empty(campaign_id)

    async def _forget_webhooks(self, before: datetime) -> None:
        """What was applied; orphans and those set aside stay for as long as calls do."""
        while found := await self._read(partial(inbox.long_applied, before=before, limit=SLICE)):
            await self._write(partial(inbox.forget, inbox_ids=found))
            self._to_scrub = True

    async def _age(self, kinds: Sequence[Aged], before: datetime) -> None:
        for kind in kinds:
            last: Row[Any] | None = None
            find = partial(aging.find, aged=kind, before=before, limit=SLICE)
            while keys := await self._read(partial(find, after=last)):
                last = keys[-1]
                await self._write(partial(aging.let_go, aged=kind, keys=keys, before=before))
                self._to_scrub = True

    async def _empty(self, campaign_id: CampaignId) -> None:
        """Nobody who was in the campaign has a name any more; its figures stay."""
        last: RecipientId | None = None
        find = partial(aging.people, campaign_id=campaign_id, limit=SLICE)
        while ids := await self._read(partial(find, after=last)):
            last = ids[-1]
            await self._write(partial(make_nameless, recipient_ids=ids))
            self._to_scrub = True
        now = self._house.clock.now()
        await self._write(partial(aging.is_nameless, campaign_id=campaign_id, now=now))
        log.info("a campaign that ended long ago is nameless now", campaign_id=campaign_id)

    async def _scrub(self, now: datetime) -> bool:
        """Whether to scrub again soon. Of erased people it is done at once, of what grew old once a day."""
        if await self._read(erased.to_scrub):
            if not await scrub_now(self._house):
                return True
            self._scrubbed(now)
        if not self._to_scrub:
            return False
        resting = self._scrubbed_at is not None and now < self._scrubbed_at + SCRUBBED_EVERY
        if resting or await self._read(attempts.next_deadline) is not None:
            return False
        if await scrub_now(self._house):
            self._scrubbed(now)
        return False

    def _scrubbed(self, now: datetime) -> None:
        self._scrubbed_at = now
        self._to_scrub = False

    async def _read(self, job: Callable[[Connection], T]) -> T:
        return await self._house.database.read(job)

    async def _write(self, job: Callable[[Connection], T]) -> T:
        return await self._house.database.write(job, lane=Lane.IMPORT)
