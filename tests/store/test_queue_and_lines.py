"""Who is called next, and on which line: the same on both databases."""

from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import Connection, event, select

from campaigns.rules.vocabulary import AccountId, AttemptId, AttemptState, RecipientState
from campaigns.store import attempts, called, lines, recipients, suppressions
from engine.database.port import Database
from tests.builders import NOON, a_campaign, a_recipient, an_account, an_attempt, table

pytestmark = pytest.mark.anyio

MINUTE = timedelta(minutes=1)


async def test_earliest_end_of_window_first_then_retries_then_due_time(database: Database) -> None:
    def make(connection: Connection) -> list[str]:
        campaign = a_campaign(connection)
        rows = [  # name, window's end, turn, due: minutes from noon
            ("later window, retry", 60, 0, -60),
            ("first call, due long ago", 30, 1, -90),
            ("retry, due late", 30, 0, -1),
            ("retry, due early", 30, 0, -2),
            ("first call, due just now", 30, 1, 0),
            ("not due yet", 30, 0, 1),
        ]
        for name, closes, turn, due in rows:
            a_recipient(
                connection,
                campaign,
                closes_at=NOON + closes * MINUTE,
                turn=turn,
                due_at=NOON + due * MINUTE,
                data={"is": name},
            )
        a_recipient(connection, campaign, state=RecipientState.DONE, due_at=None, data={"is": "done"})
        found = recipients.due(connection, campaign, now=NOON, limit=10)
        assert recipients.next_due(connection, campaign, after=NOON) == NOON + MINUTE
        assert [row.id for row in recipients.due(connection, campaign, now=NOON, limit=3)] == [
            row.id for row in found[:3]
        ]
        return [row.data["is"] for row in found]

    assert await database.write(make) == [
        "retry, due early",
        "retry, due late",
        "first call, due long ago",
        "first call, due just now",
        "later window, retry",
    ]


async def test_lines_grow_at_once_and_shrink_when_their_call_is_over(database: Database) -> None:
    def make(connection: Connection) -> None:
        account = AccountId(an_account(connection, lines=2))
        campaign = a_campaign(connection)
        held = [
            AttemptId(an_attempt(connection, a_recipient(connection, campaign), state=AttemptState.PLACED))
            for _ in range(4)
        ]
        lines.resize(connection, account, 4)
        for attempt_id, slot_id in zip(held, lines.free(connection, account), strict=True):
            lines.take(connection, slot_id, attempt_id=attempt_id)
        assert lines.in_use(connection, account) == {campaign: 4}
        lines.resize(connection, account, 3)
        assert not lines.release(connection, AttemptId(-1))
        assert lines.release(connection, held[3])  # the draining one: nobody gets it
        assert not lines.release(connection, held[3])  # a second time it is nobody's
        assert list(lines.free(connection, account)) == []
        assert lines.release(connection, held[0])
        assert len(lines.free(connection, account)) == 1
        lines.resize(connection, account, 5)
        slots = connection.execute(select(table("line_slot").c.number, table("line_slot").c.draining))
        assert sorted(tuple(row) for row in slots) == [(n, False) for n in (1, 2, 3, 4, 5)]

    await database.write(make)


async def test_a_line_is_free_again_after_the_longest_call_at_the_latest(database: Database) -> None:
    def make(connection: Connection) -> None:
        account = AccountId(an_account(connection, lines=1))
        recipient = a_recipient(connection, a_campaign(connection))
        attempt = AttemptId(an_attempt(connection, recipient, state=AttemptState.AMBIGUOUS))
        [slot] = lines.free(connection, account)
        lines.take(connection, slot, attempt_id=attempt)
        assert lines.oldest_claim(connection) == NOON
        assert lines.release_overdue(connection, claimed_before=NOON - MINUTE) == 0
        assert lines.release_overdue(connection, claimed_before=NOON) == 1
        assert lines.oldest_claim(connection) is None
        assert attempts.numbers_open(connection, ["1"]) == {}

    await database.write(make)


@pytest.mark.parametrize("state", list(AttemptState))
async def test_a_number_is_taken_for_as_long_as_a_call_to_it_is_open(
    database: Database, state: AttemptState
) -> None:
    is_open = state in (AttemptState.PLACING, AttemptState.AMBIGUOUS, AttemptState.PLACED)

    def make(connection: Connection) -> tuple[bool, bool]:
        first, second = (a_campaign(connection, name=name) for name in ("A", "B"))
        called, waiting = (a_recipient(connection, each, phone="380671234567") for each in (first, second))
        an_attempt(connection, called, state=state)
        other = an_account(connection, name="other")

        def call(account_id: int, number: int) -> bool:
            new = attempts.add(
                connection,
                account_id=account_id,
                campaign_id=second,
                recipient_id=waiting,
                number=number,
                phone="380671234567",
                epoch="test",
                claimed_at=NOON,
                deadline=NOON + MINUTE,
            )
            return new is not None

        return call(an_account(connection), 1), call(other, 2)

    assert await database.write(make) == (not is_open, True)


async def test_the_gap_counts_calls_that_may_have_rung_on_any_account(database: Database) -> None:
    def make(connection: Connection) -> dict[str, object]:
        campaign = a_campaign(connection)
        for index, state in enumerate(AttemptState):
            recipient = a_recipient(connection, campaign, phone=str(state))
            an_attempt(connection, recipient, state=state, ended_at=NOON + index * MINUTE)
        return {**called.last_ends(connection, [str(state) for state in AttemptState], since=NOON)}

    found = await database.write(make)
    assert set(found) == {"ambiguous", "placed", "done", "unknown"}  # placing: at noon, not after it


async def test_a_number_is_suppressed_once_and_found_among_others(database: Database) -> None:
    def make(connection: Connection) -> None:
        add = partial(suppressions.add, reason=None, source="api", now=NOON)
        assert add(connection, "1")
        assert not add(connection, "1")
        assert add(connection, "2")
        assert suppressions.among(connection, ["1", "3"]) == {"1"}
        assert suppressions.among(connection, []) == set()
        assert suppressions.remove(connection, "1")
        assert not suppressions.remove(connection, "1")

    await database.write(make)


async def test_what_is_cut_off_by_a_failure_is_not_there(database: Database) -> None:
    def fail(connection: Connection) -> None:
        suppressions.add(connection, "1", reason=None, source="api", now=NOON)
        raise RuntimeError("in the middle")

    with pytest.raises(RuntimeError):
        await database.write(fail)
    assert await database.read(lambda reading: suppressions.among(reading, ["1"])) == set()


async def test_lines_that_stay_as_they_are_are_not_touched(database: Database) -> None:
    """Several engines start while others dial: a line that somebody has locked must hold up nobody."""

    def make(connection: Connection) -> None:
        account = AccountId(an_account(connection, lines=3))
        lines.resize(connection, account, 3)
        changed: list[int] = []

        def count(_connection: Any, cursor: Any, statement: str, *_: Any) -> None:
            if statement.startswith("UPDATE"):
                changed.append(cursor.rowcount)

        event.listen(connection, "after_cursor_execute", count)
        lines.resize(connection, account, 3)
        assert changed == [0]

    await database.write(make)
