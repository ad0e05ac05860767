"""The fields of each known webhook into its value. Pure.

Only a missing or unreadable field that we cannot do without is refused; any other becomes None.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from urllib.parse import unquote_to_bytes

from campaigns.rules.policy import KeyPress
from engine.lirax.fields import RAW
from engine.lirax.pressed_keys import read_keys
from engine.lirax.spelling import MAX_ID_LENGTH, bare_number
from engine.lirax.webhook_values import (
    CallEvent,
    CallFinished,
    ContactAsked,
    EmployeeCallFinished,
    RecordingReady,
    SmsDelivered,
    SmsReceived,
    StatusChanged,
    Webhook,
)

EVENTS = ("INCOMING", "ACCEPTED", "COMPLETED", "CALL_COMPLETED")
STATUSES = ("Success", "Missed", "Busy", "NotAvailable", "NotAllowed")
UTM = ("tid", "cid", "cs", "cm", "cc", "ct")  # tracking and client id, source, medium, campaign, term
LONGEST_UTM = 500  # characters; more is no word of a campaign
LONGEST_DURATION = 10**9  # seconds; more is no duration, and no database column of ours would hold it


class Incomplete(ValueError):
    """`cmd`, or a param without which the webhook says nothing, is missing or cannot be read."""


class Values:
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

    def human_text(self, name: str) -> str:
        """As a person wrote it: what is no UTF-8 is taken for Windows-1251, so that a СТОП is heard (C48)."""
        raw = self._values.get(name + RAW)
        if raw is None:
            return self.as_sent(name)
        try:
            return unquote_to_bytes(raw).decode("cp1251")
        except UnicodeDecodeError:
            return self.as_sent(name)

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
        return read_keys(self.human_text("keys"))

    def utm(self) -> dict[str, str]:
        found = {name: self.human_text(name).strip()[:LONGEST_UTM] for name in UTM}
        return {name: value for name, value in found.items() if value}


def _call_finished(values: Values) -> Webhook:
    return CallFinished(
        provider_id=values.needed_id("id_make2calls"),
        success=values.needed_flag("success"),
        duration_success=values.flag("duration_success"),
        keys=values.keys(),
    )


def _call_event(values: Values) -> Webhook:
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
        utm=values.utm(),
    )


def _employee_call_finished(values: Values) -> Webhook:
    return EmployeeCallFinished(
        provider_id=values.needed_id("id_makecall"),
        callid=values.text("call_id", "callid"),
        success=values.needed_flag("success"),
    )


def _recording_ready(values: Values) -> Webhook:
    return RecordingReady(
        callid=values.needed_id("callid", "call_id"), recording=values.needed("record_link")
    )


def _sms_delivered(values: Values) -> Webhook:
    return SmsDelivered(sms_id=_sms_id(values.needed_id("id_sms", "id")))


def _sms_received(values: Values) -> Webhook:
    sms_id = values.text("id", "id_sms")
    return SmsReceived(
        sms_id=None if sms_id is None else _sms_id(sms_id),
        phone=values.phone("ani") or values.needed("ani"),
        modem=values.phone("provider"),
        text=values.human_text("text"),
    )


def _status_changed(values: Values) -> Webhook:
    status = values.whole_number("status")
    if status is None:
        raise Incomplete("status must be a whole number")
    return StatusChanged(ext=values.needed("ext"), status=status)


def _contact_asked(values: Values) -> Webhook:
    return ContactAsked(
        phone=values.phone("phone") or values.needed("phone"),
        callid=values.text("callid", "call_id"),
        diversion=values.phone("diversion"),
    )


def _sms_id(text: str) -> str:
    """An integer by the reference: `007` and 7 are one id."""
    return (text.lstrip("0") or "0") if text.isascii() and text.isdigit() else text


READERS: Mapping[str, Callable[[Values], Webhook]] = MappingProxyType(
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
