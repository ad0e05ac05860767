"""What a command remembers of LiraX, or learns from it, without a house around it: it only reads."""

import asyncio
from collections.abc import Collection
from functools import partial
from typing import NamedTuple

from campaigns.rules.directories import Directories
from campaigns.rules.vocabulary import DirectoryKind
from campaigns.store import directories
from engine.accounts import DEFAULT, AccountBook, AccountFacts
from engine.clock import SystemClock
from engine.database.address import sqlite_path
from engine.database.opening import open_database
from engine.database.port import Database
from engine.directories import ask
from engine.errors import CannotDo
from engine.judging import PATIENCE
from engine.lirax.client import LiraxClient
from engine.secret_key import secret_key_of
from engine.secrets import Sealer
from engine.settings import Settings


class Remembered(NamedTuple):
    """What the database tells of an account."""

    known: Directories = Directories()
    account: AccountFacts | None = None


async def remembered_in(settings: Settings, name: str) -> Remembered:
    """Nothing where there is no database, or it cannot be read."""
    path = sqlite_path(settings.database_url)
    if path is not None and not path.is_file():
        return Remembered()
    try:
        async with asyncio.timeout(PATIENCE.total_seconds()):
            database = await open_database(settings.database_url, upgrade=False)
            try:
                return await _read(database, settings, name)
            finally:
                await database.close()
    except (CannotDo, OSError, TimeoutError):
        return Remembered()


async def _read(database: Database, settings: Settings, name: str) -> Remembered:
    book = AccountBook(settings, sealer=Sealer(secret_key_of(settings)), clock=SystemClock())
    await book.refresh(database)
    facts = next((facts for facts in book.all() if facts.name == name), None)
    if facts is None:
        return Remembered()
    return Remembered(await database.read(partial(directories.read, account_id=facts.id)), facts)


async def learned_by(
    settings: Settings, name: str, remembered: Remembered, kinds: Collection[DirectoryKind]
) -> Directories:
    """With what LiraX says now of these lists, or why it says nothing."""
    try:
        client = _client(settings, name, remembered.account)
    except CannotDo as error:
        return remembered.known.doubting(kinds, why=str(error))
    try:
        said = await ask(client, kinds, patience=PATIENCE)
    finally:
        await client.close()
    return remembered.known.hearing(said, now=SystemClock().now())


def _client(settings: Settings, name: str, facts: AccountFacts | None) -> LiraxClient:
    """Raises CannotDo where nobody here knows the account, or it has no key."""
    if facts is None and name != DEFAULT:
        raise CannotDo(f"no account {name!r} is known here")
    url = settings.lirax_url if facts is None else facts.url
    token = settings.lirax_token if facts is None else facts.token
    if not token:
        raise CannotDo(f"the LiraX account {name!r} has no key: set DZVIN_LIRAX_TOKEN")
    return LiraxClient(url, token=token, timeout=settings.lirax_timeout, lines=1)
