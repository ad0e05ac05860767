"""A house with several accounts, and rows of accounts written as another process would write them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from campaigns.rules.vocabulary import AccountId
from campaigns.store import accounts
from campaigns.store.lines import resize
from engine.accounts.facts import about
from engine.assembly import Role, build_house, close_house
from engine.house import House
from engine.settings import Settings

SECRET_KEY = "the-secret-key-of-the-tests-is-long-enough"


def settings_for(database_url: str, **more: Any) -> Settings:
    return Settings(database_url=database_url, secret_key=SECRET_KEY, **more)


@asynccontextmanager
async def a_house(folder: Path, *, role: Role = Role.SERVE, **settings: Any) -> AsyncIterator[House]:
    house = await build_house(settings_for(f"sqlite:///{folder / 'dzvin.db'}", **settings), role=role)
    try:
        yield house
    finally:
        await close_house(house)


async def put_account(
    house: House,
    name: str,
    *,
    token: str | None = None,
    lirax_url: str = "http://127.0.0.1:1/general",
    timezone: str = "Europe/Warsaw",
    lines: int = 2,
    **more: Any,
) -> AccountId:
    """Write an account past the commands, as if another process had; nobody here is told."""

    def write(connection: Connection) -> AccountId:
        account_id = accounts.find_or_add(
            connection, name, lirax_url=lirax_url, timezone=timezone, lines=lines
        )
        sealed = None if token is None else house.sealer.seal(token, about=about(account_id, "lirax_token"))
        accounts.save(connection, account_id, lirax_token=sealed, **more)
        resize(connection, account_id, lines)
        return account_id

    return await house.database.write(write)
