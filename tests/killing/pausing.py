"""Pauses campaigns over the API now and then; when it was answered is kept, and no request may leave then."""

import random
import time
from collections.abc import Iterable, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from threading import Event, Thread
from typing import NamedTuple

import httpx

from tests.killing.site import Site
from tests.killing.told import Told, at

ON_ITS_WAY = timedelta(seconds=4)  # a request past the fence when the pause was taken
WORKS_SECONDS, RESTS_SECONDS = (2.0, 6.0), (6.0, 9.0)


class Pause(NamedTuple):
    """From the answer to `pause` until the first `resume` was asked for."""

    campaign: int
    answered_at: datetime
    resumed_at: datetime


class Pauses:
    def __init__(self, site: Site, campaigns: Sequence[int], *, seed: int) -> None:
        self._site = site
        self._campaigns = campaigns
        self._lot = random.Random(f"pauses/{seed}")
        self._done = Event()
        self.kept: list[Pause] = []
        self._thread = Thread(target=self._work, name="pauses", daemon=True)

    def begin(self) -> None:
        self._thread.start()

    def end(self) -> None:
        """All campaigns run, also one whose pause was never answered and took effect."""
        self._done.set()
        self._thread.join(120)
        assert not self._thread.is_alive(), "a campaign never went on"
        for campaign in self._campaigns:
            self._order(campaign, "resume")

    def _work(self) -> None:
        while self._campaigns and not self._done.wait(self._lot.uniform(*WORKS_SECONDS)):
            campaign = self._lot.choice(self._campaigns)
            self._order(campaign, "pause")
            answered_at = datetime.now(UTC)
            self._done.wait(self._lot.uniform(*RESTS_SECONDS))
            resumed_at = datetime.now(UTC)
            self._order(campaign, "resume")
            self.kept.append(Pause(campaign, answered_at, resumed_at))

    def _order(self, campaign: int, order: str) -> None:
        """Over and over until it is answered; 409 means that it is so already."""
        while True:
            with suppress(httpx.HTTPError), self._site.client() as client:
                code = client.post(f"/campaigns/{campaign}/{order}").status_code
                if code in (httpx.codes.OK, httpx.codes.CONFLICT):
                    return
                assert code >= httpx.codes.INTERNAL_SERVER_ERROR, f"{order} was answered with {code}"
            time.sleep(0.3)


def broken_pauses(told: Told, pauses: Iterable[Pause]) -> Iterable[str]:
    """While a campaign is paused no request leaves for it."""
    for pause in pauses:
        for post, attempt in told.asked:
            of_it = attempt is not None and attempt["campaign_id"] == pause.campaign
            if of_it and pause.answered_at + ON_ITS_WAY < at(post["at"]) < pause.resumed_at:
                called = f"{post['fields']['to1']} was called at {post['at']}"
                yield f"{called}, its campaign was paused at {pause.answered_at}"
