"""Rows with sensible defaults, written straight into a database: for tests of reads and pages.

Counts are kept as the engine keeps them: after inserting, `recount` writes the tallies anew.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from sqlalchemy import Connection, Table, delete, func, insert, select
from sqlmodel import SQLModel

import campaigns.tables  # noqa: F401 - the tables register themselves
from campaigns.rules.vocabulary import (
    ANSWERED,
    OPEN_ATTEMPTS,
    AttemptState,
    CampaignId,
    CampaignState,
    RecipientId,
    RecipientState,
)

NOON = datetime(2026, 12, 1, 12, 0, tzinfo=UTC)
"""A Tuesday; 14:00 in Kyiv."""

DEFINITION: Mapping[str, Any] = {
    "name": "Payment reminder",
    "from": "101",
    "call": {"connect": "5001"},
    "window": {"hours": "09:00-20:00", "timezone": "Europe/Kyiv"},
}

_numbers = count(1)


def table(name: str) -> Table:
    return SQLModel.metadata.tables[name]


def add_row(connection: Connection, name: str, row: Mapping[str, Any]) -> int:
    of_table = table(name)
    return int(connection.execute(insert(of_table).values(dict(row)).returning(of_table.c.id)).scalar_one())


def an_account(connection: Connection, *, name: str = "default", lines: int = 10, **more: Any) -> int:
    """The account of that name, made with its lines if it is not there yet."""
    found = connection.execute(select(table("account").c.id).where(table("account").c.name == name)).scalar()
    if found is not None:
        return int(found)
    row = {"name": name, "lirax_url": "http://127.0.0.1:1/general", "timezone": "Europe/Kyiv", **more}
    account_id = add_row(connection, "account", row)
    for number in range(1, lines + 1):
        add_row(connection, "line_slot", {"account_id": account_id, "number": number, "draining": False})
    return account_id


def a_campaign(
    connection: Connection,
    *,
    name: str = "Payment reminder",
    state: CampaignState = CampaignState.RUNNING,
    definition: Mapping[str, Any] = DEFINITION,
    **more: Any,
) -> CampaignId:
    started = None if state is CampaignState.DRAFT else NOON - timedelta(hours=1)
    row = {
        "name": name,
        "account_id": an_account(connection),
        "state": state.value,
        "definition": {**definition, "name": name},
        "fingerprint": f"fingerprint of {name}",
        "had_recipients": False,
        "credit": 0.0,
        "created_at": NOON - timedelta(hours=2),
        "started_at": started,
        **more,
    }
    return CampaignId(add_row(connection, "campaign", row))


def a_recipient(
    connection: Connection,
    campaign_id: CampaignId,
    *,
    state: RecipientState = RecipientState.PENDING,
    **more: Any,
) -> RecipientId:
    row = {
        "campaign_id": campaign_id,
        "phone": f"38067{next(_numbers):07}",
        "round": 0,
        "state": state.value,
        "attempts": 0,
        "calls": 0,
        "turn": 1,
        "data": {},
        "due_at": NOON,
        "closes_at": NOON + timedelta(hours=6),
        **more,
    }
    return RecipientId(add_row(connection, "recipient", row))


def an_attempt(
    connection: Connection,
    recipient_id: RecipientId,
    *,
    state: AttemptState = AttemptState.DONE,
    result: str | None = "answered_full",
    **more: Any,
) -> int:
    recipient = connection.execute(
        select(table("recipient")).where(table("recipient").c.id == recipient_id)
    ).one()
    row = {
        "account_id": an_account(connection),
        "campaign_id": recipient.campaign_id,
        "recipient_id": recipient_id,
        "number": 1,
        "phone": recipient.phone,
        "state": state.value,
        "result": result if state not in OPEN_ATTEMPTS else None,
        "epoch": "test",
        "claimed_at": NOON,
        "placed_at": NOON,
        "deadline": NOON + timedelta(minutes=15),
        "ended_at": None if state in OPEN_ATTEMPTS else NOON + timedelta(seconds=40),
        **more,
    }
    return add_row(connection, "attempt", row)


def a_session(
    connection: Connection,
    *,
    token_hash: str,
    role: str = "admin",
    email: str = "olena@example.com",
    **more: Any,
) -> str:
    """A signed-in browser; its form token comes back."""
    user = {
        "email": email,
        "password_hash": "none: signed in by the test",
        "role": role,
        "disabled": False,
        "created_at": NOON,
    }
    user_id = add_row(connection, "app_user", user)
    form_token = f"form-token-of-{token_hash[:8]}"
    row = {
        "token_hash": token_hash,
        "user_id": user_id,
        "form_token": form_token,
        "created_at": NOON,
        "seen_at": NOON,
        **more,
    }
    connection.execute(insert(table("app_session")).values(row))
    return form_token


def recount(connection: Connection, campaign_id: CampaignId) -> None:
    """Writes the tallies of a campaign from its rows."""
    recipient, attempt, tally = table("recipient"), table("attempt"), table("tally")
    connection.execute(delete(tally).where(tally.c.campaign_id == campaign_id))
    for kind in ("state", "outcome"):
        counted = select(recipient.c[kind], func.count()).where(
            recipient.c.campaign_id == campaign_id, recipient.c[kind].is_not(None)
        )
        for word, number in connection.execute(counted.group_by(recipient.c[kind])).all():
            _tally(connection, campaign_id, kind, word, number)
    mine = select(func.count()).where(attempt.c.campaign_id == campaign_id)
    unplaced = [AttemptState.REJECTED.value, AttemptState.UNPLACED.value, AttemptState.PLACING.value]
    calls = {
        "placed": mine.where(attempt.c.state.not_in(unplaced)),
        "answered": mine.where(attempt.c.result.in_([result.value for result in ANSWERED])),
        "abandoned": mine.where(attempt.c.abandoned),
        "in_flight": mine.where(attempt.c.state.in_([state.value for state in OPEN_ATTEMPTS])),
    }
    for word, query in calls.items():
        _tally(connection, campaign_id, "calls", word, connection.execute(query).scalar_one())


def _tally(connection: Connection, campaign_id: CampaignId, kind: str, word: str, number: int) -> None:
    connection.execute(
        insert(table("tally")).values(campaign_id=campaign_id, kind=kind, word=word, count=number)
    )
