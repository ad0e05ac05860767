"""`contact`: LiraX asks who stands behind a number, and its employee waits while the telephone rings."""

import asyncio
from collections.abc import Coroutine, Mapping
from typing import Any, Protocol

import structlog

from campaigns.rules.vocabulary import AccountId
from campaigns.store.contacts import Contact, find_contact
from engine.apply.numbers import digits_of
from engine.database.port import Database
from engine.errors import DatabaseTrouble
from engine.lirax.webhooks import ContactAsked, Webhook

log = structlog.get_logger(__name__)

FOUND_WITHIN = 0.6  # seconds; LiraX shall have its answer within one
STORED_WITHIN = 0.2  # seconds that a found answer may still wait, so that the question is stored first
MOST_ASIDE = 200  # questions being stored; while a database is slow, more are answered and not stored
UNKNOWN = Contact(name="", ext="")


class Receive(Protocol):
    async def __call__(self, account_id: AccountId, *, webhook: Webhook, body: Mapping[str, str]) -> None:
        """Returns once the webhook is stored for good; raises DatabaseTrouble."""
        ...


class Asking:
    """Answers from what can be read at once; better no name now than an error or a late one."""

    def __init__(self, database: Database, *, receive: Receive) -> None:
        self._database = database
        self._receive = receive
        self._aside: set[asyncio.Task[Any]] = set()

    async def answer(
        self, account_id: AccountId, asked: ContactAsked, *, body: Mapping[str, str]
    ) -> dict[str, Any]:
        storing = self._begin(self._store(account_id, asked, body=body))
        finding = self._begin(self._find(account_id, asked.phone))
        found = await _within(FOUND_WITHIN, finding)
        await _within(STORED_WITHIN, storing)
        return as_answer(found or UNKNOWN)

    def _begin(self, work: Coroutine[Any, Any, Any]) -> asyncio.Task[Any] | None:
        if len(self._aside) >= MOST_ASIDE:
            work.close()
            return None
        task = asyncio.create_task(work)
        self._aside.add(task)
        task.add_done_callback(self._aside.discard)
        return task

    async def _find(self, account_id: AccountId, phone: str) -> Contact | None:
        numbers = {phone, digits_of(phone) or phone}
        try:
            return await self._database.read(
                lambda reading: find_contact(reading, account_id, phones=sorted(numbers))
            )
        except DatabaseTrouble as error:
            log.warning("contact could not be looked up", account_id=account_id, reason=str(error))
            return None

    async def _store(self, account_id: AccountId, asked: ContactAsked, *, body: Mapping[str, str]) -> None:
        try:
            await self._receive(account_id, webhook=asked, body=body)
        except DatabaseTrouble as error:
            log.warning("contact question could not be stored", account_id=account_id, reason=str(error))


async def _within(seconds: float, task: asyncio.Task[Any] | None) -> Any:
    """What the task returned, None while it is still at work; it goes on."""
    if task is None:
        return None
    await asyncio.wait({task}, timeout=seconds)
    return task.result() if task.done() else None


def as_answer(contact: Contact) -> dict[str, Any]:
    known: dict[str, Any] = {"contact_name": contact.name}
    if contact.ext.isascii() and contact.ext.isdigit():  # a number, or left out (C42)
        known["responsible"] = int(contact.ext)
    return known
