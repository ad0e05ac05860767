"""No read of a list or a page walks through a whole table, on either database."""

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import Connection, event

from campaigns.rules.vocabulary import (
    AccountId,
    CampaignId,
    EffectId,
    EffectState,
    RecipientId,
    RecipientState,
)
from campaigns.store import exports, figures, outbox, suppressions, views
from campaigns.store.effect_views import (
    Chosen,
    effect_figures,
    effect_views,
    effects_of_people,
    unsettled_of_account,
)
from campaigns.store.suppressions import Place
from engine.database.opening import open_database
from engine.database.port import Database
from tests.builders import NOON, a_campaign, a_recipient, an_attempt, recount
from tests.store.test_views import HERE

pytestmark = pytest.mark.anyio

LARGE = ("recipient", "attempt", "sms", "effect", "inbox", "suppression")
"""Tables that grow with the work; the others stay small."""

ONE = CampaignId(1)
READS: dict[str, Callable[[Connection], Any]] = {
    "a campaign": partial(views.campaign_view, campaign_id=ONE, **HERE),
    "campaigns": partial(views.campaign_views, **HERE),
    "a person": partial(views.recipient_view, recipient_id=RecipientId(1), **HERE),
    "people": partial(views.recipient_views, campaign_id=ONE, after=2, **HERE),
    "people in a state": partial(
        views.recipient_views, campaign_id=ONE, state=RecipientState.PENDING, **HERE
    ),
    "people by phone": partial(views.recipient_views, campaign_id=ONE, q="0671", **HERE),
    "calls by external id": partial(views.recipients_by_external_id, external_id="inv-1", **HERE),
    "results": partial(exports.result_rows, campaign_id=ONE, after=1),
    "columns": partial(exports.own_columns, campaign_id=ONE),
    "attempts": partial(exports.attempt_rows, campaign_id=ONE, after=(NOON, 1)),
    "the do-not-call list": partial(suppressions.oldest_first, limit=5, after=Place(NOON, "1")),
    "figures": partial(figures.figures, now=NOON),
    "effects": partial(effect_views, chosen=Chosen(campaign_id=ONE), after=2),
    "effects that failed": partial(
        effect_views, chosen=Chosen(campaign_id=ONE, states=[EffectState.FAILED]), after=2
    ),
    "effects of a person": partial(effect_views, chosen=Chosen(recipient_id=RecipientId(1))),
    "figures of effects": partial(effect_figures, campaign_id=ONE),
    "effects of an account that failed": partial(unsettled_of_account, account_id=AccountId(1)),
    "effects of people": partial(effects_of_people, recipient_ids=[RecipientId(1), RecipientId(2)]),
    "effects due": partial(outbox.due, account_id=AccountId(1), now=NOON, limit=4),
    "the next effect": partial(outbox.next_due, account_id=AccountId(1)),
    "effects left": partial(outbox.oldest_left, account_id=AccountId(1), epoch="now", besides=[EffectId(1)]),
    "people to go on": partial(outbox.going_on, now=NOON, limit=5),
}


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    opened = await open_database(database_url, upgrade=True)
    await opened.write(_fill)
    yield opened
    await opened.close()


@pytest.mark.parametrize("read", list(READS))
async def test_every_large_table_is_read_by_an_index(database: Database, read: str) -> None:
    plans = await database.read(partial(_plans, READS[read]))
    assert plans
    walks = [line for line in plans for name in LARGE if _walks(line, name)]
    assert walks == []


async def test_an_external_id_is_found_by_its_index(database: Database) -> None:
    read = partial(views.recipient_views, campaign_id=ONE, q="inv-1", **HERE)
    plans = await database.read(partial(_plans, read))
    assert any("recipient_external" in line for line in plans)


def _walks(line: str, name: str) -> bool:
    return line.strip() in (f"SCAN {name}", f"SCAN TABLE {name}") or f"Seq Scan on {name} " in f"{line} "


def _plans(read: Callable[[Connection], Any], connection: Connection) -> list[str]:
    """The plan of each statement that the read sends."""
    with _noted(connection) as sent:
        read(connection)
    if connection.dialect.name == "sqlite":
        return [
            row[3]
            for statement, values in sent
            for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)
        ]
    # A table of a few rows is walked although it has an index, unless that is made to look dear.
    connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
    return [
        row[0]
        for statement, values in sent
        for row in connection.exec_driver_sql(f"EXPLAIN {statement}", values)
    ]


@contextmanager
def _noted(connection: Connection) -> Iterator[list[tuple[str, Any]]]:
    sent: list[tuple[str, Any]] = []

    def note(conn: object, cursor: object, statement: str, values: Any, *_: object) -> None:
        sent.append((statement, values))

    event.listen(connection, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(connection, "before_cursor_execute", note)


def _fill(connection: Connection) -> None:
    campaign_id = a_campaign(connection)
    for number in range(20):
        person = a_recipient(
            connection,
            campaign_id,
            phone=f"380671{number:06}",
            external_id=f"inv-{number}",
            due_at=NOON + timedelta(hours=number),
            calls=1,
        )
        an_attempt(connection, person)
        suppressions.add(connection, str(number), reason=None, source="api", now=NOON)
    recount(connection, campaign_id)
