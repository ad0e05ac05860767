"""Statements that run for every call read an index, on both databases: none walks through a large table."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Connection, event, text

from campaigns.rules.vocabulary import AccountId, AttemptId, CampaignId, RecipientId
from campaigns.store import attempts, called, inbox, lines, received, recipients, suppressions
from campaigns.store import reconciliation as history
from engine.database.opening import open_database

pytestmark = pytest.mark.anyio

NOW = datetime(2026, 12, 1, 10, tzinfo=UTC)
ACCOUNT, CAMPAIGN = AccountId(1), CampaignId(1)
PHONES = ["380671234501", "380671234502"]
ROWS = 5_000
QUARTER = timedelta(minutes=15)
LARGE = ("recipient", "attempt", "inbox", "suppression", "employee_call")
SMALL_INDEXES = (
    "attempt_deadline",
    "attempt_one_open",
    "attempt_given_up",
    "inbox_waiting",
    "inbox_orphans",
)  # of what is open

STATEMENTS: dict[str, Callable[[Connection], object]] = {
    "who is due": lambda reading: recipients.due(reading, CAMPAIGN, now=NOW, limit=10),
    "who is due next": lambda reading: recipients.next_due(reading, CAMPAIGN, after=NOW),
    "the first of the queue": lambda reading: recipients.queued(reading, CAMPAIGN, limit=10),
    "a recipient": lambda reading: recipients.get(reading, RecipientId(5)),
    "who is open with a number": lambda reading: recipients.open_with_phone(reading, PHONES),
    "an attempt": lambda reading: attempts.peek(reading, AttemptId(5)),
    "the attempt of an id": lambda reading: attempts.with_provider_id(reading, ACCOUNT, "id5"),
    "the attempt of a call": lambda reading: attempts.with_callid(reading, ACCOUNT, "call5"),
    "the latest attempt": lambda reading: attempts.latest_to(reading, ACCOUNT, PHONES[0]),
    "attempts without an id": lambda reading: attempts.open_without_id(reading, ACCOUNT),
    "overdue attempts": lambda reading: attempts.overdue(reading, now=NOW, limit=10),
    "the next deadline": attempts.next_deadline,
    "intents of another run": lambda reading: attempts.left_placing(reading, epoch="now"),
    "open numbers": lambda reading: attempts.numbers_open(reading, PHONES),
    "last ends": lambda reading: called.last_ends(reading, PHONES, since=NOW),
    "calls to a number": lambda reading: called.rung(reading, PHONES, since=NOW, longest=QUARTER),
    "requests of the last minute": lambda reading: attempts.requests_since(reading, CAMPAIGN, since=NOW),
    "open attempts of a campaign": lambda reading: attempts.how_many_open(reading, CAMPAIGN),
    "free lines": lambda reading: lines.free(reading, ACCOUNT),
    "lines in use": lambda reading: lines.in_use(reading, ACCOUNT),
    "the oldest call": lines.oldest_claim,
    "suppressed numbers": lambda reading: suppressions.among(reading, PHONES),
    "waiting webhooks": lambda reading: inbox.waiting(reading, limit=100),
    "orphans of an id": lambda reading: inbox.orphans(reading, ACCOUNT, cmd="x", subject="id5"),
    "results long unknown": lambda reading: received.long_unknown(reading, now=NOW),
    "unclear calls": lambda reading: history.unclear(reading, ACCOUNT, requested_by=NOW),
    "the oldest open request": lambda reading: history.oldest_request(reading, ACCOUNT, after=NOW),
    "calls given up": lambda reading: history.given_up(reading, ACCOUNT, since=NOW),
    "calls of some time": lambda reading: history.claimed_between(
        reading, ACCOUNT, since=NOW, until=NOW + QUARTER, newest=300
    ),
    "calls to some numbers": lambda reading: history.to_numbers(reading, ACCOUNT, PHONES, since=NOW),
    "recent orphans": lambda reading: inbox.recent_orphans(reading, ACCOUNT, cmd="x", since=NOW),
}

MOMENT = {"sqlite": "1796119200000000 + n", "postgresql": "timestamptz '2026-12-01' + n * interval '1 s'"}
NUMBERS = {
    "sqlite": f"(WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < {ROWS}) "
    "SELECT n FROM c)",
    "postgresql": f"(SELECT generate_series(1, {ROWS}) AS n)",
}
ACCOUNT_ROW = "INSERT INTO account (id, name, lirax_url, timezone) VALUES (1, 'default', 'x', 'Europe/Kyiv')"
CAMPAIGN_ROW = (
    "INSERT INTO campaign (id, name, account_id, state, definition, fingerprint, had_recipients, credit, "
    "created_at) SELECT 1, 'one', 1, 'running', '{}', 'x', true, 0, MOMENT FROM NUMBERS numbers WHERE n = 1"
)
RECIPIENT_ROWS = (
    "INSERT INTO recipient (id, campaign_id, phone, round, state, attempts, calls, turn, due_at, closes_at, "
    "data) SELECT n, 1, 'r' || n, 0, CASE WHEN n % 2 = 0 THEN 'pending' ELSE 'done' END, 0, 0, 1, MOMENT, "
    "MOMENT, '{}' FROM NUMBERS numbers"
)
ATTEMPT_ROWS = (
    "INSERT INTO attempt (id, account_id, campaign_id, recipient_id, number, phone, state, provider_id, "
    "callid, epoch, claimed_at, deadline, ended_at) SELECT n, 1, 1, n, 1, 'r' || n, "
    "CASE WHEN n % 1000 = 0 THEN 'placed' ELSE 'done' END, 'id' || n, 'call' || n, 'now', MOMENT, MOMENT, "
    "MOMENT FROM NUMBERS numbers"
)
BY_HAND_ROWS = (
    "INSERT INTO employee_call (id, account_id, ext, phone, state, requested_by, created_at, deadline) "
    "SELECT n, 1, '101', 'r' || n, 'ended', 'x', MOMENT, MOMENT FROM NUMBERS numbers"
)
INBOX_ROWS = (
    "INSERT INTO inbox (id, account_id, cmd, dedupe_key, subject, body, received_at, applied_at, verdict, "
    "tries, dead) SELECT n, 1, 'x', 'key' || n, 'id' || n, '{}', MOMENT, MOMENT, "
    "CASE WHEN n % 1000 = 0 THEN 'orphan' ELSE 'applied' END, 0, false FROM NUMBERS numbers"
)
SUPPRESSION_ROWS = (
    "INSERT INTO suppression (phone, source, added_at) SELECT 's' || n, 'api', MOMENT FROM NUMBERS numbers"
)


def _filled(dialect: str, statement: str) -> str:
    return statement.replace("MOMENT", MOMENT[dialect]).replace("NUMBERS", NUMBERS[dialect])


def _fill(connection: Connection) -> None:
    """So many rows that no planner takes a walk through them for the cheaper way."""
    rows = (RECIPIENT_ROWS, ATTEMPT_ROWS, BY_HAND_ROWS, INBOX_ROWS, SUPPRESSION_ROWS)
    for statement in (ACCOUNT_ROW, CAMPAIGN_ROW, *rows):
        connection.execute(text(_filled(connection.dialect.name, statement)))
    connection.execute(text("ANALYZE"))


def _plans(connection: Connection, ask: Callable[[Connection], object]) -> list[str]:
    """How the database goes about each statement that is sent while it is asked."""
    sent: list[tuple[str, object]] = []

    def keep(*about: object) -> None:
        sent.append((str(about[2]), about[3]))

    event.listen(connection, "before_cursor_execute", keep)
    ask(connection)
    event.remove(connection, "before_cursor_execute", keep)
    how = "EXPLAIN QUERY PLAN " if connection.dialect.name == "sqlite" else "EXPLAIN "
    return [
        "\n".join(str(row[-1]) for row in connection.exec_driver_sql(how + statement, parameters))  # type: ignore[arg-type]
        for statement, parameters in sent
    ]


def _walks(plan: str) -> bool:
    """Whether a large table, or an index over all of its rows, is read from end to end."""
    tables, small = "|".join(LARGE), "|".join(SMALL_INDEXES)
    walk = rf"\bSCAN ({tables})\b(?! USING (COVERING )?INDEX ({small})\b)|Seq Scan on ({tables})\b"
    return bool(re.search(walk, plan))


async def test_no_statement_of_a_call_walks_through_a_large_table(database_url: str) -> None:
    database = await open_database(database_url, upgrade=True)
    try:
        await database.write(_fill)
        for what, ask in STATEMENTS.items():
            plans = await database.write(lambda connection, ask=ask: _plans(connection, ask))  # type: ignore[misc]
            assert plans, what
            assert [plan for plan in plans if _walks(plan)] == [], what
    finally:
        await database.close()
