"""Somebody calls us: `contact` is asked, an employee's phone rings, the two talk (`event` with type=in)."""

from datetime import datetime

from engine.lirax.simulator.agenda import Action, Entry
from engine.lirax.simulator.arrivals import Arrival
from engine.lirax.simulator.core import Core
from engine.lirax.simulator.directory import FREE, Directory
from engine.lirax.simulator.events import About, CallEvents, new_callid
from engine.lirax.simulator.hooks import Webhooks
from engine.lirax.simulator.lines import Lines
from engine.lirax.simulator.people import Behaviour, Pickup
from engine.lirax.simulator.truth import Asked, Call, Ring
from engine.lirax.simulator.webhook_values import Reply


class IncomingCalls:
    def __init__(self, core: Core, webhooks: Webhooks, lines: Lines, directory: Directory) -> None:
        self._core = core
        self._webhooks = webhooks
        self._lines = lines
        self._directory = directory

    def arrive(self, arrival: Arrival, *, now: datetime) -> str | None:
        """The callid; None when every line is taken: the caller hears that we are busy."""
        callid = new_callid(self._core)

        def begin(at: datetime) -> None:
            call = IncomingCall(self, arrival, callid=callid)
            call.start(at)

        return callid if self._lines.take_now(begin, now=now) else None

    @property
    def core(self) -> Core:
        return self._core

    @property
    def webhooks(self) -> Webhooks:
        return self._webhooks

    def route(self, arrival: Arrival, responsible: str | None) -> str:
        """Whose phone rings; empty when nobody is there."""
        if arrival.ext:
            return arrival.ext
        if responsible is not None and self._directory.has_employee(responsible):
            return responsible
        employees = [user["ext"] for user in self._directory.users]
        return next((ext for ext in employees if self.is_free(ext)), "")

    def is_free(self, ext: str) -> bool:
        """An employee who is logged in and not busy; a queue or an IVR always is."""
        return not self._directory.has_employee(ext) or self._directory.status_of(ext) == FREE

    def over(self, *, now: datetime) -> None:
        self._lines.release(now=now)


class IncomingCall:
    """One call from outside; a `LiveCall`."""

    def __init__(self, calls: IncomingCalls, arrival: Arrival, *, callid: str) -> None:
        self.callid = callid
        self.ext = arrival.ext
        self.client = arrival.phone
        self.rings: list[Ring] = []
        self.keys = ""
        self._calls = calls
        self._core = calls.core
        self._arrival = arrival
        self._events: CallEvents | None = None
        self._next: Entry | None = None
        self._ring: Ring | None = None
        self._started_at: datetime | None = None

    @property
    def rings_now(self) -> bool:
        return self._ring is not None and self._ring.answered_at is None and self._ring.ended_at is None

    def start(self, now: datetime) -> None:
        self._started_at = now
        self._core.live[self.callid] = self
        if self._core.options.contact_asked == "none":
            self._put_through(None, now)
            return
        self._calls.webhooks.ask(
            self.client, callid=self.callid, diversion=self._arrival.line, now=now, then=self._told_who
        )

    def pick_up(self, now: datetime) -> bool:
        if not self.rings_now:
            return False
        self._answer(now)
        return True

    def decline(self, how: Pickup, now: datetime) -> bool:
        if not self.rings_now:
            return False
        self.hang_up(now)
        return True

    def press(self, key: str) -> bool:
        if self._ring is None or self._ring.answered_at is None:
            return False
        self.keys += key
        return True

    def hang_up(self, now: datetime) -> None:
        if self.callid not in self._core.live:
            return
        ring = self._close(now)
        if self._events is not None:
            self._events.tell_end(ring, now=now)
        self._calls.over(now=now)

    def drop(self, now: datetime) -> None:
        self._close(now)

    def _told_who(self, reply: Reply | None, now: datetime) -> None:
        if self.callid in self._core.live:
            self._put_through(self._asked(), now)

    def _asked(self) -> Asked | None:
        asked = (each for each in reversed(self._core.truth.asked) if each.callid == self.callid)
        return next(asked, None)

    def _put_through(self, asked: Asked | None, now: datetime) -> None:
        self.ext = self._calls.route(self._arrival, asked.responsible if asked else None)
        about = About(
            task=self.callid,
            phone=self.client,
            ext=self.ext,
            menu=self._arrival.line,
            direction="in",
            line=self._arrival.line,
            utm=self._arrival.utm,
        )
        self._events = CallEvents(self._core, self._calls.webhooks, about, callid=self.callid)
        if self.ext:
            self._ring_at(self.ext, now=now)
            self._events.tell_ringing(now=now)
        self._wait_for_answer(self._behaviour(), now=now)

    def _ring_at(self, ext: str, *, now: datetime) -> None:
        self._ring = self._no_ring(ext, now=now)
        self._ring.rang = True
        self.rings = [self._ring]
        self._core.truth.rings.append(self._ring)

    def _no_ring(self, ext: str, *, now: datetime) -> Ring:
        return Ring(ext, 2, self.callid, self.callid, started_at=now, rang=False, direction="in")

    def _behaviour(self) -> Behaviour:
        if not self.ext or not self._calls.is_free(self.ext):
            return Behaviour(pickup=Pickup.NO_ANSWER)
        return self._core.people.joined(self.ext)

    def _wait_for_answer(self, behaviour: Behaviour, *, now: datetime) -> None:
        """Whichever comes first: the employee answers, or the caller loses patience."""
        if behaviour.pickup is Pickup.BY_HAND:
            self._later(behaviour.ring_seconds * self._core.speed, self.hang_up, now=now)
        elif behaviour.pickup is Pickup.ANSWERS and behaviour.ring_seconds <= self._arrival.patience_seconds:
            self._later(behaviour.ring_seconds, self._answer, now=now)
        else:
            self._later(self._arrival.patience_seconds, self.hang_up, now=now)

    def _answer(self, now: datetime) -> None:
        if self._ring is None or self._events is None:
            return
        self._ring.answered_at, self._ring.status = now, "Success"
        self._events.tell_accepted(now=now)
        self._later(self._arrival.talk_seconds, self.hang_up, now=now)

    def _later(self, seconds: float, action: Action, *, now: datetime) -> None:
        if self._next is not None:
            self._next.cancel()
        self._next = self._core.after(seconds, action, now=now)

    def _close(self, now: datetime) -> Ring:
        """Ends what is under way and writes it into history."""
        if self._next is not None:
            self._next.cancel()
        self._core.live.pop(self.callid, None)
        ring = self._ring or self._no_ring(self.ext, now=now)
        ring.ended_at = now
        ring.status = ring.status or "Missed"
        answered = ring.answered_at is not None
        ring.keys = (self.keys or self._arrival.keys) if answered else ""
        self._core.truth.calls.append(self._as_call(ring, now=now))
        return ring

    def _as_call(self, ring: Ring, *, now: datetime) -> Call:
        answered_at = ring.answered_at
        return Call(
            callid=self.callid,
            task=self.callid,
            ext=self.ext,
            client=self.client,
            started_at=self._started_at or now,
            ended_at=now,
            connected=answered_at is not None,
            seconds=0.0 if answered_at is None else self._core.seconds_between(answered_at, now),
            recording=self._events.recording(ring) if self._events else None,
            direction="in",
            line=self._arrival.line,
            utm=dict(self._arrival.utm),
            keys=ring.keys,
        )
