"""One call of two legs: dial the first, on answer the second (or play audio), talk, hang up."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from engine.lirax.simulator.agenda import Action, Entry
from engine.lirax.simulator.agents import Agents
from engine.lirax.simulator.core import Core
from engine.lirax.simulator.events import CallEvents
from engine.lirax.simulator.people import RINGING, STEADY, Behaviour, Pickup
from engine.lirax.simulator.truth import Call, Ring


class Side(StrEnum):
    PERSON = "person"  # behaves by script or seed
    OFFICE = "office"  # employee, queue, IVR: there at once unless scripted


@dataclass(frozen=True)
class Party:
    number: str
    side: Side


@dataclass(frozen=True)
class Plan:
    """Who is called first, and with whom joined; `second` None plays audio to the first."""

    task: str
    ext: str
    first: Party
    second: Party | None
    client: str  # the number that events speak of


@dataclass(frozen=True)
class Ended:
    """How a call went. Seconds are simulated ones; None: it never came so far."""

    first_answered: bool
    both_answered: bool
    seconds_from_first_answer: float | None
    seconds_from_bridge: float | None
    keys: str


class Conversation:
    """Also a `LiveCall`: whatever the behaviours say, a hand may pick up, decline, press and hang up."""

    def __init__(
        self,
        core: Core,
        plan: Plan,
        *,
        events: CallEvents,
        on_joined: Callable[[datetime], None],
        on_end: Callable[[Ended, datetime], None],
        agents: Agents | None = None,
    ) -> None:
        self._core = core
        self._plan = plan
        self._events = events
        self._on_joined = on_joined
        self._on_end = on_end
        self._agents = agents
        self._patience: Entry | None = None  # when a person in a queue hangs up
        self._next: Entry | None = None
        self._answer: Action | None = None  # what follows when the phone that rings is picked up
        self.rings: list[Ring] = []
        self.keys = ""
        self._joined_at: datetime | None = None
        self._first_behaviour = self._behaviour(plan.first)
        self._client_behaviour = self._first_behaviour
        self._other_behaviour = STEADY
        self.over = False

    @property
    def callid(self) -> str:
        return self._events.callid

    @property
    def ext(self) -> str:
        return self._plan.ext

    @property
    def client(self) -> str:
        return self._plan.client

    @property
    def rings_now(self) -> bool:
        return self._answer is not None and self.rings[-1].rang

    def start(self, now: datetime) -> None:
        self._core.live[self.callid] = self
        self._dial(self._plan.first, self._first_behaviour, then=self._first_answered, now=now)
        if self._plan.first.number == self._plan.client:
            self._events.tell_incoming(self._client_behaviour, now=now)

    def pick_up(self, now: datetime) -> bool:
        if self._answer is None or not self.rings_now:
            return False
        answer = self._answer
        self._forget_next()
        answer(now)
        return True

    def decline(self, how: Pickup, now: datetime) -> bool:
        if not self.rings_now:
            return False
        self._forget_next()
        self._failed(how)(now)
        return True

    def press(self, key: str) -> bool:
        if self.over or self._client_ring().answered_at is None:
            return False
        self.keys += key
        return True

    def hang_up(self, now: datetime) -> None:
        """Ends the call before its time (killCall)."""
        if not self.over:
            self._end(now)

    def drop(self, now: datetime) -> None:
        self._close(now)
        self._write_down(self._client_ring(), now=now)

    def _behaviour(self, party: Party) -> Behaviour:
        people = self._core.people
        return people.called(party.number) if party.side is Side.PERSON else people.joined(party.number)

    def _dial(self, party: Party, behaviour: Behaviour, *, then: Action, now: datetime) -> None:
        ring = Ring(
            number=party.number,
            leg=len(self.rings) + 1,
            task=self._plan.task,
            callid=self.callid,
            started_at=now,
            rang=behaviour.pickup in RINGING,
        )
        self.rings.append(ring)
        self._core.truth.rings.append(ring)
        self._answer = then
        answers = behaviour.pickup is Pickup.ANSWERS
        seconds = self._core.seconds_of(behaviour.ring_seconds, behaviour)
        self._later(seconds, then if answers else self._failed(behaviour.pickup), now=now)

    def _failed(self, how: Pickup) -> Action:
        def give_up(now: datetime) -> None:
            self.rings[-1].status = STATUSES[how]
            self._end(now)

        return give_up

    def _first_answered(self, now: datetime) -> None:
        self._answered(now)
        second = self._plan.second
        if second is None:
            self._join(STEADY, now=now)
            return
        if self._agents is not None and self._agents.queue_at(second.number) is not None:
            self._wait_in(self._agents, second.number, now=now)
            return
        behaviour = self._behaviour(second)
        if second.number == self._plan.client:
            self._client_behaviour = behaviour
            self._events.tell_incoming(behaviour, now=now)
        self._dial(second, behaviour, then=lambda now: self._second_answered(behaviour, now=now), now=now)

    def _wait_in(self, agents: Agents, number: str, *, now: datetime) -> None:
        """For an employee, as long as the person's patience lasts."""
        self._forget_next()
        patience = self._core.seconds_of(self._first_behaviour.patience_seconds, self._first_behaviour)
        self._patience = self._core.after(patience, self._end, now=now)
        agents.ask(
            self.callid, number, lambda ext, at: self._offered(agents, number, ext=ext, now=at), now=now
        )

    def _offered(self, agents: Agents, number: str, *, ext: str, now: datetime) -> None:
        """An employee's phone rings."""
        queue = agents.queue_at(number)
        assert queue is not None
        behaviour = replace(STEADY, ring_seconds=queue.answer_seconds)

        def picked_up(at: datetime) -> None:
            if self._patience is not None:
                self._patience.cancel()
            agents.talk(self.callid, now=at)
            self._events.tell_taken(ext, now=at)
            self._second_answered(behaviour, now=at)

        self._dial(Party(ext, Side.OFFICE), behaviour, then=picked_up, now=now)

    def _second_answered(self, behaviour: Behaviour, *, now: datetime) -> None:
        self._answered(now)
        self._join(behaviour, now=now)

    def _answered(self, now: datetime) -> None:
        self._answer = None
        self.rings[-1].answered_at = now
        self.rings[-1].status = STATUSES[Pickup.ANSWERS]
        if self.rings[-1].number == self._plan.client:
            self._events.tell_accepted(now=now)

    def _join(self, other: Behaviour, *, now: datetime) -> None:
        self._joined_at = now
        self._other_behaviour = other
        sides = (self._first_behaviour, other)
        seconds = min(self._core.seconds_of(side.talk_seconds, side) for side in sides)
        self._later(seconds, self._end, now=now)
        self._on_joined(now)

    def _later(self, seconds: float, action: Action, *, now: datetime) -> None:
        self._next = self._core.after(seconds, action, now=now)

    def _forget_next(self) -> None:
        if self._next is not None:
            self._next.cancel()
        self._answer = None

    def _close(self, now: datetime) -> None:
        self._forget_next()
        self.over = True
        if self._patience is not None:
            self._patience.cancel()
        for ring in self.rings:
            ring.ended_at = now
        self._core.live.pop(self.callid, None)
        if self._agents is not None:
            self._agents.leave(self.callid, now=now)

    def _end(self, now: datetime) -> None:
        self._close(now)
        keys = self._pressed(now)
        self._client_ring().keys = keys
        self._events.tell_end(self._client_ring(), now=now)
        self._write_down(self._client_ring(), now=now)
        self._on_end(self._ended(keys, now=now), now)

    def _write_down(self, ring: Ring, *, now: datetime) -> None:
        """Into call history."""
        self._core.truth.calls.append(
            Call(
                callid=self.callid,
                task=self._plan.task,
                ext=self._plan.ext,
                client=self._plan.client,
                started_at=self.rings[0].started_at,
                ended_at=now,
                connected=ring.answered_at is not None,
                seconds=self._since(ring.answered_at, now=now) or 0.0,
                recording=self._events.recording(ring),
                keys=ring.keys,
            )
        )

    def _client_ring(self) -> Ring:
        """The leg that events speak of; the first one when the client was not dialled yet."""
        return next((ring for ring in self.rings if ring.number == self._plan.client), self.rings[0])

    def _pressed(self, now: datetime) -> str:
        """Those pressed by hand, else the person's own, else those of the menu they are joined with (C50)."""
        if self.keys:
            return self.keys
        talked = self._since(self._joined_at, now=now)
        behaviour = self._client_behaviour if self._client_behaviour.keys else self._other_behaviour
        if not behaviour.keys and self._plan.second is not None:
            return self._core.ivrs.at(self._plan.second.number).keys if talked is not None else ""
        return behaviour.keys if talked is not None and talked >= behaviour.keys_after_seconds else ""

    def _ended(self, keys: str, *, now: datetime) -> Ended:
        first_answered_at = self.rings[0].answered_at
        return Ended(
            first_answered=first_answered_at is not None,
            both_answered=self._joined_at is not None,
            seconds_from_first_answer=self._since(first_answered_at, now=now),
            seconds_from_bridge=self._since(self._joined_at, now=now),
            keys=keys,
        )

    def _since(self, start: datetime | None, *, now: datetime) -> float | None:
        return None if start is None else self._core.seconds_between(start, now)


STATUSES = {
    Pickup.ANSWERS: "Success",
    Pickup.BUSY: "Busy",
    Pickup.UNAVAILABLE: "NotAvailable",
    Pickup.NOT_ALLOWED: "NotAllowed",
    Pickup.BY_HAND: "NoAnswer",
    Pickup.NO_ANSWER: "NoAnswer",  # our own word, for the truth; LiraX has none
}
