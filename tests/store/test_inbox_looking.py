"""Single webhooks are found among the newest; what we sent ourselves does not pass for LiraX's."""

from datetime import timedelta

import pytest
from sqlalchemy import Connection

from campaigns.rules.vocabulary import AccountId
from campaigns.store import inbox
from campaigns.store.account_standings import last_webhook_at
from campaigns.store.inbox import Arrival
from campaigns.store.inbox_looking import SELF_TEST, came_since, has_come
from engine.database.port import Database
from tests.builders import NOON, an_account

pytestmark = pytest.mark.anyio

CALLS = ("event", "make2calls_finished")


def come(connection: Connection, account_id: AccountId, cmd: str, minutes: int, **body: str) -> None:
    now = NOON + timedelta(minutes=minutes)
    inbox.add(connection, [Arrival(account_id, cmd, None, None, body, now)])


async def test_webhooks_are_found_by_word_name_and_time_and_ours_is_not_the_last_of_lirax(
    database: Database,
) -> None:
    def write(connection: Connection) -> tuple[AccountId, AccountId]:
        ours, other = (AccountId(an_account(connection, name=name)) for name in ("ours", "other"))
        for minute, cmd in enumerate(["event", "staton", *CALLS]):
            come(connection, ours, cmd, minute)
        come(connection, ours, SELF_TEST, 9, word="a")
        return ours, other

    ours, other = await database.write(write)

    def read(connection: Connection) -> list[bool]:
        return [
            has_come(connection, ours, cmd=SELF_TEST, word="a"),
            has_come(connection, ours, cmd=SELF_TEST, word="b"),
            has_come(connection, other, cmd=SELF_TEST, word="a"),
        ]

    assert await database.read(read) == [True, False, False]
    since = NOON + timedelta(minutes=1)
    found = await database.read(lambda c: came_since(c, ours, cmds=CALLS, since=since))
    assert [row.cmd for row in found] == ["event", "make2calls_finished"]
    assert await database.read(lambda c: last_webhook_at(c, ours)) == NOON + timedelta(minutes=3)
