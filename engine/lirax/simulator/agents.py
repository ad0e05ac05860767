"""Queues: numbers at which free employees take calls, whoever has been idle longest first.

An employee who talks is busy, and for a while after it too; LiraX tells each change by `staton`.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from engine.lirax.simulator.core import Core
from engine.lirax.simulator.directory import DISCONNECTED, FREE, Directory
from engine.lirax.simulator.hooks import Webhooks
from engine.lirax.simulator.truth import PresenceChange
from engine.lirax.simulator.webhook_values import Webhook

TALKING, WRAPPING_UP = 2, 3  # statuses of an employee in and after a call
FIRST_USER_ID = 100

Offer = Callable[[str, datetime], None]
"""Told, once, which employee takes the call."""


@dataclass(frozen=True)
class Queue:
    """Who answers a number; seconds are simulated ones."""

    exts: tuple[str, ...]
    answer_seconds: float = 2  # an employee's phone rings
    wrap_up_seconds: float = 0  # after a call, until the employee is free again


class Agents:
    def __init__(self, core: Core, webhooks: Webhooks, directory: Directory) -> None:
        self._core = core
        self._webhooks = webhooks
        self._directory = directory
        self._queues: dict[str, Queue] = {}
        self._idle: list[str] = []  # free employees, the one idle longest first
        self._waiting: dict[str, tuple[Queue, Offer]] = {}  # calls by callid, in the order they came
        self._taken: dict[str, tuple[Queue, str]] = {}  # by callid: who takes the call

    def open_queue(self, number: str, queue: Queue, *, status: int = FREE) -> None:
        """Calls to that number wait for one of these employees; those nobody knew are hired."""
        self._queues[number] = queue
        self.hire(queue.exts, status=status)

    def hire(self, exts: Iterable[str], *, status: int = FREE) -> None:
        for ext in exts:
            if not self._directory.has_employee(ext):
                number = FIRST_USER_ID + len(self._directory.users)
                user = {"id": number, "Name": f"Agent {ext}", "ext": ext, "active": "1"}
                self._directory.users.append(user)
                self._directory.presence[ext] = DISCONNECTED
            self.set_status(ext, status, now=self._core.clock.now())

    def queue_at(self, number: str) -> Queue | None:
        return self._queues.get(number)

    def ask(self, callid: str, number: str, offer: Offer, *, now: datetime) -> None:
        """The call waits until an employee takes it, or until it is given up by `leave`."""
        self._waiting[callid] = (self._queues[number], offer)
        self._serve(now)

    def talk(self, callid: str, *, now: datetime) -> None:
        """The employee who takes the call has picked up."""
        _, ext = self._taken[callid]
        self.set_status(ext, TALKING, now=now)

    def leave(self, callid: str, *, now: datetime) -> None:
        """The call is over, whether anybody took it or not."""
        self._waiting.pop(callid, None)
        taken = self._taken.pop(callid, None)
        if taken is None:
            return
        queue, ext = taken
        if self._directory.status_of(ext) == TALKING:
            self._wrap_up(ext, queue, now=now)
        elif self._directory.status_of(ext) == FREE:  # the phone rang, and was not picked up in time
            self._idle.insert(0, ext)
            self._serve(now)

    def set_status(self, ext: str, status: int, *, now: datetime) -> None:
        """LiraX tells by `staton` when it is news."""
        if self._directory.presence.get(ext) == status:
            self._take_note(ext, status)
            return
        self._directory.presence[ext] = status
        self._core.truth.presences.append(PresenceChange(at=now, ext=ext, status=status))
        told = {"ext": ext, "status": str(status)}
        self._webhooks.send(Webhook("staton", told, subject=ext), now=now)
        self._take_note(ext, status)
        self._serve(now)

    def rest_is_over(self, *, now: datetime) -> None:
        """Whoever was busy after a call is free: what would have told so was lost with the exchange."""
        for ext, status in list(self._directory.presence.items()):
            if status == WRAPPING_UP:
                self.set_status(ext, FREE, now=now)

    def _take_note(self, ext: str, status: int) -> None:
        busy = any(ext == taken for _, taken in self._taken.values())
        if status != FREE or busy:
            self._idle = [idle for idle in self._idle if idle != ext]
        elif ext not in self._idle:
            self._idle.append(ext)

    def _wrap_up(self, ext: str, queue: Queue, *, now: datetime) -> None:
        if not queue.wrap_up_seconds:
            self.set_status(ext, FREE, now=now)
            return
        self.set_status(ext, WRAPPING_UP, now=now)

        def come_back(at: datetime) -> None:
            if self._directory.status_of(ext) == WRAPPING_UP:
                self.set_status(ext, FREE, now=at)

        self._core.after(queue.wrap_up_seconds, come_back, now=now)

    def _serve(self, now: datetime) -> None:
        for callid, (queue, offer) in list(self._waiting.items()):
            ext = next((idle for idle in self._idle if idle in queue.exts), None)
            if ext is None or callid not in self._waiting:
                continue
            del self._waiting[callid]
            self._idle.remove(ext)
            self._taken[callid] = (queue, ext)
            offer(ext, now)
