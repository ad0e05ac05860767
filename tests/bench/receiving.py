"""Webhooks a second that are kept for good, and how long LiraX waits for its 200."""

import asyncio
import tempfile
import time
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from statistics import quantiles
from typing import NamedTuple
from urllib.parse import urlencode

from tests.bench.filling import WEBHOOK_TOKEN
from tests.bench.serving import free_port, processor_seconds, running
from tests.bench.table import Figure, middle
from tests.databases import postgres_of_our_own

ROUNDS, WEBHOOKS, LANES = 3, 4_000, 40
WRONG_A_SECOND = 2_000
NOBODY = "http://127.0.0.1:1/general"  # the engine has nobody to call
HOW = (
    f"`dzvin web` in a process of its own, real HTTP over {LANES} connections, each webhook new; "
    f"{WEBHOOKS} webhooks, medians of {ROUNDS} rounds"
)


class Round(NamedTuple):
    a_second: float
    p99_milliseconds: float


def a_request(number: int, *, token: str) -> bytes:
    form = urlencode(
        {
            "cmd": "make2calls_finished",
            "from_LiraX_token": token,
            "id_make2calls": f"intake{number}",
            "success": "1",
            "duration_success": "1",
            "keys": '[{"ivr_name":"Menu","ivr_entry":"0","key":"1"}]',
        }
    )
    return (
        f"POST /lirax HTTP/1.1\r\nHost: dzvin\r\nContent-Length: {len(form)}\r\n"
        f"Content-Type: application/x-www-form-urlencoded\r\n\r\n{form}"
    ).encode()


class Lane:
    """One connection, one request at a time."""

    async def open(self, port: int) -> "Lane":
        self._reader, self._writer = await asyncio.open_connection("127.0.0.1", port)
        return self

    async def post(self, request: bytes, *, expected: bytes) -> float:
        """Seconds until the whole answer was there."""
        began = time.perf_counter()
        self._writer.write(request)
        head = await self._reader.readuntil(b"\r\n\r\n")
        length = next(line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length"))
        await self._reader.readexactly(int(length.partition(b":")[2]))
        if not head.startswith(b"HTTP/1.1 " + expected):
            raise AssertionError(head.decode())
        return time.perf_counter() - began

    def close(self) -> None:
        self._writer.close()


async def one_round(port: int, numbers: "count[int]") -> Round:
    lanes = [await Lane().open(port) for _ in range(LANES)]
    left = iter(range(WEBHOOKS))
    waited: list[float] = []

    async def send(lane: Lane) -> None:
        for _ in left:
            request = a_request(next(numbers), token=WEBHOOK_TOKEN)
            waited.append(await lane.post(request, expected=b"200"))

    began = time.perf_counter()
    await asyncio.gather(*map(send, lanes))
    seconds = time.perf_counter() - began
    for lane in lanes:
        lane.close()
    return Round(WEBHOOKS / seconds, quantiles(waited, n=100)[98] * 1000)


async def paced(port: int, numbers: "count[int]", *, a_second: int, wrong: int) -> float:
    """p99 in milliseconds of valid webhooks sent at that pace, with `wrong` ones a second beside them."""
    lanes = [await Lane().open(port) for _ in range(10)]
    flood = [await Lane().open(port) for _ in range(10)] if wrong else []
    ending = asyncio.Event()
    waited: list[float] = []

    async def send(lane: Lane) -> None:
        due = time.perf_counter()
        while not ending.is_set():
            waited.append(await lane.post(a_request(next(numbers), token=WEBHOOK_TOKEN), expected=b"200"))
            due += len(lanes) / a_second
            await asyncio.sleep(max(0.0, due - time.perf_counter()))

    async def refuse(lane: Lane) -> None:
        due = time.perf_counter()
        while not ending.is_set():
            await lane.post(a_request(1, token="wrong"), expected=b"401")
            due += len(flood) / wrong
            await asyncio.sleep(max(0.0, due - time.perf_counter()))

    sending = [asyncio.create_task(send(lane)) for lane in lanes]
    refusing = [asyncio.create_task(refuse(lane)) for lane in flood]
    await asyncio.sleep(5)
    ending.set()
    await asyncio.gather(*sending, *refusing)
    for lane in (*lanes, *flood):
        lane.close()
    return quantiles(waited, n=100)[98] * 1000


def _figures_of(name: str, database: str, *, target: str) -> Iterator[Figure]:
    port, numbers = free_port(), count(1)
    with running("serving", database, NOBODY, str(port), "--half", "web") as (_, pid):
        asyncio.run(one_round(port, numbers))  # the first one warms up
        used = processor_seconds(pid)
        rounds = [asyncio.run(one_round(port, numbers)) for _ in range(ROUNDS)]
        each = (processor_seconds(pid) - used) / (ROUNDS * WEBHOOKS) * 1000
        a_second = middle([one.a_second for one in rounds])
        yield Figure(f"webhooks kept, {name}", f"{a_second:,.0f}/s", HOW, target)
        p99 = middle([one.p99_milliseconds for one in rounds])
        yield Figure(f"wait for the 200, {name}, p99 at full speed", f"{p99:.0f} ms", HOW, "200 ms")
        yield Figure(f"processor time of ours for a webhook, {name}", f"{each:.2f} ms", HOW)
        alone = asyncio.run(paced(port, numbers, a_second=100, wrong=0))
        beside = asyncio.run(paced(port, numbers, a_second=100, wrong=WRONG_A_SECOND))
        how = (
            f"100 valid webhooks a second, without and with up to {WRONG_A_SECOND}/s of wrong keys, 5 s each"
        )
        says = f"{alone:.0f} → {beside:.0f} ms"
        yield Figure(f"p99 beside a flood of wrong keys, {name}", says, how, "at most doubled")


def figures() -> Iterator[Figure]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "dzvin.db"
        yield from _figures_of("SQLite", str(path), target="500/s")
    with postgres_of_our_own() as server:
        url = asyncio.run(server.fresh())
        yield from _figures_of("PostgreSQL", url, target="1,000/s")
