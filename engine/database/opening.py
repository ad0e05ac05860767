"""From a database URL to an open, migrated database."""

from contextlib import suppress
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError

from engine.database.address import sqlite_path
from engine.database.migrating import is_current, migrate
from engine.database.postgres import PostgresDatabase
from engine.database.sqlite import SqliteDatabase
from engine.errors import DatabaseTrouble

NETWORK_FILESYSTEMS = {"nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "fuse.sshfs", "glusterfs", "ceph"}


async def open_database(url: str, *, upgrade: bool) -> SqliteDatabase | PostgresDatabase:
    """The database, able to work. Migrates first when `upgrade`; else says what to do when it is old.

    Raises DatabaseTrouble with a sentence when it cannot be reached, is locked, old or newer than we are.
    """
    database = _connect(url)
    try:
        if upgrade:
            await database.write(migrate)
        elif not await database.read(is_current):
            raise DatabaseTrouble("the database is older than this program: run `dzvin db upgrade` first")
    except BaseException as error:
        await database.close()
        if isinstance(error, SQLAlchemyError):
            raise DatabaseTrouble(f"the database cannot be used: {error}") from error
        raise
    if isinstance(database, SqliteDatabase):
        database.opened()
    return database


def _connect(url: str) -> SqliteDatabase | PostgresDatabase:
    path = sqlite_path(url)
    if path is None:
        return PostgresDatabase(url.replace("postgresql://", "postgresql+asyncpg://", 1))
    if not path.parent.is_dir():
        raise DatabaseTrouble(f"the folder {path.parent} of the database does not exist")
    kind = filesystem_of(path.parent)
    if kind in NETWORK_FILESYSTEMS:
        raise DatabaseTrouble(f"{path} lies on a network file system ({kind}), where SQLite may lose data")
    _make_private(path)
    return SqliteDatabase(path)


def _make_private(path: Path) -> None:
    """A new file is its owner's alone, for people's numbers; SQLite's log takes after it."""
    with suppress(OSError):  # it is there, or SQLite will say what is wrong
        path.touch(mode=0o600, exist_ok=False)


def filesystem_of(folder: Path) -> str | None:
    """The kind of file system a folder lies on, such as `ext4`; None where the system does not tell."""
    try:
        lines = Path("/proc/self/mounts").read_text().splitlines()
    except OSError:
        return None
    mounts = [(parts[1], parts[2]) for parts in (line.split() for line in lines) if len(parts) > 2]
    holding = [mount for mount in mounts if folder.resolve().is_relative_to(mount[0])]
    return max(holding, key=lambda mount: len(mount[0]))[1] if holding else None
