"""Webhooks out: real HTTP POSTs with faults, delays and repeats; each is recorded in the truth."""

import asyncio
import ssl
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime
from typing import Protocol
from urllib.parse import urlencode

import httpx

from engine.lirax.simulator.chance import between, fraction
from engine.lirax.simulator.contact_answers import read_answer
from engine.lirax.simulator.core import Core
from engine.lirax.simulator.faults import Fault, WebhookFault
from engine.lirax.simulator.truth import Asked, Sent
from engine.lirax.simulator.webhook_values import (
    GARBLE,
    Reply,
    Then,
    Webhook,
    contradicted,
    stranger,
    tell_reply,
)

REPEAT_AFTER_SECONDS = (5.0, 30.0)  # between the attempts where `webhook_attempts` is 3
SHARE_DROPPED = 0.2  # of all webhooks with webhook_faults=drop
WRONG_KEY = "not-the-key"
FORM = "application/x-www-form-urlencoded"


class Carrier(Protocol):
    def __call__(self, subject: str, deliver: Callable[[], Awaitable[None]]) -> Awaitable[None] | None:
        """Has the webhook delivered: awaited by the agenda, or on a lane of its own."""
        ...


def carry_at_once(subject: str, deliver: Callable[[], Awaitable[None]]) -> Awaitable[None]:
    """In virtual time: the agenda goes on when the receiver has answered."""
    return deliver()


class Webhooks:
    def __init__(self, core: Core, *, url: str | None, token: str, client: httpx.AsyncClient | None) -> None:
        self.url = url
        self.token = token
        self.carry: Carrier = carry_at_once
        self._core = core
        self._client = client
        self._own_clients: dict[str, httpx.AsyncClient] = {}  # by scheme
        self._numbered = 0
        self._finished: dict[str, asyncio.Event] = {}

    def send(self, webhook: Webhook, *, now: datetime, after_seconds: float = 0.0) -> None:
        """Writes the webhook into the agenda, as often and as late as faults will have it."""
        fault = self._core.faults.of_webhook(webhook.command, phone=webhook.phone) or self._general_fault()
        kind = fault.kind if fault else None
        if kind is WebhookFault.DROPPED:
            self._core.truth.webhooks.append(self._sent(webhook, now=now, fault=kind))
            self._mark_finished(webhook)
            self._core.after(after_seconds, lambda at: tell_reply(webhook, None, at), now=now)
            return
        late = fault.seconds if fault and kind is WebhookFault.DELAYED else 0.0
        first = stranger(webhook) if kind is WebhookFault.STRANGER else webhook
        self._plan(first, now=now, seconds=after_seconds + late, fault=fault)
        if fault and kind is WebhookFault.DUPLICATED:
            for copy in range(fault.copies):
                self._plan(webhook, now=now, seconds=after_seconds + (copy + 1) * fault.seconds, fault=fault)
        if fault and kind is WebhookFault.CONTRADICTED:
            self._plan(contradicted(webhook), now=now, seconds=after_seconds + fault.seconds, fault=fault)

    def ask(
        self, phone: str, *, callid: str, diversion: str, now: datetime, then: Then | None = None
    ) -> None:
        """Asks the receiver, by `contact`, who this is; the answer is kept in the truth."""
        asked = Asked(at=now, phone=phone, callid=callid, diversion=diversion)
        self._core.truth.asked.append(asked)

        def heard(reply: Reply | None, at: datetime) -> None:
            if asked.settled:  # of a webhook that came twice the first answer counts
                return
            asked.settled = True
            if reply is not None:
                read_answer(reply.code, reply.content, into=asked)
            if then is not None:
                then(reply, at)

        told = {"phone": phone, "callid": callid, "diversion": diversion}
        self.send(Webhook("contact", told, phone=phone, subject=callid, then=heard), now=now)

    def finished(self, subject: str) -> asyncio.Event:
        """Set when the finished webhook of this call has been delivered or dropped."""
        return self._finished.setdefault(subject, asyncio.Event())

    async def close(self) -> None:
        for client in self._own_clients.values():
            await client.aclose()

    def _mark_finished(self, webhook: Webhook) -> None:
        if webhook.command.endswith("_finished") and webhook.subject in self._finished:
            self._finished[webhook.subject].set()

    def _general_fault(self) -> Fault | None:
        """What the option `webhook_faults` does to this one."""
        self._numbered += 1
        here = (self._core.seed, "webhook", self._numbered)
        match self._core.options.webhook_faults:
            case "none":
                return None
            case "duplicate":
                return Fault(WebhookFault.DUPLICATED, seconds=between(0, 5, *here))
            case "reorder":
                return Fault(WebhookFault.DELAYED, seconds=between(0, 10, *here))
            case "delay":
                return Fault(WebhookFault.DELAYED, seconds=between(5, 120, *here))
            case "drop":
                return Fault(WebhookFault.DROPPED) if fraction(*here) < SHARE_DROPPED else None

    def _plan(self, webhook: Webhook, *, now: datetime, seconds: float, fault: Fault | None) -> None:
        def deliver_on(at: datetime) -> Awaitable[None] | None:
            return self.carry(webhook.subject, lambda: self._deliver(webhook, now=at, fault=fault))

        self._core.after(seconds, deliver_on, now=now)

    async def _deliver(self, webhook: Webhook, *, now: datetime, fault: Fault | None) -> None:
        if self.url is None:
            self._mark_finished(webhook)
            tell_reply(webhook, None, now)
            return
        sent = self._sent(webhook, now=now, fault=fault.kind if fault else None)
        self._core.truth.webhooks.append(sent)
        reply = await self._post(webhook, sent, kind=fault.kind if fault else None)
        self._mark_finished(webhook)
        if webhook.then is not None:
            tell_reply(webhook, reply, now if self.carry is carry_at_once else self._core.clock.now())
        elif sent.answer != httpx.codes.OK:
            self._repeat(webhook, now=now)

    async def _post(self, webhook: Webhook, sent: Sent, *, kind: object) -> Reply | None:
        options = self._core.options
        key = WRONG_KEY if kind is WebhookFault.WRONG_TOKEN else self.token
        form = {"cmd": webhook.command, **webhook.fields, self._key_name(webhook.command): key}
        body = urlencode(form, encoding=options.webhook_encoding, errors="replace")
        if kind is WebhookFault.GARBLED:
            body += GARBLE
        try:
            answer = await self._http().post(
                self.url or "",
                content=body,
                headers={"Content-Type": FORM},
                timeout=options.webhook_timeout_seconds,
            )
        except (httpx.HTTPError, httpx.InvalidURL) as problem:
            sent.problem = type(problem).__name__
            return None
        sent.answer = answer.status_code
        return Reply(answer.status_code, answer.content)

    def _repeat(self, webhook: Webhook, *, now: datetime) -> None:
        if webhook.tries < self._core.options.webhook_attempts:
            again = replace(webhook, tries=webhook.tries + 1)
            self._plan(again, now=now, seconds=REPEAT_AFTER_SECONDS[webhook.tries - 1], fault=None)

    def _key_name(self, command: str) -> str:
        options = self._core.options
        return options.event_token_name if command == "event" else options.webhook_token_name

    def _sent(self, webhook: Webhook, *, now: datetime, fault: object) -> Sent:
        name = str(fault) if fault is not None else None
        return Sent(at=now, command=webhook.command, fields=webhook.fields, phone=webhook.phone, fault=name)

    def _http(self) -> httpx.AsyncClient:
        if self._client is not None:
            return self._client
        scheme = httpx.URL(self.url or "").scheme
        if scheme not in self._own_clients:
            # To read the certificate authorities takes long, and on loopback nobody asks for them.
            tls = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT) if scheme == "http" else True
            self._own_clients[scheme] = httpx.AsyncClient(verify=tls, trust_env=False)
        return self._own_clients[scheme]
