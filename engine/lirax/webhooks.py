"""What LiraX tells us: the body of a webhook into one of our values. Pure.

Tolerant as the LiraX reference asks in sections 6 and 7: a form or a JSON object, names in any letter
case, blank values kept, unknown commands and words kept. Only a missing or unreadable param that we
cannot do without is refused.
"""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from campaigns.rules.policy import KeyPress
from engine.lirax.fields import Fields, Unreadable, read_fields
from engine.lirax.pressed_keys import read_keys
from engine.lirax.wire import MAX_ID_LENGTH, bare_number

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
    "dedupe_key",
    "read_fields",
    "read_webhook",
    "subject_of",
]

EVENTS = ("INCOMING", "ACCEPTED", "COMPLETED", "CALL_COMPLETED")
STATUSES = ("Success", "Missed", "Busy", "NotAvailable", "NotAllowed")
LONGEST_DURATION = 10**9  # seconds; more is no duration, and no database column of ours would hold it


class Incomplete(ValueError):
    """`cmd`, or a param without which the webhook says nothing, is missing or cannot be read."""


@dataclass(frozen=True)
class CallFinished:
    """make2calls_finished: the call is over. `duration_success` is None where LiraX left it out."""

    provider_id: str
    success: bool
    duration_success: bool | None
    keys: tuple[KeyPress, ...]


@dataclass(frozen=True)
class CallEvent:
    """event: a call appeared, was accepted or ended.

    `event` and `status` are LiraX's words in its own spelling; a word we do not know is kept as it came.
    """

    direction: str  # in | out
    event: str
    phone: str
    ext: str
    callid: str
    duration: int | None  # seconds
    status: str | None
    recording: str | None
    keys: tuple[KeyPress, ...]
    recorded: bool | None = None
    diversion: str | None = None


@dataclass(frozen=True)
class EmployeeCallFinished:
    """makecall_finished: the client answered, or was given up; the call need not be over (C11)."""

    provider_id: str
    callid: str | None
    success: bool


@dataclass(frozen=True)
class RecordingReady:
    """record: where the sound of a call can be fetched."""

    callid: str
    recording: str


@dataclass(frozen=True)
class SmsDelivered:
    sms_id: str


@dataclass(frozen=True)
class SmsReceived:
    """An SMS came in. `phone` is digits, or the sender's name where it has no number."""

    sms_id: str | None
    phone: str
    modem: str | None
    text: str


@dataclass(frozen=True)
class StatusChanged:
    """staton: an employee is away (0), free (1) or busy (anything else)."""

    ext: str
    status: int


@dataclass(frozen=True)
class ContactAsked:
    """contact: LiraX wants the name behind a number, and waits for the answer."""

    phone: str
    callid: str | None = None
    diversion: str | None = None


@dataclass(frozen=True)
class Other:
    """A command we do not know; newer LiraX builds send more."""

    cmd: str


Webhook = (
    CallFinished
    | CallEvent
    | EmployeeCallFinished
    | RecordingReady
    | SmsDelivered
    | SmsReceived
    | StatusChanged
    | ContactAsked
    | Other
)


def read_webhook(fields: Mapping[str, str]) -> Webhook:
    """What the fields say, names and `cmd` in any letter case; raises Incomplete."""
    values = _Values(fields)
    cmd = values.text("cmd")
    if cmd is None:
        raise Incomplete("cmd is missing")
    reader = _READERS.get(cmd.lower())
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
        case CallEvent(callid=subject) | RecordingReady(callid=subject) | SmsDelivered(sms_id=subject):
            return subject
        case _:
            return None


class _Values:
    """The fields under lower-case names, read one by one."""

    def __init__(self, fields: Mapping[str, str]) -> None:
        self._values: dict[str, str] = {}
        for name, value in fields.items():
            self._values.setdefault(name.lower(), value)

    def text(self, *names: str) -> str | None:
        """The first of these that is not blank."""
        found = (self._values.get(name, "").strip() for name in names)
        return next((value for value in found if value), None)

    def as_sent(self, name: str) -> str:
        return self._values.get(name, "")

    def needed(self, *names: str) -> str:
        value = self.text(*names)
        if value is None:
            raise Incomplete(f"{names[0]} is missing")
        return value

    def needed_id(self, *names: str) -> str:
        value = self.needed(*names)
        if len(value) > MAX_ID_LENGTH:
            raise Incomplete(f"{names[0]} is too long to be an id")
        return value

    def flag(self, name: str) -> bool | None:
        return {"1": True, "true": True, "0": False, "false": False}.get(self.as_sent(name).strip().lower())

    def needed_flag(self, name: str) -> bool:
        value = self.flag(name)
        if value is None:
            raise Incomplete(f"{name} must be 0 or 1")
        return value

    def whole_number(self, name: str) -> int | None:
        text = self.as_sent(name).strip()
        number = int(text) if text.isascii() and text.isdigit() and len(text) < 20 else LONGEST_DURATION
        return number if number < LONGEST_DURATION else None

    def phone(self, name: str) -> str | None:
        """Digits; whatever is no number (a sender's name, `anonymous`) stays as it came."""
        text = self.text(name)
        digits = bare_number(text or "")
        return digits if digits.isdigit() else text

    def word(self, name: str, *, known: tuple[str, ...]) -> str | None:
        text = self.text(name)
        return next((word for word in known if text and word.lower() == text.lower()), text)

    def keys(self) -> tuple[KeyPress, ...]:
        return read_keys(self.as_sent("keys"))


def _call_finished(values: _Values) -> Webhook:
    return CallFinished(
        provider_id=values.needed_id("id_make2calls"),
        success=values.needed_flag("success"),
        duration_success=values.flag("duration_success"),
        keys=values.keys(),
    )


def _call_event(values: _Values) -> Webhook:
    values.needed("event")
    return CallEvent(
        direction=(values.text("type") or "").lower(),
        event=values.word("event", known=EVENTS) or "",
        phone=values.phone("phone") or "",
        ext=values.text("ext") or "",
        callid=values.needed_id("callid", "call_id"),
        duration=values.whole_number("duration"),
        status=values.word("status", known=STATUSES),
        recording=values.text("record_link"),
        keys=values.keys(),
        recorded=values.flag("is_recorded"),
        diversion=values.phone("diversion"),
    )


def _employee_call_finished(values: _Values) -> Webhook:
    return EmployeeCallFinished(
        provider_id=values.needed_id("id_makecall"),
        callid=values.text("call_id", "callid"),
        success=values.needed_flag("success"),
    )


def _recording_ready(values: _Values) -> Webhook:
    return RecordingReady(
        callid=values.needed_id("callid", "call_id"), recording=values.needed("record_link")
    )


def _sms_delivered(values: _Values) -> Webhook:
    return SmsDelivered(sms_id=_sms_id(values.needed_id("id_sms", "id")))


def _sms_received(values: _Values) -> Webhook:
    sms_id = values.text("id", "id_sms")
    return SmsReceived(
        sms_id=None if sms_id is None else _sms_id(sms_id),
        phone=values.phone("ani") or values.needed("ani"),
        modem=values.phone("provider"),
        text=values.as_sent("text"),
    )


def _status_changed(values: _Values) -> Webhook:
    status = values.whole_number("status")
    if status is None:
        raise Incomplete("status must be a whole number")
    return StatusChanged(ext=values.needed("ext"), status=status)


def _contact_asked(values: _Values) -> Webhook:
    return ContactAsked(
        phone=values.phone("phone") or values.needed("phone"),
        callid=values.text("callid", "call_id"),
        diversion=values.phone("diversion"),
    )


def _sms_id(text: str) -> str:
    """An integer by the reference: `007` and 7 are one id."""
    return str(int(text)) if text.isascii() and text.isdigit() else text


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

_READERS: Mapping[str, Callable[[_Values], Webhook]] = MappingProxyType(
    {
        "make2calls_finished": _call_finished,
        "event": _call_event,
        "makecall_finished": _employee_call_finished,
        "record": _recording_ready,
        "smsdelivered": _sms_delivered,
        "smsreceived": _sms_received,
        "staton": _status_changed,
        "contact": _contact_asked,
    }
)
