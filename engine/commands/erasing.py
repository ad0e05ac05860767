"""Erases a person: at once where nothing of them is under way, else as soon as that has ended.

Begin (nothing more is begun for them) → take out their rows → take the number out of all that mentions it →
forget the number itself, of which a keyed hash stays → scrub the files. What was interrupted goes on:
until the end the number stands on the do-not-call list as one that is to be erased.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

import structlog
from sqlalchemy import Connection

from campaigns.store import erased, erasing, suppressions
from campaigns.store.erasing import Mention
from campaigns.store.personal import WITH_PEOPLE
from engine.apply import erasing as apply
from engine.apply.campaigns import transaction
from engine.database.port import Lane
from engine.database.scrubbing import scrub
from engine.erasing.record import Act, erased_by, record_path, write_record
from engine.house import House
from engine.spool.files import bytes_set_aside, bytes_waiting
from engine.spool.places import spool_folder

log = structlog.get_logger(__name__)

LOOKS = 10  # for rows that mention the number: one may have been written while we looked
SLICE = 200  # rows that mention the number, changed in one transaction

UNREACHABLE = (
    "LiraX: its contacts, deals, tasks, notes, SMS, recordings, call history and blacklist",
    "files on your disks: lists that were imported, files of rejected rows, exported results, program logs",
    "backups made until now: keep the record of erasures and the secret key, to apply it after a restore",
)
SET_ASIDE = "the file set-aside.jsonl in {folder}: webhooks that nobody could read"
SPOOLED = "webhooks wait in a file to be stored"
ALSO_ON_POSTGRESQL = "PostgreSQL's write-ahead log and its archive, until they are recycled"


@dataclass(frozen=True)
class Erasure:
    """What came of it. While `waits_for` says what is under way, it goes on by itself."""

    phone_hash: str
    waits_for: str | None
    until: datetime | None = None  # at most, where that is known
    rows: Mapping[str, int] = field(default_factory=dict)  # emptied, changed or deleted, by table
    scrubbed: bool = False  # whether nothing is left in the files of the database
    unreachable: tuple[str, ...] = ()


async def erase(house: House, phone: str, *, by: str) -> Erasure:
    """Raises CannotDo, with nothing done, where the record of it cannot be written."""
    phone_hash = await house.database.read(partial(erased.hash_of, text=phone))
    write_record(record_path(house.settings), Act.ERASED, phone_hash=phone_hash, at=house.clock.now(), by=by)
    await house.database.write(partial(_begin, house, phone))
    house.bells.after_change()
    done = await go_on(house, phone)
    if done.waits_for is not None:
        house.bells.forgetting.set()
    return done


async def go_on(house: House, phone: str) -> Erasure:
    """End an erasure that has begun, unless something of the person is still under way."""
    database = house.database
    words = await database.read(partial(erasing.words_of, phone=phone))
    phone_hash = await database.read(partial(erased.hash_of, text=phone))
    if bytes_waiting(spool_folder(house.settings)):
        return Erasure(phone_hash, SPOOLED)
    taken = await database.write(partial(_take_out, house, phone))
    if taken is None:
        return await database.read(partial(_waiting, house, phone, phone_hash))
    for _ in range(LOOKS):
        found = await database.read(partial(erasing.mentions, phone=phone))
        if not found:
            break
        for start in range(0, len(found), SLICE):
            taken += await database.write(partial(_change, found[start : start + SLICE]), lane=Lane.IMPORT)
    if not await database.write(partial(_forget_number, phone)):
        return await database.read(partial(_waiting, house, phone, phone_hash))
    house.bells.after_change()
    rows = {name: number for name, number in sorted(taken.items()) if number}
    scrubbed = await scrub(house.database, tables=sorted({*rows, "suppression"}), words=words)
    if scrubbed:
        now = house.clock.now()
        await house.database.write(partial(erased.scrubbed, phone_hash=phone_hash, now=now))
    else:
        house.bells.forgetting.set()
    log.info("a person was erased", rows=sum(rows.values()), scrubbed=scrubbed)
    return Erasure(phone_hash, None, rows=rows, scrubbed=scrubbed, unreachable=unreachable(house))


async def scrub_now(house: House) -> bool:
    """Whether the files hold nothing any more of whoever was erased, and of what was let go, until now."""
    begun = house.clock.now()
    clean = await scrub(house.database, tables=sorted(WITH_PEOPLE))
    if clean:
        await house.database.write(partial(erased.all_scrubbed, erased_until=begun, now=begun))
    return clean


async def erase_again(house: House) -> int:
    """Apply the record of erasures to a database that was restored; how many people were in it again.

    Needs the house's secret key of then. Whoever was taken back since stays as they are.
    """
    recorded = erased_by(record_path(house.settings))
    if not recorded:
        return 0
    now = house.clock.now()
    known = await house.database.read(erased.hashes)
    await house.database.write(
        lambda connection: erased.add_hashes(connection, sorted(recorded - known), now=now)
    )
    numbers = await house.database.read(erasing.numbers)
    back = [phone for phone in sorted(numbers) if await house.database.read(partial(_is_in, recorded, phone))]
    for phone in back:
        await house.database.write(partial(_begin, house, phone))
        await go_on(house, phone)
    house.bells.forgetting.set()
    return len(back)


def take_back(house: House, connection: Connection, phone: str, *, by: str) -> None:
    """The number of an erased person may be called again: so it is not erased again after a restore."""
    write_record(
        record_path(house.settings),
        Act.TAKEN_BACK,
        phone_hash=erased.hash_of(connection, phone),
        at=house.clock.now(),
        by=by,
    )


def unreachable(house: House) -> tuple[str, ...]:
    """What we cannot erase, for whoever must see to it."""
    folder = spool_folder(house.settings)
    on_postgres = (ALSO_ON_POSTGRESQL,) if house.database.dialect == "postgresql" else ()
    set_aside = (SET_ASIDE.format(folder=folder),) if bytes_set_aside(folder) else ()
    return (*UNREACHABLE, *on_postgres, *set_aside)


def _begin(house: House, phone: str, connection: Connection) -> None:
    with transaction(connection, house) as change:
        apply.begin(change, phone)


def _take_out(house: House, phone: str, connection: Connection) -> Counter[str] | None:
    """None while something is under way. From here on the number is known by its hash alone."""
    now = house.clock.now()
    if erasing.what_is_open(connection, phone, now=now)[0] is not None:
        return None
    done = erasing.take_out(connection, phone, now=now)
    erased.add(connection, phone, now=now)
    return done


def _waiting(house: House, phone: str, phone_hash: str, connection: Connection) -> Erasure:
    what, until = erasing.what_is_open(connection, phone, now=house.clock.now())
    return Erasure(phone_hash, what or "something of the person has just begun", until)


def _change(found: list[Mention], connection: Connection) -> Counter[str]:
    return erasing.apply(connection, found)


def _forget_number(phone: str, connection: Connection) -> bool:
    """Whether the number could go: somebody may have come into a campaign while their rows went."""
    if erasing.is_left(connection, phone):
        return False
    suppressions.end_erasing(connection, phone)
    return True


def _is_in(recorded: set[str], phone: str, connection: Connection) -> bool:
    return erased.hash_of(connection, phone) in recorded
