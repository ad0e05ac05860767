"""An event loop whose time is virtual and whose order is drawn from a seed; it can kill and freeze a process.

Every handle carries the context it was made in, and the context says of which process (`Life`) it is. The
handles of a dead one are put away unread, as kill -9 would; those of a frozen one wait until it goes on.
"""

import asyncio
import heapq
from collections.abc import Callable
from contextvars import Context, ContextVar
from dataclasses import dataclass, field
from random import Random
from typing import Any
from weakref import WeakSet


@dataclass(eq=False)
class Life:
    """One process, from its start until it is killed or ends."""

    name: str
    number: int  # of the process's starts
    dead: bool = False
    frozen: bool = False
    said_goodbye: bool = False  # it ended by itself
    steps_left: int | None = None  # until it is killed, wherever it is then; None: no such end
    held: list[asyncio.Handle] = field(default_factory=list)  # while it is frozen
    tasks: "WeakSet[asyncio.Task[Any]]" = field(default_factory=WeakSet)
    let_go: list[Callable[[], None]] = field(default_factory=list)  # what the operating system takes back
    grave: list[object] = field(default_factory=list)  # kept, so that nothing of it is run by being collected

    def __str__(self) -> str:
        return f"{self.name}.{self.number}"


LIFE: ContextVar[Life | None] = ContextVar("LIFE", default=None)
"""Of which process the running code is; None: of the world outside."""


class Stuck(Exception):
    """Nothing is left that could ever happen, or the same happens for ever."""


MOST_AT_ONCE = 1_500  # steps without a moment passing; a busy moment has some hundred


class SimLoop(asyncio.BaseEventLoop):
    def __init__(self, chance: Random) -> None:
        super().__init__()
        self._now = 0.0
        self._random = chance.random
        self._clock_resolution = 1e-9
        self._queue: list[asyncio.Handle] = []
        self.steps = 0
        self._at_once = 0
        self.stopped_by: BaseException | None = None  # raised out of the loop at the next step
        self.killed: Callable[[Life], None] = lambda life: None  # told of every death

    def time(self) -> float:
        return self._now

    def _run_once(self) -> None:
        if self.stopped_by is not None:
            raise self.stopped_by
        self._take_over()
        if not self._queue:
            self._let_time_pass()
            self._take_over()
        if self._is_stopping() or not self._queue:
            return
        self._run_one(self._drawn())

    def _take_over(self) -> None:
        ready: Any = self._ready  # type: ignore[attr-defined]
        while ready:
            self._queue.append(ready.popleft())

    def _let_time_pass(self) -> None:
        """On to the next timer; what is due at one moment is due together."""
        timers: list[Any] = self._scheduled  # type: ignore[attr-defined]
        while timers and timers[0]._cancelled:
            heapq.heappop(timers)._scheduled = False
        if not timers:
            if self._is_stopping():
                return
            raise Stuck("nothing will ever happen again")
        self._at_once = 0
        self._now = max(self._now, timers[0]._when)
        while timers and timers[0]._when <= self._now:
            handle = heapq.heappop(timers)
            handle._scheduled = False
            self._queue.append(handle)

    def _drawn(self) -> asyncio.Handle:
        queue = self._queue
        place = int(self._random() * len(queue))
        queue[place], queue[-1] = queue[-1], queue[place]
        return queue.pop()

    def _run_one(self, handle: Any) -> None:
        if handle._cancelled:
            return
        life = handle._context.get(LIFE)
        if life is not None:
            if life.dead:
                life.grave.append(handle)
                return
            if life.frozen:
                life.held.append(handle)
                return
            if life.steps_left is not None:
                life.steps_left -= 1
                if life.steps_left <= 0:
                    self.kill(life)
                    life.grave.append(handle)
                    return
        self.steps += 1
        self._at_once += 1
        if self._at_once > MOST_AT_ONCE:
            raise Stuck(f"{MOST_AT_ONCE} steps, and no time passes: {handle}")
        handle._run()

    def kill(self, life: Life) -> None:
        """As kill -9: nothing of it is ever run again, no `finally` either."""
        life.dead = True
        self.killed(life)
        for each in life.let_go:
            each()
        life.grave += life.held
        life.held.clear()
        life.grave += list(life.tasks)

    def create_task(self, coro: Any, *, name: Any = None, context: Context | None = None) -> Any:
        task = super().create_task(coro, name=name, context=context)
        life = LIFE.get() if context is None else context.get(LIFE)
        if life is not None:
            life.tasks.add(task)
        return task

    def freeze(self, life: Life) -> None:
        life.frozen = True

    def thaw(self, life: Life) -> None:
        """As SIGCONT: all that came due meanwhile is due now."""
        life.frozen = False
        self._queue += life.held
        life.held.clear()

    def _is_stopping(self) -> bool:
        return bool(self._stopping)  # type: ignore[attr-defined]

    def run_in_executor(self, executor: Any, func: Any, *args: Any) -> Any:  # type: ignore[override]
        """There are no threads: it is done whole, in a turn of its own."""

        async def turn() -> Any:
            return func(*args)

        return self.create_task(turn())

    def _process_events(self, event_list: Any) -> None:
        """There are none: nothing comes from outside."""

    def _write_to_self(self) -> None:
        """Nobody sleeps who would have to be woken."""
