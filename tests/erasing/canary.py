"""A person who stands in every table and in every column that holds words, to be looked for afterwards."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import JSON, Boolean, Column, Connection, Float, Integer, Table, insert, text
from sqlalchemy.types import TypeDecorator

from campaigns.rules.vocabulary import CampaignState, RecipientState
from campaigns.store.personal import KEPT, MENTIONING, WITH_PEOPLE, is_text, table
from tests.builders import NOON, a_campaign, an_account, recount

PHONE = "380671230987"
NAME = "Канарка-Тестівна"
LONG_AGO = NOON - timedelta(days=600)
WRITTEN = ("380671230987", "0671230987", "671230987", NAME)
"""What must be nowhere afterwards."""

ORDER = ("recipient", "attempt", "sms", "effect", "deal", "employee_call", "heard_call")
STATES = {
    "recipient": RecipientState.DONE.value,
    "attempt": "done",
    "sms": "delivered",
    "effect": "done",
    "employee_call": "ended",
}
ENTRIES = [{"phone": f"+{PHONE}", "name": NAME}, {"text": f"call {PHONE}"}]


def a_known_person(connection: Connection) -> None:
    """A row in each table that knows people; whatever may hold words holds the number and the name."""
    account = an_account(connection)
    campaign = a_campaign(connection, state=CampaignState.FINISHED, finished_at=LONG_AGO)
    modem = {"account_id": account, "number": "380440000000", "free_at": NOON}
    ids = {"account": account, "campaign": campaign, "modem": _add(connection, table("modem"), modem)}
    key = {"name": "billing", "key_hash": "x" * 64, "prefix": "dz", "scope": "trigger", "created_at": NOON}
    ids["api_key"] = _add(connection, table("api_key"), key)
    for name in [*ORDER, *sorted(WITH_PEOPLE - set(ORDER))]:
        of_table = table(name)
        row = {column.name: _value(column, ids) for column in of_table.columns if not _counts_itself(column)}
        ids[name] = _add(connection, of_table, row)
    recount(connection, campaign)


def bytes_of(files: list[Path]) -> Iterator[bytes]:
    return (file.read_bytes() for file in files if file.is_file())


def found_in(files: list[Path]) -> list[str]:
    """What of the person stands in which file."""
    return [
        f"{word} in {file.name}"
        for file in files
        if file.is_file()
        for word in WRITTEN
        if word.encode() in file.read_bytes() or word.encode("unicode_escape") in file.read_bytes()
    ]


def rows_that_know(connection: Connection) -> list[str]:
    """Tables and columns in which the person still stands."""
    found = []
    for name in sorted(table("recipient").metadata.tables):
        for row in connection.execute(text(f'SELECT * FROM "{name}"')).mappings():
            found += [f"{name}.{column}" for column, value in row.items() if _knows(value)]
    return sorted(set(found))


def _knows(value: Any) -> bool:
    written = str(value)
    return any(word in written for word in WRITTEN)


def _add(connection: Connection, of_table: Table, row: dict[str, Any]) -> Any:
    keys = list(of_table.primary_key.columns)
    return connection.execute(insert(of_table).values(row).returning(keys[0])).scalar_one()


def _counts_itself(column: Column[Any]) -> bool:
    return column.name == "id" and column.primary_key


def _value(column: Column[Any], ids: dict[str, Any]) -> Any:
    of_table = column.table.name
    if column.foreign_keys:
        return ids[next(iter(column.foreign_keys)).column.table.name]
    if column.name == "state":
        return STATES[of_table]
    if column.name == "phone":
        return PHONE
    if column.name in KEPT.get(of_table, ()) and (is_text(column) or isinstance(column.type, JSON)):
        return f"word-{column.name}"
    if of_table in MENTIONING and isinstance(column.type, JSON):
        return {"missing": 1, "examples": ENTRIES}
    return _of_type(column)


def _of_type(column: Column[Any]) -> Any:
    kind = column.type
    if isinstance(kind, JSON):
        return {
            "phone": PHONE,
            NAME: "0671230987",
            "number": int(PHONE),
            "entries": ENTRIES,
        }
    if isinstance(kind, Boolean):
        return False
    if is_text(column):
        return f"{PHONE} {NAME}"
    if isinstance(kind, TypeDecorator):
        return LONG_AGO
    if isinstance(kind, Integer | Float):
        return 1
    raise AssertionError(f"nobody has said what to write into {column}")
