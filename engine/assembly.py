"""Puts a running Dzvin together; the one place where parts are chosen."""

import asyncio
import secrets
from enum import Enum, auto

import structlog

from campaigns.store.erased import KEYED_HASH
from engine.accounts import AccountBook
from engine.clock import Clock, SystemClock
from engine.database.address import sqlite_path
from engine.database.durability import danger
from engine.database.lock import FileLock
from engine.database.notices import Notices
from engine.database.opening import open_database
from engine.database.port import Database
from engine.database.postgres import PostgresDatabase
from engine.errors import AlreadyRunning
from engine.house import House
from engine.leases import Lease
from engine.lirax.transport import Outward, by_sockets
from engine.secret_key import secret_key_of
from engine.secrets import Sealer, keyed_hash
from engine.settings import Settings
from engine.wakeups import Announcing

log = structlog.get_logger(__name__)

LOCK_PATIENCE_SECONDS = 10.0  # a command may hold the file for a moment; a server holds it for good
LOOK_SECONDS = 0.1


class Role(Enum):
    """What the house is for; it decides who waits for whom at a SQLite file."""

    SERVE = auto()  # pages and engine
    WEB = auto()  # pages only
    ENGINE = auto()  # engine only
    TOOL = auto()  # one command


async def build_house(settings: Settings, *, clock: Clock | None = None, role: Role = Role.SERVE) -> House:
    """Everything open and migrated. On SQLite it takes the file's lock first.

    Raises AlreadyRunning, naming the file, while another process has it; DatabaseTrouble when the database
    cannot be used. On PostgreSQL only `dzvin db upgrade` migrates.
    """
    path = sqlite_path(settings.database_url)
    lock = None
    if path is not None and path.parent.is_dir():
        lock = FileLock(path)
        await _take(lock, role=role)
    clock = clock or SystemClock()
    try:
        database = await open_database(settings.database_url, upgrade=path is not None)
        if role is not Role.TOOL and (reason := await database.read(danger)):
            log.warning("this database may forget what it has written", reason=reason)
        secret_key = secret_key_of(settings)
        database.carry(**{KEYED_HASH: keyed_hash(secret_key)})
        lease = Lease(clock, alone=lock is not None)
        house = await furnish(
            settings, database, sealer=Sealer(secret_key), clock=clock, lease=lease, role=role, lock=lock
        )
    except BaseException:
        if lock is not None:
            lock.release()
        raise
    return house


async def furnish(
    settings: Settings,
    database: Database,
    *,
    sealer: Sealer,
    clock: Clock,
    lease: Lease,
    role: Role = Role.SERVE,
    lock: FileLock | None = None,
    outward: Outward = by_sockets,
) -> House:
    """The house over an open database."""
    house = House(
        settings=settings,
        clock=clock,
        database=database,
        sealer=sealer,
        accounts=AccountBook(settings, sealer=sealer, clock=clock, outward=outward),
        lease=lease,
        local_key=secrets.token_urlsafe(32),
        lock=lock,
    )
    await house.accounts.install(database, write=role is not Role.TOOL)
    if role is not Role.TOOL:
        house.reception.look_for_left()
    await house.custody.open(works=role in (Role.SERVE, Role.ENGINE))
    if role is not Role.TOOL and not lease.alone:
        house.accounts.watch(database)  # where nobody but us writes, nobody but us changes them
    if role in (Role.WEB, Role.TOOL) and isinstance(database, PostgresDatabase):
        house.announcing = Announcing(house.bells, Notices(database.engine))
        house.announcing.start()
    return house


async def close_house(house: House) -> None:
    """Let everything go; the lock last."""
    house.stopping.set()
    await house.accounts.close()
    await house.reception.close()
    if house.announcing is not None:
        await house.announcing.stop()
    await house.database.close()
    if house.lock is not None:
        house.lock.release()


async def _take(lock: FileLock, *, role: Role) -> None:
    """Take the lock. Another server is refused at once, a command that is at work is waited for a moment."""
    waited = 0.0
    while not lock.acquire():
        holder = lock.holder()
        serves = holder is not None and holder.url is not None
        if role is Role.TOOL or serves or waited >= LOCK_PATIENCE_SECONDS:
            database = lock.path.with_suffix("")
            raise AlreadyRunning(f"another dzvin works on {database}: only one at a time can use this file")
        waited += LOOK_SECONDS
        await asyncio.sleep(LOOK_SECONDS)
