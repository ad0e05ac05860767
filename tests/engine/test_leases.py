"""A lease is held while it was renewed less than ten seconds ago, and no longer than others believe it."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Connection, update

from campaigns.store import workers
from engine.clock import MovedClock
from engine.database.opening import open_database
from engine.database.port import Database
from engine.errors import DatabaseTrouble
from engine.fences import HELD_BACK, OUT_OF_TOUCH, Fence
from engine.leases import GIVEN_UP_AFTER, LASTS, Lease
from engine.lirax.errors import Unavailable
from tests.builders import table

pytestmark = pytest.mark.anyio

NOON = datetime(2026, 12, 1, 12, tzinfo=UTC)
LONG_AGO = datetime(2016, 1, 1, tzinfo=UTC)
PATIENCE = timedelta(seconds=20)


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    opened = await open_database(database_url, upgrade=True)
    yield opened
    await opened.close()


@pytest.fixture
def clock() -> MovedClock:
    return MovedClock(NOON)


async def take_over(database: Database, *, by: Lease, now: datetime) -> None:
    """The others find that every lease but theirs has ended."""

    def job(connection: Connection) -> None:
        worker = table("worker")
        connection.execute(update(worker).where(worker.c.epoch != by.epoch).values(expires_at=LONG_AGO))
        workers.end_expired(connection, besides=by.epoch, now=workers.clock(connection, now))

    await database.write(job)


async def at_work(database: Database, *, now: datetime) -> list[str]:
    def read(connection: Connection) -> list[str]:
        told = workers.at_work(connection, now=workers.clock(connection, now))
        return [row.epoch for row in told if row.has_lease]

    return await database.read(read)


async def test_it_is_held_for_ten_seconds_after_each_renewal(database: Database, clock: MovedClock) -> None:
    lease = Lease(clock, alone=False)
    assert not lease.is_held()
    assert lease.term is None
    await lease.keep(database)
    term = lease.term
    assert lease.is_held()
    clock.advance(timedelta(seconds=9))
    assert lease.term == term
    await lease.keep(database)
    clock.advance(timedelta(seconds=9))
    assert lease.term == term
    clock.advance(timedelta(seconds=1))
    assert not lease.is_held()
    assert GIVEN_UP_AFTER < LASTS


async def test_a_jump_of_the_wall_clock_neither_ends_nor_prolongs_it(
    database: Database, clock: MovedClock
) -> None:
    lease = Lease(clock, alone=False)
    await lease.keep(database)
    clock.jump(timedelta(hours=5))
    assert lease.is_held()
    clock.advance(timedelta(seconds=10))
    clock.jump(timedelta(hours=-9))
    assert not lease.is_held()


async def test_after_a_break_it_is_another_term_and_after_a_takeover_another_epoch(
    database: Database, clock: MovedClock
) -> None:
    lease, other = Lease(clock, alone=False), Lease(clock, alone=False)
    await lease.keep(database)
    await other.keep(database)
    epoch, term = lease.epoch, lease.term
    clock.advance(timedelta(seconds=11))
    await lease.keep(database)
    assert lease.epoch == epoch
    assert lease.term not in (None, term)
    await take_over(database, by=other, now=clock.now())
    clock.advance(timedelta(seconds=3))
    await lease.keep(database)
    assert lease.epoch != epoch
    assert lease.is_held()


async def test_who_says_goodbye_holds_nothing_and_nobody_waits_for_it(
    database: Database, clock: MovedClock
) -> None:
    lease, other = Lease(clock, alone=False), Lease(clock, alone=False)
    await lease.keep(database)
    await other.keep(database)
    assert len(await at_work(database, now=clock.now())) == 2
    await lease.end(database)
    assert not lease.is_held()
    assert await at_work(database, now=clock.now()) == [other.epoch]


async def test_alone_on_a_file_it_ends_all_that_came_before(database: Database, clock: MovedClock) -> None:
    for _ in range(3):
        await Lease(clock, alone=False).keep(database)
    lease = Lease(clock, alone=True)
    await lease.keep(database)
    assert await at_work(database, now=clock.now()) == [lease.epoch]


async def test_without_the_database_it_is_lost_after_ten_seconds(
    database: Database, clock: MovedClock
) -> None:
    lease = Lease(clock, alone=False)
    await lease.keep(database)
    await database.close()
    clock.advance(timedelta(seconds=4))
    if database.dialect == "sqlite":
        with pytest.raises(DatabaseTrouble):
            await lease.keep(database)
    assert lease.is_held()
    clock.advance(timedelta(seconds=6))
    assert not lease.is_held()


async def objecting() -> str:
    return "a person objects"


async def test_a_fence_lets_through_until_its_deadline_under_an_unbroken_lease(
    database: Database, clock: MovedClock
) -> None:
    lease = Lease(clock, alone=False)
    await lease.keep(database)
    fence = Fence(clock, patience=PATIENCE, lease=lease)
    assert fence.objection() is None
    await fence.before_send()()
    with pytest.raises(Unavailable, match="not sent: a person objects"):
        await fence.before_send(objecting)()
    clock.advance(timedelta(seconds=9))
    await lease.keep(database)
    clock.advance(timedelta(seconds=9))
    assert fence.objection() is None
    await lease.keep(database)
    clock.advance(timedelta(seconds=3))
    assert fence.objection() == HELD_BACK
    fence.rearm()
    assert fence.objection() is None
    clock.advance(timedelta(seconds=10))
    await lease.keep(database)  # held again, but there was a break
    assert fence.objection() == OUT_OF_TOUCH


async def test_what_the_database_took_long_to_answer_is_asked_again(clock: MovedClock) -> None:
    fence = Fence(clock, patience=PATIENCE)
    answers = iter([None, "a person objects"])

    async def slowly() -> str | None:
        clock.advance(timedelta(seconds=2))
        return next(answers)

    with pytest.raises(Unavailable, match="not sent: a person objects"):
        await fence.before_send(slowly)()


async def test_the_deadline_counts_what_the_database_took_to_answer(clock: MovedClock) -> None:
    fence = Fence(clock, patience=PATIENCE)
    seconds = iter([PATIENCE.total_seconds(), 1.0])

    async def slowly() -> None:
        clock.advance(timedelta(seconds=next(seconds)))

    with pytest.raises(Unavailable, match=f"not sent: {HELD_BACK}"):
        await fence.before_send(slowly)()


async def test_a_fence_made_without_a_lease_lets_nothing_through(
    database: Database, clock: MovedClock
) -> None:
    lease = Lease(clock, alone=False)
    fence = Fence(clock, patience=PATIENCE, lease=lease)
    await lease.keep(database)
    assert fence.objection() == OUT_OF_TOUCH
    assert Fence(clock, patience=PATIENCE).objection() is None  # of a person's order, in any process
