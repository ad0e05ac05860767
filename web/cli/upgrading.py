"""`dzvin db upgrade`."""

from engine.database.address import sqlite_path
from engine.database.lock import FileLock
from engine.database.opening import open_database
from engine.settings import Settings


async def upgrade_database(settings: Settings) -> str:
    """Migrate, and say so; a server that holds the SQLite file has migrated it when it started."""
    path = sqlite_path(settings.database_url)
    lock = FileLock(path) if path is not None and path.parent.is_dir() else None
    if lock is not None and not lock.acquire():
        return f"{path} is up to date: the dzvin that works on it has seen to that"
    try:
        database = await open_database(settings.database_url, upgrade=True)
        await database.close()
    finally:
        if lock is not None:
            lock.release()
    return "the database is up to date"
