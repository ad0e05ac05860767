"""Many who write at once: nobody is claimed twice, nothing decided is written over, every count is right."""

import asyncio
import contextlib
import random
from collections import Counter
from collections.abc import AsyncIterator
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import Connection, select

from campaigns.rules.standing import Cancelled
from campaigns.rules.vocabulary import (
    QUEUED_STATES,
    AccountId,
    AttemptId,
    AttemptState,
    CampaignId,
    RecipientId,
    RecipientState,
)
from campaigns.store import attempts, campaigns, inbox, sms
from campaigns.store.inbox import Arrival
from engine.apply import calls
from engine.apply.campaigns import transaction
from engine.apply.claiming import Claims, claim
from engine.apply.joining import Joining, join
from engine.apply.recipients import suppress
from engine.commands.campaigns import cancel, pause, resume
from engine.errors import Conflict
from engine.passes.housekeeping import take_off
from tests.builders import table
from tests.scenarios.people import number
from tests.world import World, a_world

pytestmark = pytest.mark.anyio

PEOPLE = 60


@pytest.fixture
async def world(tmp_path: Path, database_url: str) -> AsyncIterator[World]:
    async with a_world(tmp_path, database_url=database_url, lines=20) as opened:
        yield opened


def account_of(world: World) -> AccountId:
    return world.house.accounts.all()[0].id


async def claim_once(world: World) -> Claims:
    def job(connection: Connection) -> Claims:
        with transaction(connection, world.house) as change:
            return claim(change, account_of(world))

    return await world.house.database.write(job)


async def end(world: World, attempt_id: int, result: str) -> None:
    """The call was taken, and nobody can tell what became of it; or it never rang."""

    def job(connection: Connection) -> None:
        with transaction(connection, world.house) as change:
            attempt = attempts.get(connection, AttemptId(attempt_id))
            assert attempt is not None
            if result == "unplaced":
                calls.unplaced(change, attempt, detail="test")
            elif attempt.state is AttemptState.PLACING:
                calls.taken(change, attempt, provider_id=f"id-{attempt_id}", sent_at=change.now)
                calls.nobody_can_tell(change, attempts.get(connection, attempt.id) or attempt)

    await world.house.database.write(job)


async def test_claims_at_once_take_nobody_and_no_line_twice(world: World) -> None:
    await world.campaign(people=[number(index) for index in range(PEOPLE)])
    claims = await asyncio.gather(*(claim_once(world) for _ in range(8)))
    taken = [intent.attempt_id for each in claims for intent in each.intents]
    assert len(taken) == len(set(taken)) == 20
    rows = await world._rows(select(table("line_slot").c.attempt_id))
    assert sorted(row["attempt_id"] for row in rows) == sorted(taken)
    for attempt_id in taken:
        await end(world, attempt_id, "unplaced")


async def test_one_number_has_one_open_call_however_many_campaigns_want_it(world: World) -> None:
    for _ in range(5):
        await world.campaign(people=[number(1)])
    claims = await asyncio.gather(*(claim_once(world) for _ in range(6)))
    [taken] = [intent.attempt_id for each in claims for intent in each.intents]
    await end(world, taken, "unknown")


async def test_cancelling_and_suppressing_while_lines_are_claimed_leaves_everybody_whole(
    world: World,
) -> None:
    """Whatever comes first: an open call belongs to somebody calling, a count is what there is."""
    chance = random.Random(7)
    campaigns_ = [
        await world.campaign(people=[number(100 * row + index) for index in range(PEOPLE)])
        for row in range(2)
    ]

    async def stop_some(phone: str) -> None:
        def job(connection: Connection) -> None:
            with transaction(connection, world.house) as change:
                suppress(change, phone, reason=None, source="api")

        await world.house.database.write(job)

    async def claim_and_end() -> None:
        for intent in (await claim_once(world)).intents:
            await end(world, intent.attempt_id, chance.choice(["unplaced", "unknown"]))

    async def call_off(campaign: CampaignId) -> None:
        with contextlib.suppress(Conflict):  # it finished first, for nobody was left
            await cancel(world.house, campaign)

    work = [claim_and_end() for _ in range(10)]
    work += [stop_some(number(index)) for index in range(0, PEOPLE, 2)]
    work += [take_off(world.house, campaigns_[1], Cancelled()), call_off(campaigns_[1])]
    chance.shuffle(work)
    await asyncio.gather(*work)
    await call_off(campaigns_[0])
    people = [person for each in campaigns_ for person in (await world.people(each)).values()]
    assert not {person.state for person in people} & {*QUEUED_STATES, RecipientState.CALLING}


async def test_nobody_joins_a_campaign_that_is_just_finishing(world: World) -> None:
    campaign = await world.campaign(people=[number(0)])
    [intent] = (await claim_once(world)).intents

    async def come(index: int) -> bool:
        def job(connection: Connection) -> RecipientId:
            with transaction(connection, world.house) as change:
                return join(change, campaign, Joining(number(index), None, {}))

        try:
            await world.house.database.write(job)
        except Conflict:
            return False
        return True

    joined, *_ = await asyncio.gather(
        asyncio.gather(*(come(index) for index in range(1, 8))), end(world, intent.attempt_id, "unknown")
    )
    state = await world.state(campaign)
    assert state == ("running" if any(joined) else "finished")
    if any(joined):
        await cancel(world.house, campaign)


async def test_pausing_and_resuming_while_calls_end(world: World) -> None:
    campaign = await world.campaign(people=[number(index) for index in range(10)])
    intents = (await claim_once(world)).intents
    await asyncio.gather(
        pause(world.house, campaign), *(end(world, each.attempt_id, "unknown") for each in intents)
    )
    # all ten calls have ended: none is open, nobody is left
    assert await world.state(campaign) in ("paused", "finished")
    if await world.state(campaign) == "paused":
        await resume(world.house, campaign)
    assert await world.state(campaign) == "finished"


async def test_an_answer_and_its_webhook_in_one_instant_find_each_other(world: World) -> None:
    """Each is written by a transaction of its own, and on PostgreSQL neither sees the other."""
    campaign = await world.campaign(people=[number(0)])
    [intent] = (await claim_once(world)).intents
    await world.hear("make2calls_finished", id_make2calls="id-1", success="1", duration_success="1")

    def answer(connection: Connection) -> None:
        with transaction(connection, world.house) as change:
            attempt = attempts.get(connection, intent.attempt_id)
            assert attempt is not None
            calls.taken(change, attempt, provider_id="id-1", sent_at=change.now)

    await world.house.database.write(answer)  # as if the orphan had not been there yet
    world.house.bells.reconciling.set()
    await world.settle()
    assert (await world.people(campaign))[number(0)].outcome == "listened"
    assert await world.state(campaign) == "finished"


async def test_many_at_once_change_one_count(world: World) -> None:
    campaign = await world.draft()

    def one(connection: Connection, index: int) -> None:
        campaigns.count(connection, {(campaign, "result", f"word {index % 3}"): 1 + index % 2})

    await asyncio.gather(*(world.house.database.write(partial(one, index=index)) for index in range(60)))
    counts = await world.house.database.read(lambda reading: campaigns.counts(reading, campaign, "result"))
    assert counts == {"word 0": 30, "word 1": 30, "word 2": 30}
    await world.house.database.write(
        lambda writing: campaigns.count(writing, {(campaign, "result", word): -30 for word in counts})
    )


async def test_a_webhook_that_comes_many_times_at_once_is_stored_once(world: World) -> None:
    account = account_of(world)

    arrival = Arrival(
        account_id=account,
        cmd="staton",
        dedupe_key="the same",
        subject=None,
        body={"cmd": "staton", "ext": "101", "status": "1"},
        received_at=world.now,
    )

    def store(connection: Connection) -> None:
        inbox.add(connection, [arrival, arrival])

    await asyncio.gather(*(world.house.database.write(store) for _ in range(20)))
    assert await world.house.database.read(inbox.how_many_waiting) == 1
    world.house.bells.intake.set()


async def test_of_many_who_want_the_modem_one_gets_it(world: World) -> None:
    account, later = account_of(world), world.now + timedelta(seconds=5)

    def take(connection: Connection) -> bool:
        row = sms.modem(connection, account, "380671112233", now=world.now)
        return sms.take_turn(connection, row.id, now=world.now, until=later)

    assert Counter(await asyncio.gather(*(world.house.database.write(take) for _ in range(12))))[True] == 1


async def test_transactions_that_lock_each_other_out_are_run_again(world: World) -> None:
    """Two rows, taken in opposite orders by many: every one gets through, none is done twice."""
    first, second = [await world.draft() for _ in range(2)]

    def both(connection: Connection, order: tuple[int, int]) -> None:
        for campaign in order:
            campaigns.count(connection, {(CampaignId(campaign), "result", "x"): 1})
            connection.execute(select(table("campaign").c.id)).all()

    orders = [(first, second), (second, first)] * 4
    await asyncio.gather(*(world.house.database.write(partial(both, order=order)) for order in orders))
    for campaign in (first, second):
        kept = await world.house.database.read(partial(campaigns.counts, campaign_id=campaign, kind="result"))
        assert kept == {"x": 8}
        await world.house.database.write(partial(campaigns.count, changes={(campaign, "result", "x"): -8}))
