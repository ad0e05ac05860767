"""What LiraX tells us: the body of a webhook into one of our values. Pure.

Tolerant as the LiraX reference asks in sections 6 and 7: a form or a JSON object, names in any letter
case, blank values kept, unknown commands and words kept. Only a missing or unreadable field that we
cannot do without is refused.
"""

import hashlib
import json
from collections.abc import Mapping
from types import MappingProxyType

from campaigns.rules.call_ids import plain
from engine.lirax.fields import Fields, Unreadable, read_fields
from engine.lirax.webhook_readers import READERS, Incomplete, Values
from engine.lirax.webhook_values import (
    CallEvent,
    CallFinished,
    ContactAsked,
    EmployeeCallFinished,
    Other,
    RecordingReady,
    SmsDelivered,
    SmsReceived,
    StatusChanged,
    Webhook,
)

__all__ = [
    "CallEvent",
    "CallFinished",
    "ContactAsked",
    "EmployeeCallFinished",
    "Fields",
    "Incomplete",
    "Other",
    "RecordingReady",
    "SmsDelivered",
    "SmsReceived",
    "StatusChanged",
    "Unreadable",
    "Webhook",
    "cmd_of",
    "dedupe_key",
    "read_fields",
    "read_webhook",
    "subject_of",
]

_CMDS: Mapping[type[Webhook], str] = MappingProxyType(
    {
        CallFinished: "make2calls_finished",
        CallEvent: "event",
        EmployeeCallFinished: "makecall_finished",
        RecordingReady: "record",
        SmsDelivered: "smsDelivered",
        SmsReceived: "smsReceived",
        StatusChanged: "staton",
        ContactAsked: "contact",
    }
)


def read_webhook(fields: Mapping[str, str]) -> Webhook:
    """What the fields say, names and `cmd` in any letter case; raises Incomplete."""
    values = Values(fields)
    cmd = values.text("cmd")
    if cmd is None:
        raise Incomplete("cmd is missing")
    reader = READERS.get(cmd.lower())
    return Other(cmd) if reader is None else reader(values)


def cmd_of(webhook: Webhook) -> str:
    """LiraX's name of the webhook in its own spelling; of an unknown one, as it came."""
    return webhook.cmd if isinstance(webhook, Other) else _CMDS[type(webhook)]


def dedupe_key(account: str, webhook: Webhook) -> str | None:
    """The same for a repeat of the same webhook, of bounded length; None where every one counts.

    `event` and `staton` are upserts, `contact` is a question, and of an unknown command nothing is known.
    An incoming SMS counts as a repeat only with the same text: a modem may give its ids a second time.
    """
    match webhook:
        case CallFinished(provider_id=provider_id) | EmployeeCallFinished(provider_id=provider_id):
            parts: list[str | None] = [provider_id]
        case RecordingReady(callid=callid, recording=recording):
            parts = [callid, recording]
        case SmsDelivered(sms_id=sms_id):
            parts = [sms_id]
        case SmsReceived(sms_id=str(sms_id), phone=phone, modem=modem, text=text):
            parts = [modem, sms_id, phone, text]
        case _:
            return None
    cmd = cmd_of(webhook)
    digest = hashlib.sha256(json.dumps([account, cmd, *parts]).encode()).hexdigest()
    return f"{cmd}:{digest}"


def subject_of(webhook: Webhook) -> str | None:
    """The id of the call or SMS it speaks of, to find what came before we knew that id; None without one."""
    match webhook:
        case CallFinished(provider_id=subject) | EmployeeCallFinished(provider_id=subject):
            return subject
        case CallEvent(callid=subject) | SmsDelivered(sms_id=subject):
            return subject
        case RecordingReady(callid=callid):
            return plain(callid)  # the event's may have dashes where this one has none (C40)
        case _:
            return None
