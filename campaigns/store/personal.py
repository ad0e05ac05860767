"""Which tables know people, and what is kept of a row when nobody shall know any more whose it was.

A table must stand in exactly one of these, and a column that is not named here is emptied: so what is added
later is either dealt with or fails a test.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from sqlalchemy import JSON, ColumnElement, String, Table
from sqlmodel import SQLModel

import campaigns.tables  # noqa: F401 - the tables register themselves

KEPT: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "recipient": frozenset(
            {
                *("id", "campaign_id", "round", "turn"),
                *("state", "outcome", "attempts", "calls", "best", "last_result"),
                *("last_attempt_at", "finished_at"),
            }
        ),
        "attempt": frozenset(
            {
                *("id", "account_id", "campaign_id", "recipient_id", "number"),
                *("state", "result", "epoch", "claimed_at", "deadline", "placed_at", "ended_at"),
                *("success", "duration_success", "event_status", "duration", "answered_at"),
                *("agent", "joined_at", "abandoned", "fired"),
                *("finished_heard_at", "event_heard_at", "history_at", "history_asked_at", "absent_at"),
                *("history_connected", "history_duration"),
            }
        ),
        "sms": frozenset(
            {
                *("id", "cause", "account_id", "modem_id", "campaign_id", "recipient_id", "ext"),
                *("parts", "state", "tries", "checks", "created_at", "sent_at", "finished_at"),
            }
        ),
        "effect": frozenset(
            {
                *("id", "cause", "account_id", "campaign_id", "recipient_id", "kind"),
                *("state", "tries", "repeats", "created_at", "sent_at", "repeated_at", "finished_at"),
            }
        ),
    }
)
"""Rows that figures are made of: they stay, nameless."""

DELETED = frozenset({"crm_contact", "consent", "deal", "employee_call", "heard_call", "idempotency", "inbox"})
"""Rows about a person that nothing counts: they go."""

MENTIONING = frozenset({"drift", "suppression"})
"""Rows that may name a number among others: it is taken out."""

WITHOUT_PEOPLE: Mapping[str, str] = MappingProxyType(
    {
        "account": "an exchange of ours",
        "agent": "our employees, by extension",
        "api_key": "who may use Dzvin",
        "app_session": "who may use Dzvin",
        "app_user": "who may use Dzvin",
        "audio": "what everybody hears",
        "campaign": "its definition, without its list",
        "custody": "this very database",
        "directory": "our employees, shops and stages, as LiraX lists them",
        "erased": "keyed hashes",
        "erased_trace": "keyed hashes",
        "first_run": "who may use Dzvin",
        "history_health": "how call history answers",
        "line_slot": "our lines",
        "modem": "our modems",
        "roll_call": "our employees",
        "tally": "counts",
        "worker": "our processes",
    }
)
"""Tables that know nobody who is called, and what they know instead."""

WITH_PEOPLE = frozenset({*KEPT, *DELETED, *MENTIONING})


def table(name: str) -> Table:
    return SQLModel.metadata.tables[name]


def texts_of(of_table: Table) -> list[ColumnElement[Any]]:
    """The columns in which words of people may stand."""
    return [column for column in of_table.columns if is_text(column) or isinstance(column.type, JSON)]


def is_text(column: ColumnElement[Any]) -> bool:
    """SQLModel wraps the type of its texts in one of its own."""
    return isinstance(getattr(column.type, "impl", column.type), String)


def emptied(of_table: Table) -> dict[str, Any]:
    """The values that make rows of this table nameless."""
    kept = KEPT[of_table.name]
    return {
        column.name: None if column.nullable else _nothing(column)
        for column in of_table.columns
        if column.name not in kept
    }


def _nothing(column: ColumnElement[Any]) -> Any:
    return {} if isinstance(column.type, JSON) else ""
