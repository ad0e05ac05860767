"""make2Calls: a task waits for its hours and a line, is dialled, redialled, and reported once.

Source: LiraX reference, section 2 "Simulator model", and C18-C22 of section 7.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from engine.lirax.simulator.agents import Agents
from engine.lirax.simulator.conversation import Conversation, Ended, Party, Plan, Side
from engine.lirax.simulator.core import Core
from engine.lirax.simulator.events import About, CallEvents
from engine.lirax.simulator.hooks import Webhooks
from engine.lirax.simulator.hours import Hours, is_open, is_overnight, opens_at
from engine.lirax.simulator.keys import keys_field
from engine.lirax.simulator.lines import Lines
from engine.lirax.simulator.webhook_values import Webhook

LONGEST_TIMEOUT_MINUTES = 7 * 24 * 60  # the document names no limit; a week is as good as for ever


@dataclass(frozen=True)
class Order:
    """What the request asked for."""

    ext: str
    to1: str
    to2: str  # empty: a text is spoken
    first_is_internal: bool = False
    timeout: timedelta = timedelta(0)  # how long it is redialled; in the exchange's own minutes
    success_seconds: int = 0
    hours: Hours = field(default_factory=Hours)

    @property
    def plays_audio(self) -> bool:
        return not self.to2 or self.to2.startswith(("http://", "https://"))


@dataclass
class Task:
    id: str
    order: Order
    submitted_at: datetime
    first_at: datetime | None = None  # t0 of the reference
    last_at: datetime | None = None
    reported: bool = False


class TwoCalls:
    def __init__(self, core: Core, webhooks: Webhooks, lines: Lines, agents: Agents) -> None:
        self._core = core
        self._webhooks = webhooks
        self._lines = lines
        self._agents = agents

    def submit(self, order: Order, *, now: datetime) -> Task | None:
        """The task, taken on; None when its hours make it a refusal (400)."""
        options = self._core.options
        if options.window_overnight == "reject" and is_overnight(order.hours, options):
            return None
        open_now = is_open(order.hours, options, at=now)
        if not open_now and options.window_policy == "reject":
            return None
        task = Task(id=self._core.new_id("make2calls"), order=order, submitted_at=now)
        full = options.when_full == "busy" and not self._lines.has_free()
        if full or (not open_now and options.window_policy == "fail"):
            self._report(task, success=False, lasted=False, keys="", now=now)
        else:
            self._attempt(task, now=now)
        return task

    def _attempt(self, task: Task, *, now: datetime) -> None:
        """Dials when the hours allow it and a line is free."""
        opening = opens_at(task.order.hours, self._core.options, at=now)
        if opening > now:
            self._core.agenda.add(opening, lambda at: self._attempt(task, now=at))
            return
        task.first_at = task.first_at or now
        self._lines.take(task.id, lambda at: self._dial(task, now=at), now=now)

    def _dial(self, task: Task, *, now: datetime) -> None:
        if not is_open(task.order.hours, self._core.options, at=now):
            self._missed_hours(task, now=now)
            return
        task.last_at = now
        order = task.order
        second = None if order.plays_audio else Party(order.to2, Side.OFFICE)
        Conversation(
            self._core,
            Plan(
                task=task.id,
                ext=order.ext,
                first=Party(order.to1, Side.OFFICE if order.first_is_internal else Side.PERSON),
                second=second,
                client=order.to1,
            ),
            events=CallEvents(
                self._core,
                self._webhooks,
                About(task=task.id, phone=order.to1, ext=order.ext, menu=order.to2),
            ),
            on_joined=lambda at: self._joined(task, now=at),
            on_end=lambda ended, at: self._ended(task, ended, now=at),
            agents=self._agents,
        ).start(now)

    def _missed_hours(self, task: Task, *, now: datetime) -> None:
        """Its hours closed while it waited for a line: a first attempt waits on, a redial skips."""
        self._lines.release(now=now)
        if task.last_at is None:
            self._attempt(task, now=now)
        else:
            self._redial_or_report(task, self._redial_at(task, now=now), now=now)

    def _joined(self, task: Task, *, now: datetime) -> None:
        if self._core.options.make2calls_finished_at == "answer":
            # How long they will talk is not known yet; only a task that asks for nothing can call it enough.
            self._report(task, success=True, lasted=task.order.success_seconds == 0, keys="", now=now)

    def _ended(self, task: Task, ended: Ended, *, now: datetime) -> None:
        success = self._is_success(ended)
        lasted = success and self._lasted(ended) >= task.order.success_seconds
        again_at = self._redial_at(task, now=now) if self._wants_redial(ended, lasted=lasted) else None
        if again_at is None or task.reported:
            self._report(task, success=success, lasted=lasted, keys=ended.keys, now=now)
        else:
            self._redial_or_report(task, again_at, now=now)
        self._lines.release(now=now)

    def _redial_or_report(self, task: Task, again_at: datetime | None, *, now: datetime) -> None:
        if again_at is None:
            self._report(task, success=False, lasted=False, keys="", now=now)
        else:
            self._core.agenda.add(again_at, lambda at: self._attempt(task, now=at))

    def _is_success(self, ended: Ended) -> bool:
        if self._core.options.success_means == "first_leg":
            return ended.first_answered
        return ended.both_answered

    def _lasted(self, ended: Ended) -> float:
        if self._core.options.duration_from == "first_answer":
            return ended.seconds_from_first_answer or 0.0
        return ended.seconds_from_bridge or 0.0

    def _wants_redial(self, ended: Ended, *, lasted: bool) -> bool:
        return not ended.both_answered or (self._core.options.retry_on_short and not lasted)

    def _redial_at(self, task: Task, *, now: datetime) -> datetime | None:
        """The next moment of the redial rhythm inside the hours; None when the timeout allows none."""
        options = self._core.options
        interval = self._minutes(options.retry_interval_minutes)
        moment = now if options.retry_anchor == "end" else task.first_at or now
        start = task.submitted_at if options.timeout_clock == "submit" else task.first_at or now
        while True:
            moment += interval
            over = moment - start > task.order.timeout
            at_the_end = moment - start == task.order.timeout
            if over or (at_the_end and not options.retry_last_inclusive):
                return None
            if moment >= now and moment != task.last_at and is_open(task.order.hours, options, at=moment):
                return moment

    def _minutes(self, minutes: int) -> timedelta:
        return timedelta(minutes=minutes) / self._core.speed

    def _report(self, task: Task, *, success: bool, lasted: bool, keys: str, now: datetime) -> None:
        if task.reported:
            return
        task.reported = True
        answer = {"id_make2calls": task.id, "success": str(int(success))}
        made = self._core.ivrs.at(task.order.to2).presses(keys)
        pressed = keys_field(made, when_none=self._core.options.keys_when_none)
        told = {**answer, **pressed, "duration_success": str(int(lasted))}
        self._webhooks.send(
            Webhook("make2calls_finished", told, phone=task.order.to1, subject=task.id), now=now
        )


def read_order(fields: Mapping[str, str], *, speed: float, newer: bool) -> Order:
    """The order of a request whose parameters were checked."""
    usual = Hours()
    return Order(
        ext=fields["from"],
        to1=fields["to1"].removeprefix("+"),
        to2=fields.get("to2", "").removeprefix("+"),
        first_is_internal=newer and fields.get("FirstInternal") == "1",
        timeout=timedelta(minutes=min(int(fields.get("timeout", "0")), LONGEST_TIMEOUT_MINUTES)) / speed,
        success_seconds=int(fields.get("successtime", "0")),
        hours=Hours(
            not_before=int(fields.get("notbefore", usual.not_before)),
            not_after=int(fields.get("notafter", usual.not_after)),
        ),
    )
