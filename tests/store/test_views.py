"""Reads of campaigns and people, the same on both databases."""

from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import Connection

from campaigns.rules.policy import Policy
from campaigns.rules.reasons import Waiting
from campaigns.rules.vocabulary import AttemptState, CampaignId, RecipientId, RecipientState
from campaigns.store import exports, facts, finding, idempotency, suppressions, views
from campaigns.store.suppressions import Place
from engine.database.opening import open_database
from engine.database.port import Database
from tests.builders import NOON, a_campaign, a_recipient, add_row, an_attempt, recount

pytestmark = pytest.mark.anyio


class Shelf:
    """Makes every policy anew."""

    def get(self, campaign_id: CampaignId, fingerprint: str, make: Callable[[], Policy]) -> Policy:
        return make()


HERE: dict[str, Any] = {"now": NOON, "policies": Shelf()}


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    opened = await open_database(database_url, upgrade=True)
    yield opened
    await opened.close()


async def test_counts_are_the_kept_ones_and_zero_where_there_are_none(database: Database) -> None:
    def make(connection: Connection) -> CampaignId:
        campaign_id = a_campaign(connection)
        a_recipient(connection, campaign_id)
        done = a_recipient(connection, campaign_id, state=RecipientState.DONE, outcome="promised", calls=1)
        an_attempt(connection, done)
        calling = a_recipient(connection, campaign_id, state=RecipientState.CALLING, calls=1)
        an_attempt(connection, calling, state=AttemptState.PLACED)
        recount(connection, campaign_id)
        return campaign_id

    campaign_id = await database.write(make)
    view = await database.read(lambda connection: views.campaign_view(connection, campaign_id, **HERE))
    assert view is not None
    assert view.counts["total"] == 3
    assert set(view.counts) == {"total", *(state.value for state in RecipientState)}
    assert view.counts["expired"] == 0
    assert view.outcomes == {"promised": 1}
    assert view.calls == views.Calls(placed=2, answered=1, in_flight=1)


async def test_people_are_paged_by_id_whatever_their_state_becomes(database: Database) -> None:
    def make(connection: Connection) -> tuple[CampaignId, list[RecipientId]]:
        campaign_id = a_campaign(connection)
        other = a_campaign(connection, name="Another")
        states = list(RecipientState)
        made = []
        for number in range(20):
            made.append(a_recipient(connection, campaign_id, state=states[number % len(states)]))
            a_recipient(connection, other)
        return campaign_id, made

    campaign_id, made = await database.write(make)
    found: list[int] = []
    while True:
        after = found[-1] if found else 0
        page = await database.read(
            partial(finding.recipient_ids, campaign_id=campaign_id, after=after, limit=7)
        )
        if not page:
            break
        found += page
    assert found == made


@pytest.mark.parametrize(
    ("q", "found"),
    [
        ("380671", ["a", "b"]),
        ("0671", ["a", "b"]),
        ("+38 067 12", ["a"]),
        ("inv_1", ["a"]),
        ("inv", ["a", "b"]),
        ("INV", []),
        ("інв", ["c"]),
        ("%", []),
        ("671", []),
    ],
)
async def test_search_knows_beginnings_of_phones_and_external_ids(
    database: Database, q: str, found: list[str]
) -> None:
    def make(connection: Connection) -> CampaignId:
        campaign_id = a_campaign(connection)
        a_recipient(connection, campaign_id, phone="380671200000", external_id="inv_1", data={"is": "a"})
        a_recipient(connection, campaign_id, phone="380671300000", external_id="invx1", data={"is": "b"})
        a_recipient(connection, campaign_id, phone="493012345678", external_id="інв", data={"is": "c"})
        a_recipient(connection, a_campaign(connection, name="Another"), phone="380671200000")
        return campaign_id

    campaign_id = await database.write(make)
    people = await database.read(
        lambda connection: views.recipient_views(connection, campaign_id, q=q, **HERE)
    )
    assert [person.data["is"] for person in people] == found


async def test_the_head_of_a_queue_is_its_earliest_due_time_over_all_closing_times(
    database: Database,
) -> None:
    def make(connection: Connection) -> CampaignId:
        campaign_id = a_campaign(connection)
        for hours, closes, reason in ((3, 4, "retry"), (2, 9, "hours"), (5, 9, None)):
            a_recipient(
                connection,
                campaign_id,
                due_at=NOON + timedelta(hours=hours),
                closes_at=NOON + timedelta(hours=closes),
                turn=hours % 2,
                wait_reason=reason,
            )
        a_recipient(connection, campaign_id, state=RecipientState.DONE, due_at=NOON)
        return campaign_id

    campaign_id = await database.write(make)
    head = await database.read(lambda connection: facts.queue_head(connection, campaign_id))
    tail = await database.read(lambda connection: facts.queue_tail(connection, campaign_id))
    assert head == facts.Head(NOON + timedelta(hours=2), Waiting.HOURS)
    assert tail == NOON + timedelta(hours=5)


async def test_a_person_is_told_how_many_come_before(database: Database) -> None:
    def make(connection: Connection) -> list[RecipientId]:
        campaign_id = a_campaign(connection)
        people = [a_recipient(connection, campaign_id) for _ in range(5)]
        recount(connection, campaign_id)
        return people

    people = await database.write(make)
    reasons = []
    for person in people:
        view = await database.read(partial(views.recipient_view, recipient_id=person, **HERE))
        assert view is not None
        reasons.append(view.reason)
    assert reasons[0] == "Waiting for a free line."
    assert reasons[4] == "Waiting for a free line; its turn comes after 4 others."


async def test_an_unclear_call_says_when_it_is_looked_at_again(database: Database) -> None:
    def make(connection: Connection) -> RecipientId:
        person = a_recipient(connection, a_campaign(connection), state=RecipientState.CALLING, calls=1)
        an_attempt(connection, person, state=AttemptState.AMBIGUOUS)
        return person

    person = await database.write(make)
    view = await database.read(lambda connection: views.recipient_view(connection, person, **HERE))
    assert view is not None
    assert view.reason == (
        "It is not clear whether LiraX took the call; it is looked at again at 14:15 (Europe/Kyiv)."
    )


async def test_a_call_that_history_was_asked_for_does_not_pass_for_one_that_rings(database: Database) -> None:
    def make(connection: Connection) -> RecipientId:
        person = a_recipient(connection, a_campaign(connection), state=RecipientState.CALLING, calls=1)
        an_attempt(connection, person, state=AttemptState.PLACED, history_asked_at=NOON)
        return person

    person = await database.write(make)
    view = await database.read(lambda connection: views.recipient_view(connection, person, **HERE))
    assert view is not None
    assert view.reason == (
        "LiraX did not tell how the call ended; call history is asked again and again, "
        "until 14:15 (Europe/Kyiv)."
    )


async def test_exports_go_on_where_a_batch_ended(database: Database) -> None:
    def make(connection: Connection) -> CampaignId:
        campaign_id = a_campaign(connection)
        for number in range(5):
            person = a_recipient(connection, campaign_id, calls=1, data={f"column {number % 2}": number})
            an_attempt(connection, person, claimed_at=NOON)  # all at the same moment
        return campaign_id

    campaign_id = await database.write(make)

    def read(connection: Connection) -> tuple[list[Any], list[Any], list[str]]:
        results: list[Any] = []
        while batch := exports.result_rows(
            connection, campaign_id, after=results[-1].id if results else 0, limit=2
        ):
            results += batch
        attempts: list[Any] = []
        while more := exports.attempt_rows(
            connection, campaign_id, after=attempts[-1].place if attempts else None, limit=2
        ):
            attempts += more
        names, going_on = exports.own_columns(connection, campaign_id)
        assert going_on is None
        return results, attempts, names

    results, attempts, names = await database.read(read)
    assert [row.own for row in results] == [{f"column {number % 2}": number} for number in range(5)]
    assert len({row.cells[0] for row in attempts}) == 5
    assert names == ["column 0", "column 1"]


async def test_the_do_not_call_list_is_read_in_the_order_it_grew(database: Database) -> None:
    def make(connection: Connection) -> None:
        for number, phone in enumerate(["3", "1", "2"]):
            later = NOON + timedelta(seconds=number // 2)  # the first two at the same moment
            suppressions.add(connection, phone, reason=None, source="api", now=later)

    await database.write(make)

    def read(connection: Connection) -> list[str]:
        found = suppressions.oldest_first(connection, limit=1)
        while True:
            last = Place(found[-1].added_at, found[-1].phone)
            more = suppressions.oldest_first(connection, limit=1, after=last)
            if not more:
                return [entry.phone for entry in found]
            found += more

    assert await database.read(read) == ["1", "3", "2"]


async def test_a_kept_answer_has_one_owner(database: Database) -> None:
    key_row = {"name": "k", "key_hash": "h", "prefix": "p", "scope": "trigger", "created_at": NOON}
    key_id = await database.write(lambda connection: add_row(connection, "api_key", key_row))
    later = NOON + timedelta(minutes=5)

    def tell(connection: Connection) -> list[bool]:
        mine: dict[str, Any] = {"key_id": key_id, "key": "k"}
        return [
            idempotency.begin(connection, body_hash="b", now=NOON, **mine),
            idempotency.begin(connection, body_hash="b", now=later, **mine),
            idempotency.take_over(connection, began=NOON, now=later, **mine),
            idempotency.keep(connection, began=NOON, status=201, answer="{}", **mine),
            idempotency.keep(connection, began=later, status=201, answer="{}", **mine),
            idempotency.take_over(connection, began=later, now=later, **mine),
        ]

    assert await database.write(tell) == [True, False, True, False, True, False]
    await database.write(lambda connection: idempotency.forget_older(connection, before=later))
    kept = await database.read(lambda connection: idempotency.find(connection, key_id, "k"))
    assert kept == idempotency.Kept("b", 201, "{}", later)
    await database.write(
        lambda connection: idempotency.forget_older(connection, before=later + timedelta(seconds=1))
    )
    assert await database.read(lambda connection: idempotency.find(connection, key_id, "k")) is None
