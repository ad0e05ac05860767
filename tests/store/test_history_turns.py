"""Of several engines that would ask call history at once, one does."""

from datetime import UTC, datetime, timedelta
from functools import partial

import pytest

from campaigns.rules.vocabulary import AccountId
from campaigns.store import drift, reconciliation
from engine.database.port import Database
from tests.builders import an_account

pytestmark = pytest.mark.anyio

NOW = datetime(2026, 12, 1, 10, tzinfo=UTC)
LATER = NOW + timedelta(minutes=1)


async def test_whoever_sees_history_unasked_since_may_ask_and_only_once(database: Database) -> None:
    account_id = AccountId(await database.write(an_account))
    read = partial(reconciliation.health, account_id=account_id)
    assert await database.read(read) is None

    async def turn(seen: reconciliation.HealthRow | None, at: datetime) -> bool:
        return await database.write(
            partial(reconciliation.turn_to_ask, account_id=account_id, seen=seen, at=at)
        )

    assert [await turn(None, NOW), await turn(None, NOW)] == [True, False]
    seen = await database.read(read)
    assert [await turn(seen, LATER), await turn(seen, LATER)] == [True, False]


async def test_trouble_is_dated_from_its_beginning(database: Database) -> None:
    account_id = AccountId(await database.write(an_account))
    for minutes, trouble in enumerate(("it answers 503", "it answers 502")):
        at = NOW + timedelta(minutes=minutes)
        tell = partial(reconciliation.trouble_of, account_id=account_id, at=at, trouble=trouble)
        await database.write(tell)
    health = await database.read(partial(reconciliation.health, account_id=account_id))
    assert health is not None
    assert (health.trouble, health.trouble_since) == ("it answers 502", NOW)


async def test_a_day_is_compared_once(database: Database) -> None:
    account_id = AccountId(await database.write(an_account))

    async def turn(seen: datetime | None) -> bool:
        return await database.write(
            partial(drift.turn_to_compare, account_id=account_id, seen=seen, until=NOW)
        )

    assert [await turn(None), await turn(None), await turn(NOW)] == [True, False, True]
