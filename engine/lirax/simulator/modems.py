"""GSM modems: sendSMS and checkSMS at most every 5 seconds, delivery, expiry, and people's answers."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from engine.lirax.simulator.core import Core
from engine.lirax.simulator.hooks import Webhooks
from engine.lirax.simulator.truth import Message, ModemRequest, Received
from engine.lirax.simulator.webhook_values import Webhook

PACE_SECONDS = 5.0
EXPIRES_AFTER_SECONDS = 3600.0
FIRST_ID = 1910124  # the one after the sample of the document
FIRST_REPLY_ID = 121
NOT_CONNECTED = 402
OK = 200


class ModemState(StrEnum):
    CONNECTED = "connected"
    OFF = "off"  # 402
    BUSY = "busy"  # 403 whatever the pace


class SmsStatus:
    """`sms_status` of checkSMS."""

    HANDED_OVER = 1
    IN_PROGRESS = 2
    DELIVERED = 3
    EXPIRED = 4


@dataclass
class Modem:
    state: ModemState = ModemState.CONNECTED
    used_at: dict[str, datetime] = field(default_factory=dict)  # by what shares one pace


class Modems:
    """A modem nobody spoke of is connected: the simulator knows every SIM."""

    def __init__(self, core: Core, webhooks: Webhooks) -> None:
        self._core = core
        self._webhooks = webhooks
        self._modems: dict[str, Modem] = {}
        self._messages: dict[int, Message] = {}
        self._next_id = core.first_number("sms", usual=FIRST_ID)
        self._next_reply_id = core.first_number("reply", usual=FIRST_REPLY_ID)

    def modem(self, number: str) -> Modem:
        return self._modems.setdefault(number, Modem())

    def set_state(self, number: str, state: ModemState) -> None:
        self.modem(number).state = state

    def states(self) -> dict[str, ModemState]:
        """Every modem that was spoken of."""
        return {number: modem.state for number, modem in self._modems.items()}

    def keep_sample(self, sms_id: int, *, now: datetime) -> None:
        """A message of earlier days, delivered long ago."""
        self._messages[sms_id] = Message(sms_id, at=now, modem="", phone="", text="", delivered_at=now)

    def admit(self, number: str, *, command: str, now: datetime) -> int:
        """200 when the modem takes a request now, else 402 or 403 (or what options have in its place)."""
        code = self._admission(self.modem(number), command=command, now=now)
        self._core.truth.modem_requests.append(ModemRequest(at=now, modem=number, command=command, code=code))
        return code

    def send(self, *, modem: str, phone: str, text: str, now: datetime) -> Message:
        """A message on its way; its modem has admitted it."""
        message = Message(id=self._next_id, at=now, modem=modem, phone=phone, text=text)
        self._next_id += 1
        self._messages[message.id] = message
        self._core.truth.messages.append(message)
        behaviour = self._core.people.texted(phone)
        if behaviour.sms_delivered_seconds is None:
            self._core.after(EXPIRES_AFTER_SECONDS, lambda at: self._expire(message, now=at), now=now)
            return message
        self._core.after(behaviour.sms_delivered_seconds, lambda at: self._deliver(message, now=at), now=now)
        reply = behaviour.sms_reply
        if reply is not None:
            wait = behaviour.sms_delivered_seconds + behaviour.sms_reply_seconds
            self._core.after(wait, lambda at: self.receive(phone, modem=modem, text=reply, now=at), now=now)
        return message

    def status(self, sms_id: int) -> int | None:
        """What checkSMS says; None for a message we never sent."""
        message = self._messages.get(sms_id)
        if message is None:
            return None
        if message.delivered_at is not None:
            return SmsStatus.DELIVERED
        return SmsStatus.EXPIRED if message.expired_at is not None else SmsStatus.IN_PROGRESS

    def receive(self, phone: str, *, modem: str, text: str, now: datetime) -> None:
        """Somebody texts us."""
        self._core.truth.received.append(Received(at=now, phone=phone, modem=modem, text=text))
        id_key = self._core.options.sms_received_id_key
        told = {id_key: str(self._next_reply_id), "ani": phone, "provider": modem, "text": text}
        self._next_reply_id += 1
        self._webhooks.send(Webhook("smsReceived", told, phone=phone, subject=phone), now=now)

    def _admission(self, modem: Modem, *, command: str, now: datetime) -> int:
        if modem.state is ModemState.OFF:
            return NOT_CONNECTED
        if modem.state is ModemState.BUSY:
            return self._core.options.sms_limit_code
        return self._pace(modem, command=command, now=now)

    def _pace(self, modem: Modem, *, command: str, now: datetime) -> int:
        """Only requests that were let through count for the pace."""
        scope = self._core.options.sms_limit_scope
        shared = "" if scope == "provider_shared" else command
        before = modem.used_at.get(shared)
        wait = timedelta(seconds=PACE_SECONDS / self._core.speed)
        if scope != "off" and before is not None and now - before < wait:
            return self._core.options.sms_limit_code
        modem.used_at[shared] = now
        return OK

    def _deliver(self, message: Message, *, now: datetime) -> None:
        message.delivered_at = now
        told = {"id_sms": str(message.id)}
        self._webhooks.send(
            Webhook("smsDelivered", told, phone=message.phone, subject=message.phone), now=now
        )

    def _expire(self, message: Message, *, now: datetime) -> None:
        message.expired_at = now
