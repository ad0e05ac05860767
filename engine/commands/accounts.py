"""What a person may ask of LiraX accounts: add one, change it, give LiraX a new key, close and reopen it.

Secrets are sealed before they are written and never come back; a webhook key that is made here is returned
once. Other processes over the same database notice within seconds (`AccountBook.watch`).
"""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import structlog
from sqlalchemy import Connection

from campaigns.problems import Problem, WrongInput
from campaigns.rules.vocabulary import AccountId
from campaigns.store import accounts, lines
from campaigns.store.accounts import AccountRow
from engine.accounts import DEFAULT
from engine.accounts.environment import set_by_environment
from engine.accounts.facts import about
from engine.accounts.values import CAPS, COLUMNS, SECRETS, caps_of, columns_of, read_name, read_values
from engine.errors import Conflict, NotFound
from engine.house import House

log = structlog.get_logger(__name__)

WEBHOOK_TOKEN_BYTES = 20
SET_THERE = "is set by {variable} for the account {name}: change it there and start again"
USUAL: Mapping[str, object] = {"timezone": "Europe/Kyiv", "lines": 10}
GUARDS = {"url": "token", "history_url": "history_password"}
"""A secret is never sent to another host than the one it was given for."""


@dataclass(frozen=True)
class Added:
    """`webhook_token` is the key that was made for LiraX; None where one was given."""

    account_id: AccountId
    webhook_token: str | None


async def add_account(house: House, name: str, values: Mapping[str, object]) -> Added:
    """Raises WrongInput with every problem, Conflict when the name is taken."""
    read = {**USUAL, **_read_new(name, values)}
    made = None if read.get("webhook_token") else secrets.token_hex(WEBHOOK_TOKEN_BYTES)
    read["webhook_token"] = made or read["webhook_token"]

    def write(connection: Connection) -> AccountId:
        account_id = accounts.add(
            connection, name, lirax_url=read["url"], timezone=read["timezone"], lines=read["lines"]
        )
        if account_id is None:
            raise Conflict(f"there is a LiraX account named {name!r} already")
        _keep(house, connection, account_id, read)
        return account_id

    account_id = await house.database.write(write)
    await _told(house, "account added", account_id, name, read)
    return Added(account_id, made)


def _read_new(name: str, values: Mapping[str, object]) -> dict[str, Any]:
    problems: list[Problem] = []
    read: dict[str, Any] = {}
    try:
        read_name(name)
    except WrongInput as error:
        problems.extend(error.problems)
    if "url" not in values:
        problems.append(Problem("is required: the address that takes LiraX's commands", field="url"))
    try:
        read = read_values(values)
    except WrongInput as error:
        problems.extend(error.problems)
    if problems:
        raise WrongInput(*problems)
    return read


async def change_account(house: House, name: str, values: Mapping[str, object]) -> None:
    """Change the fields that are given. Raises WrongInput with every problem, NotFound."""
    house.accounts.find(name)
    fixed = set_by_environment(name, house.settings)
    problems = [
        Problem(SET_THERE.format(variable=fixed[field], name=name), field=field)
        for field in values
        if field in fixed
    ]
    if problems:
        raise WrongInput(*problems)
    read = read_values(values)

    def change(connection: Connection, row: AccountRow) -> None:
        _check_hosts(row, read)
        _keep(house, connection, AccountId(row.id), read)
        if {"url", "token"} & read.keys():
            accounts.release(connection, AccountId(row.id))

    await _change(house, name, change, told="account changed", fields=read)


async def rotate_webhook(house: House, name: str) -> str:
    """A new key for LiraX's webhooks, good beside the old one until the rotation is finished."""
    made = secrets.token_hex(WEBHOOK_TOKEN_BYTES)

    def change(connection: Connection, row: AccountRow) -> None:
        _keep(house, connection, AccountId(row.id), {"next_webhook_token": made})

    await _change(house, name, change, told="webhook key rotated")
    return made


async def finish_rotation(house: House, name: str) -> None:
    """The new webhook key takes the old one's place, which is refused from now on."""
    if name == DEFAULT:
        raise Conflict(
            "put the new webhook key of the account default into DZVIN_WEBHOOK_TOKEN and start again: "
            "that finishes its rotation"
        )

    def change(connection: Connection, row: AccountRow) -> None:
        if row.next_webhook_token is None:
            raise Conflict(f"the LiraX account {name!r} has no new webhook key; make one first")
        sealed = row.next_webhook_token
        token = house.sealer.open(sealed, about=about(row.id, "next_webhook_token"))
        _keep(house, connection, AccountId(row.id), {"webhook_token": token, "next_webhook_token": None})

    await _change(house, name, change, told="webhook key rotation finished")


async def close_account(house: House, name: str) -> None:
    """No new campaigns and no calls from now on; webhooks of calls that are open still come in."""

    def change(connection: Connection, row: AccountRow) -> None:
        if row.closed_at is not None:
            raise Conflict(f"the LiraX account {name!r} is closed already")
        accounts.save(connection, AccountId(row.id), closed_at=house.clock.now())

    await _change(house, name, change, told="account closed")


async def reopen_account(house: House, name: str) -> None:
    def change(connection: Connection, row: AccountRow) -> None:
        if row.closed_at is None:
            raise Conflict(f"the LiraX account {name!r} is not closed")
        accounts.save(connection, AccountId(row.id), closed_at=None)

    await _change(house, name, change, told="account reopened")


async def _change(
    house: House,
    name: str,
    change: Callable[[Connection, AccountRow], None],
    *,
    told: str,
    fields: Mapping[str, Any] | None = None,
) -> None:
    def write(connection: Connection) -> AccountId:
        account_id = accounts.find(connection, name)
        if account_id is None:
            raise NotFound(f"there is no LiraX account “{name}”")
        change(connection, accounts.get_for_change(connection, account_id))
        return account_id

    await _told(house, told, await house.database.write(write), name, fields or {})


async def _told(
    house: House, event: str, account_id: AccountId, name: str, fields: Mapping[str, Any]
) -> None:
    log.info(event, account_id=account_id, account=name, fields=sorted(fields))
    await house.accounts.refresh(house.database)
    house.bells.housekeeping.set()
    house.bells.after_change()


def _keep(house: House, connection: Connection, account_id: AccountId, read: Mapping[str, Any]) -> None:
    """Write these fields, secrets sealed; and as many lines as the account is to have."""
    sealed = {
        field: house.sealer.seal(value, about=about(account_id, COLUMNS.get(field, field)))
        for field, value in read.items()
        if value is not None and field in SECRETS | {"next_webhook_token"}
    }
    columns = columns_of({**read, **sealed})
    if any(name in read for name in CAPS):
        columns["caps"] = caps_of(read, kept=accounts.get(connection, account_id).caps)
    if columns:
        accounts.save(connection, account_id, **columns)
    if "lines" in read:
        lines.resize(connection, account_id, read["lines"])


def _check_hosts(row: AccountRow, read: Mapping[str, Any]) -> None:
    problems = []
    for url, secret in GUARDS.items():
        kept = getattr(row, COLUMNS.get(url, url))
        has = getattr(row, COLUMNS.get(secret, secret)) is not None
        if read.get(url) and kept and has and secret not in read and _place(kept) != _place(read[url]):
            told = f"must be given again: the one that is kept was given for {_place(kept)}"
            problems.append(Problem(told, field=secret))
    if problems:
        raise WrongInput(*problems)


def _place(url: str) -> str:
    return urlsplit(url).netloc.lower()
