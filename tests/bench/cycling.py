"""The full cycle: a call is claimed, placed, ended by its webhook and its result written, again and again.

Beside it in the same run the floor: the same POSTs by bare httpx, to the same server, and nothing else.
"""

import asyncio
import sqlite3
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import httpx

from tests.bench.filling import TOKEN, make, settings_for
from tests.bench.serving import free_port, processor_seconds, running
from tests.bench.table import Figure, middle

ROUNDS, CALLS = 3, 1_000
PATIENCE = 300.0  # seconds
FORM = {
    "cmd": "make2Calls",
    "token": TOKEN,
    "from": "101",
    "to1": "380670000001",
    "to2": "https://files.example.com/reminder.mp3",
    "successtime": "15",
    "timeout": "0",
    "notbefore": "00",
    "notafter": "23",
}
HOW = (
    f"engine, web door and a tiny LiraX in processes of their own, real HTTP, SQLite synchronous=FULL, "
    f"webhook sent at once; {CALLS} calls, medians of {ROUNDS} rounds, in turn with the bare loop"
)


async def bare(url: str, *, lines: int) -> float:
    """Bare httpx POSTs a second, over as many connections as there are lines."""
    left = iter(range(CALLS))

    async def line() -> None:
        async with httpx.AsyncClient(trust_env=False) as client:
            for _ in left:
                (await client.post(url, data=FORM)).raise_for_status()

    began = time.perf_counter()
    await asyncio.gather(*(line() for _ in range(lines)))
    return CALLS / (time.perf_counter() - began)


def cycles(folder: Path, *, lirax_url: str, port: int, lines: int) -> tuple[float, float]:
    """Full cycles a second, and milliseconds of the engine's processor time for each."""
    path = folder / "dzvin.db"
    asyncio.run(make(settings_for(path, lines=lines), CALLS))
    with running("serving", str(path), lirax_url, str(port), "--lines", str(lines)) as (_, pid):
        seconds = _wait_until_finished(path)
        return CALLS / seconds, processor_seconds(pid) / CALLS * 1000


def _wait_until_finished(path: Path) -> float:
    """Seconds from the first claim to the end of the campaign, by the engine's own clock."""
    given_up = time.monotonic() + PATIENCE
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as reading:
        while time.monotonic() < given_up:
            (finished_at,) = reading.execute("SELECT finished_at FROM campaign").fetchone()
            if finished_at is not None:
                (began_at,) = reading.execute("SELECT min(claimed_at) FROM attempt").fetchone()
                return float(finished_at - began_at) / 1e6
            time.sleep(0.1)
    raise AssertionError(f"{CALLS} calls were not over after {PATIENCE:.0f} s")


def figures() -> Iterator[Figure]:
    for lines in (10, 100):
        floor, full, used = [], [], []
        for _ in range(ROUNDS):
            port = free_port()
            with (
                tempfile.TemporaryDirectory() as folder,
                running("answering", f"http://127.0.0.1:{port}/lirax") as (lirax_port, _),
            ):
                lirax = f"http://127.0.0.1:{lirax_port}"
                floor.append(asyncio.run(bare(f"{lirax}/bare", lines=lines)))
                speed, spent = cycles(Path(folder), lirax_url=f"{lirax}/general", port=port, lines=lines)
                full.append(speed)
                used.append(spent)
        ratio = middle([a / b for a, b in zip(full, floor, strict=True)])
        value = f"{middle(full):,.0f} cycles/s, {middle(used):.1f} ms of processor each"
        yield Figure(f"full cycle, {lines} lines", value, HOW)
        yield Figure(
            f"full cycle against bare httpx, {lines} lines",
            f"{ratio:.2f} of {middle(floor):,.0f} POSTs/s",
            HOW,
        )
