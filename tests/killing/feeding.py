"""Keeps the house busy: new people as long as the proof lasts, repeated until they are taken in."""

import csv
import io
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from itertools import count, islice
from threading import Event, Thread
from typing import Any

import httpx

from tests.killing.site import Site
from tests.killing.texts_audit import WAITING
from tests.killing.waiting import wait_until

NEAR = timedelta(seconds=10)  # a number rests for one after its call, or for two minutes more
ONCE, AGAIN = "Once", "Again"
BATCH = 40
RULES: list[dict[str, Any]] = [
    {"when": {"key": "1"}, "outcome": "promised"},
    {"when": {"key": "9"}, "outcome": "opted_out", "suppress": True},
]
THANKS = {**RULES[0], "sms": "Thank you"}
TEXTED = {"rules": [THANKS, *RULES[1:]], "sms": {"modem": "380671234567", "ext": "101"}}
DEFINITION = {
    "from": "101",
    "call": {"connect": "5001", "success_after": "5s"},
    "window": {"hours": "00:00-24:00"},
    "open": True,
    "rules": RULES,
}
RETRIES = {"attempts": 2, "delay": "1s"}
ALLOWED = {ONCE: 1, AGAIN: 2}
"""Calls in all that a person may get from each campaign."""


class Feeder:
    def __init__(self, site: Site, *, batch: int = BATCH, texts: bool = True) -> None:
        self._site = site
        self._batch = batch  # people at once; enough are waiting when there are two batches
        self._numbers = count()
        self._more: dict[str, dict[str, Any]] = {
            ONCE: {},
            AGAIN: {"retry": RETRIES, **(TEXTED if texts else {})},
        }
        self._done = Event()
        self.ids: dict[str, int] = {}
        self.people: dict[str, set[str]] = {ONCE: set(), AGAIN: set()}
        self._thread = Thread(target=self._work, name="feeder", daemon=True)

    def begin(self) -> None:
        with self._site.client() as client:
            for name, more in self._more.items():
                made = client.post("/campaigns", json={"name": name, **DEFINITION, **more})
                assert made.status_code == 201, made.text
                self.ids[name] = made.json()["id"]
                assert client.post(f"/campaigns/{self.ids[name]}/start").status_code == 200
        self._thread.start()

    def end(self) -> None:
        self._done.set()
        self._thread.join(120)
        assert not self._thread.is_alive(), "the last people were never taken in"

    def wait_for_everybody(self, *, patience: float) -> None:
        """Until nobody is left whose phone may ring."""

        def nobody_left() -> bool:
            with self._site.client() as client:
                return all(_waiting(client, id_) == 0 for id_ in self.ids.values())

        wait_until(nobody_left, what="everybody is finished", patience=patience)

    def wait_for_texts(self, *, patience: float) -> None:
        """Until each message that was ordered has been sent, or never will be."""

        def none_waits() -> bool:
            with self._site.client() as client:
                return not any(_texting(client, id_) for id_ in self.ids.values())

        wait_until(none_waits, what="every message is sent or given up", patience=patience)

    def call_off_the_rest(self, *, after: float) -> None:
        """Goes on until nobody's turn is near, for that many seconds at most, and cancels what is left.

        A number of whose call only history told rests for two minutes: it may have rung that long.
        """

        def nobody_is_near() -> bool:
            with self._site.client() as client:
                return not any(_near(client, id_) for id_ in self.ids.values())

        with suppress(AssertionError):
            wait_until(nobody_is_near, what="nobody's turn is near", patience=after)
        with self._site.client() as client:
            for id_ in self.ids.values():
                client.post(f"/campaigns/{id_}/cancel").raise_for_status()

    def _work(self) -> None:
        while not self._done.is_set():
            batches = self._batches()
            for name, phones in batches:
                self._add(name, phones)
            while not self._done.wait(0.3) and not self._hungry():
                pass

    def _hungry(self) -> bool:
        try:
            with self._site.client() as client:
                return sum(_waiting(client, id_) for id_ in self.ids.values()) < 2 * self._batch
        except httpx.HTTPError:
            return False

    def _batches(self) -> Iterator[tuple[str, list[str]]]:
        """A tenth of the people stand in both campaigns."""
        phones = [f"38067{number:07d}" for number in islice(self._numbers, self._batch)]
        half = self._batch // 2
        yield ONCE, phones[:half] + phones[-self._batch // 10 :]
        yield AGAIN, phones[half:]

    def _add(self, name: str, phones: list[str]) -> None:
        """Over and over until it is answered: who is there already is not taken in twice."""
        rows = [{"phone": phone} for phone in phones]
        while True:
            try:
                with self._site.client() as client:
                    path = f"/campaigns/{self.ids[name]}/recipients"
                    answer = client.post(path, json={"recipients": rows})
                if answer.status_code == 200:
                    break
                assert answer.status_code >= 500, answer.text
            except httpx.HTTPError:
                pass
            time.sleep(0.3)
        self.people[name].update(phones)


def _waiting(client: httpx.Client, campaign: int) -> int:
    answer = client.get(f"/campaigns/{campaign}")
    answer.raise_for_status()
    counts = answer.json()["counts"]
    return int(counts["pending"]) + int(counts["waiting"]) + int(counts["calling"])


def _texting(client: httpx.Client, campaign: int) -> bool:
    """Whether a message to somebody of the campaign waits or is just being sent."""
    answer = client.get(f"/campaigns/{campaign}/results.csv")
    answer.raise_for_status()
    return any(row["sms_state"] in WAITING for row in csv.DictReader(io.StringIO(answer.text)))


def _near(client: httpx.Client, campaign: int) -> bool:
    """Whether somebody of the campaign is being called, or soon will be."""
    soon = datetime.now(UTC) + NEAR
    for state in ("calling", "pending", "waiting"):
        answer = client.get(f"/campaigns/{campaign}/recipients", params={"state": state, "limit": 500})
        answer.raise_for_status()
        people = answer.json()["items"]
        if any(each["due_at"] is None or datetime.fromisoformat(each["due_at"]) < soon for each in people):
            return True
    return False
