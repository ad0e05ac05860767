"""A network in memory under the real HTTP client: httpcore's own connections, our bytes.

What a client writes is a parcel from the moment its last byte is written: it is lost, cut or delayed here,
then handed to the simulated exchange by its real web application. Answers come back the same way.
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextvars import Context
from dataclasses import dataclass, field
from random import Random
from typing import Any
from urllib.parse import parse_qsl

import httpcore
from starlette.types import ASGIApp, Message

from engine.lirax.simulator.http import CUT
from tests.backends import Backend
from tests.simulation.chance import happens
from tests.simulation.loop import Life, SimLoop

HEAD_END = b"\r\n\r\n"


@dataclass(frozen=True)
class NetworkFaults:
    """Shares of connections and requests that meet with each fault; times in seconds."""

    unreachable: float = 0.0  # no connection
    lost_request: float = 0.0  # the bytes have left and never arrive
    late_request: float = 0.0  # they arrive up to `latest` later
    latest: float = 60.0
    latest_of_others: float = 5.0  # than calls
    reset_before: float = 0.0  # the connection breaks, nothing arrives
    reset_after: float = 0.0  # it breaks, and the request arrives
    lost_answer: float = 0.0
    late_answer: float = 0.0  # up to `slowest` later
    slowest: float = 30.0
    cut_answer: float = 0.0  # half of it comes
    crash_before: float = 0.0  # the process is killed before the last byte of a request leaves
    crash_after: float = 0.0  # right after it


@dataclass(eq=False)
class Parcel:
    """One request that has left."""

    task: str  # name of the task that sent it
    life: Life
    method: str
    target: str
    headers: list[tuple[bytes, bytes]]
    body: bytes

    @property
    def fields(self) -> dict[str, str]:
        return dict(parse_qsl(self.body.decode("utf-8", "replace"), keep_blank_values=True))


@dataclass
class Line:
    """The stream of one connection, seen from both ends."""

    answer: bytearray = field(default_factory=bytearray)
    over: bool = False  # the other side has closed
    closed: bool = False  # ours has
    news: asyncio.Event = field(default_factory=asyncio.Event)  # for the client
    gone: asyncio.Event = field(default_factory=asyncio.Event)  # for the server

    def give(self, some: bytes) -> None:
        self.answer += some
        self.news.set()

    def end(self) -> None:
        self.over = True
        self.news.set()


class Network:
    """`left` is told of every request at the moment its last byte is written, in the tick of the fence;
    `arrives` right before the exchange sees it.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        loop: SimLoop,
        outside: Context,
        chance: Random,
        left: Callable[[Parcel], None],
        arrives: Callable[[Parcel], None],
        told: Callable[[str], None],
    ) -> None:
        self._app = app
        self.loop = loop
        self._outside = outside
        self.random = chance
        self._left = left
        self._arrives = arrives
        self.told = told
        self.faults = NetworkFaults()
        self.down = False

    def of(self, life: Life) -> "Wire":
        return Wire(self, life)

    def post(self, parcel: Parcel, line: Line) -> None:
        """Send it on its way; nothing of the sender's is needed any more."""
        self._left(parcel)
        faults = self.faults
        fate = self.random.random()
        for share, name in (
            (faults.lost_request, "lost"),
            (faults.reset_before, "reset before it arrived"),
            (faults.reset_after, "reset"),
            (faults.late_request, "late"),
        ):
            fate -= share
            if fate < 0:
                self.told(f"{parcel.task}: the request is {name}")
                break
        else:
            name = "well"
        if name.startswith("reset"):
            line.end()
        if name in ("lost", "reset before it arrived"):
            return
        travel = self._late(parcel) if name == "late" else self.random.uniform(0.005, 0.2)
        self.loop.create_task(self._serve(parcel, line, travel), context=self._outside)

    def _late(self, parcel: Parcel) -> float:
        """A call may come long after it was given up; what only a modem's pace depends on comes in time."""
        faults = self.faults
        is_call = parcel.fields.get("cmd") == "make2Calls"
        return self.random.uniform(0, faults.latest if is_call else faults.latest_of_others)

    async def _serve(self, parcel: Parcel, line: Line, travel: float) -> None:
        await asyncio.sleep(travel)
        if self.down:
            line.end()
            return
        give = self._answer_fate(parcel, line)
        self._arrives(parcel)
        path, _, query = parcel.target.partition("?")
        scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": parcel.method,
            "scheme": "http",
            "path": path,
            "raw_path": path.encode(),
            "query_string": query.encode(),
            "root_path": "",
            "headers": [(name.lower(), value) for name, value in parcel.headers],
            "client": ("127.0.0.1", 1),
            "server": ("127.0.0.1", 8482),
            "extensions": {CUT: {"close": line.end}},
        }
        await self._app(scope, _receiving(parcel, line), _sending(line, give))

    def _answer_fate(self, parcel: Parcel, line: Line) -> Callable[[bytes], Awaitable[None]]:
        faults = self.faults
        lost = happens(self.random, faults.lost_answer)
        late = self.random.uniform(0, faults.slowest) if happens(self.random, faults.late_answer) else None
        cut = happens(self.random, faults.cut_answer)
        if lost or cut or late is not None:
            self.told(f"{parcel.task}: the answer is {'lost' if lost else 'cut' if cut else 'late'}")

        async def give(some: bytes) -> None:
            nonlocal late
            await asyncio.sleep(self.random.uniform(0.002, 0.1) if late is None else late)
            late = None
            if lost:
                return
            line.give(some[: len(some) // 2] if cut else some)
            if cut:
                line.end()

        return give


def _receiving(parcel: Parcel, line: Line) -> Callable[[], Awaitable[Message]]:
    first = True

    async def receive() -> Message:
        nonlocal first
        if first:
            first = False
            return {"type": "http.request", "body": parcel.body, "more_body": False}
        if not line.over:
            await line.gone.wait()
        return {"type": "http.disconnect"}

    return receive


def _sending(line: Line, give: Callable[[bytes], Awaitable[None]]) -> Callable[[Message], Awaitable[None]]:
    head = bytearray()
    framed = False

    async def send(message: Message) -> None:
        nonlocal framed
        if message["type"] == "http.response.start":
            framed = any(name == b"content-length" for name, _ in message["headers"])
            head.extend(b"HTTP/1.1 %d Said\r\n" % message["status"])
            for name, value in message["headers"]:
                head.extend(name + b": " + value + b"\r\n")
            head.extend(b"\r\n" if framed else b"connection: close\r\n\r\n")
            return
        some = bytes(head) + message.get("body", b"")
        head.clear()
        if some and not line.over:
            await give(some)
        if not message.get("more_body", False) and not framed:
            line.end()

    return send


class Wire(Backend):
    """The network as one process sees it."""

    def __init__(self, network: Network, life: Life) -> None:
        self._network = network
        self._life = life

    async def connect_tcp(self, host: str, port: int, *_: Any, **__: Any) -> "Stream":
        network = self._network
        await asyncio.sleep(network.random.uniform(0.001, 0.02))
        if network.down or happens(network.random, network.faults.unreachable):
            raise httpcore.ConnectError("connection refused")
        return Stream(network, self._life, Line())


class Stream(httpcore.AsyncNetworkStream):
    def __init__(self, network: Network, life: Life, line: Line) -> None:
        self._network = network
        self._life = life
        self._line = line
        self._written = bytearray()

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Nothing is awaited before the bytes have left: what the fence saw still holds."""
        assert not self._life.dead, "a dead process sends"
        if self._line.closed or self._line.over:
            raise httpcore.WriteError("the connection is broken")
        self._written += buffer
        parcel = self._whole()
        if parcel is None:
            return
        self._written.clear()
        network = self._network
        if happens(network.random, network.faults.crash_before):
            network.told(f"{parcel.task}: killed before its request left")
            network.loop.kill(self._life)
            await asyncio.sleep(0)
        network.post(parcel, self._line)
        if happens(network.random, network.faults.crash_after):
            network.told(f"{parcel.task}: killed after its request left")
            network.loop.kill(self._life)
            await asyncio.sleep(0)

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        line = self._line
        while not line.answer and not line.over:
            line.news.clear()
            await line.news.wait()
        some = bytes(line.answer[:max_bytes])
        del line.answer[:max_bytes]
        return some

    async def aclose(self) -> None:
        self._line.closed = True
        self._line.gone.set()

    def get_extra_info(self, info: str) -> Any:
        return bool(self._line.over or self._line.answer) if info == "is_readable" else None

    def _whole(self) -> Parcel | None:
        """The request, once its last byte is there."""
        head, end, body = bytes(self._written).partition(HEAD_END)
        if not end:
            return None
        first, *lines = head.split(b"\r\n")
        headers = [(name, value.strip()) for name, _, value in (line.partition(b":") for line in lines)]
        length = next((int(value) for name, value in headers if name.lower() == b"content-length"), 0)
        if len(body) < length:
            return None
        method, target, _ = first.decode().split(" ")
        task = asyncio.current_task()
        assert task is not None
        name = task.get_name()
        return Parcel("-" if name.startswith("Task-") else name, self._life, method, target, headers, body)
