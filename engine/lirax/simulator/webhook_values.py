"""One webhook as it is sent, what the receiver said to it, and how faults change it."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

IDS = ("id_make2calls", "id_makecall", "callid", "id_sms")
GARBLE = "&keys=%7Bnot+JSON&text=%FF%FE&%F0"
"""Bytes that are no UTF-8, and keys that are no JSON; of names that come twice the first counts."""


@dataclass(frozen=True)
class Webhook:
    command: str
    fields: dict[str, str]
    phone: str | None = None  # whom it concerns, for faults and for the truth
    subject: str = ""  # call or message; webhooks of one subject keep their order
    tries: int = 1
    then: "Then | None" = None  # is told what the receiver said; such a webhook is not repeated


@dataclass(frozen=True)
class Reply:
    code: int
    content: bytes


Then = Callable[[Reply | None, datetime], None]
"""Called once: None when no answer came, or none was asked for."""


def tell_reply(webhook: Webhook, reply: Reply | None, now: datetime) -> None:
    if webhook.then is not None:
        webhook.then(reply, now)


def stranger(webhook: Webhook) -> Webhook:
    """The same about a call or message that nobody knows."""
    fields = {name: f"9{value[1:]}9" if name in IDS else value for name, value in webhook.fields.items()}
    return replace(webhook, fields=fields)


def contradicted(webhook: Webhook) -> Webhook:
    """The opposite, where a webhook tells of success."""
    opposite = {"0": "1", "1": "0"}
    fields = {
        name: opposite.get(value, value) if name in ("success", "duration_success") else value
        for name, value in webhook.fields.items()
    }
    return replace(webhook, fields=fields)
