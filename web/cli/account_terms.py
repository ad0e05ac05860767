"""What `dzvin check` and `dzvin run` know of the LiraX accounts before anything is opened: it only reads.

What opens databases is imported only where there is one, so that a check without one answers at once.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import replace

from campaigns.definition import AccountTerms
from engine.database.address import sqlite_path
from engine.errors import CannotDo
from engine.settings import Settings
from web.cli.talking import tell

DEFAULT = "default"
PATIENCE_SECONDS = 10.0
UNREAD = "the LiraX accounts cannot be looked up, so what the definition asks of its account is not checked: "


async def terms_here(settings: Settings) -> Mapping[str, AccountTerms] | None:
    """Of every account there is; None, and a person is told why, where the database cannot be read."""
    from_environment = AccountTerms(timezone=settings.account_timezone)
    path = sqlite_path(settings.database_url)
    if path is not None and not path.is_file():
        return {DEFAULT: from_environment}
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            kept = await _read(settings)
    except (CannotDo, OSError, TimeoutError) as error:
        tell(f"{UNREAD}{error or 'it takes too long'}")
        return None
    default = kept.get(DEFAULT, from_environment)
    return {**kept, DEFAULT: replace(default, timezone=settings.account_timezone)}


async def _read(settings: Settings) -> dict[str, AccountTerms]:
    from campaigns.store import accounts
    from engine.database.opening import open_database

    database = await open_database(settings.database_url, upgrade=False)
    try:
        return {row.name: row.terms for row in await database.read(accounts.every)}
    finally:
        await database.close()
