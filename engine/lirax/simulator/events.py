"""What LiraX tells of one call while it goes on: `contact`, `event` and `record`."""

from dataclasses import dataclass, field
from datetime import datetime

from engine.lirax.simulator.core import Core
from engine.lirax.simulator.hooks import Webhooks
from engine.lirax.simulator.keys import keys_field
from engine.lirax.simulator.people import Behaviour
from engine.lirax.simulator.truth import Ring
from engine.lirax.simulator.webhook_values import Webhook

CALLID_PIECE = 20
RECORDED_AFTER_SECONDS = 5.0
RANG_IN_VAIN = "NoAnswer"


@dataclass(frozen=True)
class About:
    """Which call is told of. `menu` is the number whose IVR the person hears; `line` the one they called."""

    task: str
    phone: str
    ext: str
    menu: str = ""
    direction: str = "out"
    line: str = ""
    utm: dict[str, str] = field(default_factory=dict)


def new_callid(core: Core) -> str:
    return f"{core.new_id('callid').upper():0<{CALLID_PIECE}}-{core.seed % 10000:04d}"


class CallEvents:
    """The voice of one call. Silent until, and unless, the client's behaviour lets LiraX speak."""

    def __init__(self, core: Core, webhooks: Webhooks, about: About, *, callid: str = "") -> None:
        self.callid = callid or new_callid(core)
        self._core = core
        self._webhooks = webhooks
        self._about = about
        self._silent = False

    def tell_incoming(self, behaviour: Behaviour, *, now: datetime) -> None:
        self._silent = not behaviour.events
        if self._core.options.contact_asked == "all" and not self._silent:
            self._webhooks.ask(self._about.phone, callid=self.callid, diversion=self._about.phone, now=now)
        if self._core.options.outgoing_incoming_event:
            self._send("INCOMING", {}, now=now)

    def tell_ringing(self, *, now: datetime) -> None:
        """An employee's phone begins to ring with a call that came in."""
        self._send("INCOMING", {}, now=now)

    def tell_accepted(self, *, now: datetime) -> None:
        self._send("ACCEPTED", {}, now=now)

    def tell_taken(self, ext: str, *, now: datetime) -> None:
        """An employee has taken the call of a person who waited for one."""
        self._send("ACCEPTED", {"ext": ext}, now=now)

    def tell_end(self, ring: Ring, *, now: datetime) -> None:
        how = self._how_it_ended(ring, now=now)
        options = self._core.options
        pressed = self._core.ivrs.at(self._about.menu).presses(ring.keys)
        last_key = keys_field(pressed[-1:], when_none=options.keys_when_none)
        if self._about.direction == "out" or ring.answered_at is not None:
            self._send("COMPLETED", {**how, **(last_key if options.keys_on_completed_event else {})}, now=now)
        self._send("CALL_COMPLETED", {**how, **last_key}, now=now)
        link = self.recording(ring)
        if link and options.recordings == "later":
            told = {"callid": self.callid, "record_link": link}
            webhook = Webhook("record", told, phone=self._about.phone, subject=self._about.task)
            self._webhooks.send(webhook, now=now, after_seconds=RECORDED_AFTER_SECONDS)

    def recording(self, ring: Ring) -> str | None:
        """Where the conversation can be heard; None when there was none or options record nothing."""
        if ring.answered_at is None or self._core.options.recordings == "none":
            return None
        return f"{self._core.base_url}/recordings/{self.callid}.wav"

    def _how_it_ended(self, ring: Ring, *, now: datetime) -> dict[str, str]:
        talked = 0.0 if ring.answered_at is None else self._core.seconds_between(ring.answered_at, now)
        whole = self._core.seconds_between(ring.started_at, now)
        link = self.recording(ring)
        at_once = {"record_link": link} if link and self._core.options.recordings == "at_once" else {}
        return {
            "duration": str(round(talked)),
            **({"call_duration": str(round(whole))} if self._core.options.extensions else {}),
            "is_recorded": str(int(bool(link))),
            **self._status(ring),
            **at_once,
        }

    def _status(self, ring: Ring) -> dict[str, str]:
        if self._about.direction == "in":
            return {"status": "Missed" if ring.answered_at is None else "Success"}
        if ring.status != RANG_IN_VAIN:
            return {"status": ring.status or "NotAvailable"}
        wanted = self._core.options.unanswered_status
        return {} if wanted == "absent" else {"status": wanted}

    def _send(self, event: str, more: dict[str, str], *, now: datetime) -> None:
        if self._silent:
            return
        about = self._about
        told = {
            "type": about.direction,
            "event": event,
            "phone": about.phone,
            **({"diversion": about.line} if about.line else {}),
            "ext": about.line if (about.direction, event) == ("in", "CALL_COMPLETED") else about.ext,
            "callid": self.callid,
            **more,
            **about.utm,
        }
        webhook = Webhook("event", told, phone=about.phone, subject=about.task)
        self._webhooks.send(webhook, now=now)
