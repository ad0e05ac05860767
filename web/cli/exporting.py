"""`dzvin export`: results straight from the database, which may be read beside a running server."""

import os
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection

from campaigns.rules.vocabulary import CampaignId
from campaigns.store import campaigns
from engine.database.address import sqlite_path
from engine.database.lock import FileLock
from engine.database.opening import open_database
from engine.database.port import Database
from engine.errors import NotFound
from engine.settings import Settings
from web.exports import Batch, as_csv, attempt_batches, result_batches, write_csv, write_xlsx


@dataclass
class Opened:
    database: Database


async def export_table(
    settings: Settings, name: str, *, attempts: bool, xlsx: bool, out: Path | None
) -> None:
    """To `out`, which appears only once it is whole; else CSV to standard output."""
    async with _database(settings) as database:
        campaign_id = await _find(database, name)
        batches = (attempt_batches if attempts else result_batches)(Opened(database), campaign_id)
        if out is None:
            await _print(batches)
        else:
            await _write(batches, out, xlsx=xlsx, title="attempts" if attempts else "results")


@asynccontextmanager
async def _database(settings: Settings) -> AsyncIterator[Database]:
    """Migrated first on SQLite, unless somebody who works on it has done so."""
    path = sqlite_path(settings.database_url)
    lock = FileLock(path) if path is not None and path.parent.is_dir() else None
    ours = lock is not None and lock.acquire()
    try:
        database = await open_database(settings.database_url, upgrade=ours)
        try:
            yield database
        finally:
            await database.close()
    finally:
        if lock is not None:
            lock.release()


async def _find(database: Database, name: str) -> CampaignId:
    def find(connection: Connection) -> CampaignId | None:
        found = campaigns.find(connection, name)
        if found is None and name.isascii() and name.isdigit() and len(name) < 18:
            row = campaigns.get(connection, CampaignId(int(name)))
            found = None if row is None else row.id
        return found

    campaign_id = await database.read(find)
    if campaign_id is None:
        raise NotFound(f"there is no campaign “{name}”; `dzvin campaigns list` shows them all")
    return campaign_id


async def _print(batches: AsyncIterator[Batch]) -> None:
    async for part in as_csv(batches):
        sys.stdout.buffer.write(part)
    sys.stdout.buffer.flush()


async def _write(batches: AsyncIterator[Batch], out: Path, *, xlsx: bool, title: str) -> None:
    descriptor, name = tempfile.mkstemp(dir=out.parent, prefix=f".{out.name}.")
    os.close(descriptor)
    draft = Path(name)
    try:
        if xlsx:
            await write_xlsx(batches, draft, name=title)
        else:
            await write_csv(batches, draft)
        draft.chmod(0o666 & ~_umask())
        draft.replace(out)
    finally:
        draft.unlink(missing_ok=True)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
