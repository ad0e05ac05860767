"""What LiraX tells of one outgoing call while it goes on: `event` and `record`."""

from datetime import datetime

from engine.lirax.simulator.core import Core
from engine.lirax.simulator.hooks import Webhook, Webhooks
from engine.lirax.simulator.keys import keys_field, presses
from engine.lirax.simulator.people import Behaviour
from engine.lirax.simulator.truth import Ring

CALLID_PIECE = 20
RECORDINGS = "https://recordings.example.com"
RECORDED_AFTER_SECONDS = 5.0
RANG_IN_VAIN = "NoAnswer"


class CallEvents:
    """The voice of one call. Silent until, and unless, the client's behaviour lets LiraX speak."""

    def __init__(self, core: Core, webhooks: Webhooks, *, task: str, phone: str, ext: str) -> None:
        self.callid = f"{core.new_id('callid').upper():0<{CALLID_PIECE}}-{core.seed % 10000:04d}"
        self._core = core
        self._webhooks = webhooks
        self._task = task
        self._phone = phone
        self._ext = ext
        self._silent = False

    def tell_incoming(self, behaviour: Behaviour, *, now: datetime) -> None:
        self._silent = not behaviour.events
        if self._core.options.outgoing_incoming_event:
            self._send("INCOMING", {}, now=now)

    def tell_accepted(self, *, now: datetime) -> None:
        self._send("ACCEPTED", {}, now=now)

    def tell_end(self, ring: Ring, *, now: datetime) -> None:
        how = self._how_it_ended(ring, now=now)
        options = self._core.options
        last_key = keys_field(presses(ring.keys)[-1:], when_none=options.keys_when_none)
        self._send("COMPLETED", {**how, **(last_key if options.keys_on_completed_event else {})}, now=now)
        self._send("CALL_COMPLETED", {**how, **last_key}, now=now)
        link = self.recording(ring)
        if link and options.recordings == "later":
            told = {"callid": self.callid, "record_link": link}
            webhook = Webhook("record", told, phone=self._phone, subject=self._task)
            self._webhooks.send(webhook, now=now, after_seconds=RECORDED_AFTER_SECONDS)

    def _how_it_ended(self, ring: Ring, *, now: datetime) -> dict[str, str]:
        talked = 0.0 if ring.answered_at is None else self._core.seconds_between(ring.answered_at, now)
        link = self.recording(ring)
        at_once = {"record_link": link} if link and self._core.options.recordings == "at_once" else {}
        return {
            "duration": str(round(talked)),
            "is_recorded": str(int(bool(link))),
            **self._status(ring),
            **at_once,
        }

    def recording(self, ring: Ring) -> str | None:
        """Where the conversation can be heard; None when there was none or options record nothing."""
        if ring.answered_at is None or self._core.options.recordings == "none":
            return None
        return f"{RECORDINGS}/{self.callid}.wav"

    def _status(self, ring: Ring) -> dict[str, str]:
        if ring.status != RANG_IN_VAIN:
            return {"status": ring.status or "NotAvailable"}
        wanted = self._core.options.unanswered_status
        return {} if wanted == "absent" else {"status": wanted}

    def _send(self, event: str, more: dict[str, str], *, now: datetime) -> None:
        if self._silent:
            return
        about = {"type": "out", "event": event, "phone": self._phone, "ext": self._ext, "callid": self.callid}
        webhook = Webhook("event", {**about, **more}, phone=self._phone, subject=self._task)
        self._webhooks.send(webhook, now=now)
