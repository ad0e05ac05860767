"""Examines the database and the disk it lies on."""

import os
import shutil
import sqlite3
from pathlib import Path

from campaigns.store import custody
from engine.database.address import sqlite_path
from engine.database.durability import danger
from engine.database.lock import FileLock
from engine.database.opening import open_database
from engine.errors import DatabaseTrouble
from engine.settings import Settings
from engine.spool import files
from engine.spool.places import spool_folder
from web.cli.doctor.clock import examine_calls_ahead
from web.cli.doctor.findings import Finding, broken, fine, look

MEGABYTE = 1_000_000
TOO_LITTLE_DISK = 100 * MEGABYTE
LITTLE_DISK = 1000 * MEGABYTE
WAL_RESET_MENDED = (3, 51, 3)  # SQLite releases before it may lose a commit when two connections write


async def examine_database(settings: Settings) -> list[Finding]:
    path = sqlite_path(settings.database_url)
    if path is None:
        return [*await _opened(settings, "PostgreSQL answers and is up to date")]
    if not path.exists():
        return [look("database", f"{path} does not exist yet; the first start makes it"), *_sqlite()]
    return [*await _opened(settings, f"{path} is up to date{_holder(path)}"), *_sqlite()]


def examine_disk(settings: Settings) -> Finding:
    path = sqlite_path(settings.database_url)
    folder = path.parent if path is not None else Path.cwd()
    try:
        free = shutil.disk_usage(folder).free
    except OSError as error:
        return broken("disk", f"{folder}: {error.strerror}")
    says = f"{free // MEGABYTE} MB free in {folder}"
    if free < TOO_LITTLE_DISK:
        return broken("disk", f"{says}: make room before anything is written")
    return look("disk", f"{says}: little") if free < LITTLE_DISK else fine("disk", says)


def examine_spool(settings: Settings) -> list[Finding]:
    """Where webhooks wait while the database is away; nothing is said while all is well."""
    folder = spool_folder(settings)
    if not _may_write(folder):
        return [broken("spool", f"{folder} cannot be written to: give it to us, or set DZVIN_SPOOL")]
    found = []
    if waiting := files.bytes_waiting(folder):
        says = (
            f"{waiting} bytes of webhooks wait in {folder}: they are stored when dzvin reaches its database"
        )
        found.append(look("spool", says))
    if files.bytes_set_aside(folder):
        kept = folder / files.SET_ASIDE
        says = f"{kept} holds webhooks that could not be stored: look at them, then delete it"
        found.append(look("spool", says))
    return found


def _may_write(folder: Path) -> bool:
    nearest = next(path for path in (folder, *folder.parents) if path.exists())
    return nearest.is_dir() and os.access(nearest, os.W_OK | os.X_OK)


async def _opened(settings: Settings, says: str) -> list[Finding]:
    try:
        database = await open_database(settings.database_url, upgrade=False)
    except DatabaseTrouble as error:
        return [broken("database", str(error))]
    reason = await database.read(custody.objection)
    forgets = await database.read(danger)
    clock = await examine_calls_ahead(database)
    await database.close()
    held = [] if reason is None else [broken("quarantine", reason)]
    losing = [] if forgets is None else [broken("fsync", forgets)]
    return [fine("database", says), *losing, *held, *clock]


def _holder(path: Path) -> str:
    lock = FileLock(path)
    if lock.acquire():
        lock.release()
        return "; nobody works on it now"
    holder = lock.holder()
    return (
        f"; process {holder.pid} works on it, at {holder.url or 'no address'}" if holder else "; it is in use"
    )


def _sqlite() -> list[Finding]:
    if sqlite3.sqlite_version_info >= WAL_RESET_MENDED:
        return []
    says = (
        "has a fault with two writing connections; dzvin has one, so let no other program write to the file"
    )
    return [look("sqlite", f"SQLite {sqlite3.sqlite_version} {says}")]
