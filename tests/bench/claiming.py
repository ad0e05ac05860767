"""How fast lines are filled: claim transactions of the real engine on SQLite, durable like in earnest."""

import asyncio
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from pathlib import Path

from sqlalchemy import Connection, update

from campaigns.rules.vocabulary import AccountId
from campaigns.tables import Attempt, LineSlot
from engine.apply.campaigns import transaction
from engine.apply.claiming import Claims, claim
from engine.assembly import build_house, close_house
from engine.database.port import Lane
from engine.house import House
from tests.bench.filling import fill, settings_for
from tests.bench.table import Figure, middle

FEW, MANY = 5_000, 1_000_000
CALLS = 3_000  # claimed in each case, so that even the few people never run out
HOW = "claim transactions one after another, each committed (synchronous=FULL); medians, sizes in turn"


@asynccontextmanager
async def a_house(folder: Path, *, people: int, lines: int) -> AsyncIterator[House]:
    folder.mkdir()
    house = await build_house(settings_for(folder / "dzvin.db", lines=lines))
    await fill(house, people)
    try:
        yield house
    finally:
        await close_house(house)


async def claim_once(house: House, *, lines: int) -> tuple[float, float]:
    """Seconds and seconds of processor time of one claim; its calls are taken off their lines afterwards."""
    account_id = house.accounts.all()[0].id
    began, used = time.perf_counter(), time.process_time()
    claims = await house.database.write(partial(_claim, house, account_id), lane=Lane.PLACEMENT)
    taken = time.perf_counter() - began, time.process_time() - used
    if len(claims.intents) != lines:
        raise AssertionError(f"{lines} lines were free, {len(claims.intents)} calls were claimed")
    await house.database.write(_end_all)
    return taken


def _claim(house: House, account_id: AccountId, connection: Connection) -> Claims:
    with transaction(connection, house) as change:
        return claim(change, account_id)


def _end_all(connection: Connection) -> None:
    attempt, slot = Attempt.__table__, LineSlot.__table__  # type: ignore[attr-defined]
    connection.execute(update(attempt).where(attempt.c.state != "done").values(state="done"))
    connection.execute(update(slot).values(attempt_id=None))


async def measure(lines: int) -> dict[int, tuple[float, float]]:
    """By number of pending people: median seconds and processor seconds of one claim."""
    taken: dict[int, list[tuple[float, float]]] = {FEW: [], MANY: []}
    with tempfile.TemporaryDirectory() as folder:
        async with AsyncExitStack() as stack:
            houses = {
                people: await stack.enter_async_context(
                    a_house(Path(folder) / str(people), people=people, lines=lines)
                )
                for people in taken
            }
            for _ in range(CALLS // lines):
                for people, house in houses.items():
                    taken[people].append(await claim_once(house, lines=lines))
    return {
        people: (middle([wall for wall, _ in each]), middle([cpu for _, cpu in each]))
        for people, each in taken.items()
    }


def figures() -> Iterator[Figure]:
    for lines in (10, 100):
        found = asyncio.run(measure(lines))
        wall, cpu = found[MANY]
        ratio = cpu / found[FEW][1]
        value = f"{lines / wall:,.0f} claims/s, {cpu / lines * 1e6:,.0f} µs of processor a claim"
        yield Figure(f"claims, {lines} lines, {MANY:,} waiting", value, HOW)
        yield Figure(
            f"claim with {MANY:,} against {FEW:,} waiting, {lines} lines",
            f"{ratio:.2f} x the processor time, {wall / found[FEW][0]:.2f} x the time",
            HOW,
        )
