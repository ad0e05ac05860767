"""Whether this database is the one that was at work last, or a copy of it that has missed calls since. Pure.

Beside the database, on every machine an engine runs on, lies a file with the database's identity and a
counter that grows while it works. It is written after the database: after a crash it may be behind, never
ahead.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from campaigns.rules.reasons import local_moment

UNKNOWN_PART = "-"


@dataclass(frozen=True)
class Mark:
    """What the file beside the database says."""

    identity: str
    counter: int


@dataclass(frozen=True)
class Known:
    """What the database says of itself; `server` tells which PostgreSQL it was on, None on SQLite."""

    identity: str
    counter: int
    server: str | None = None
    former: tuple[str, ...] = ()  # identities before a release: files that name them are out of date, not it


class Doubt(Enum):
    """Why a database is not trusted; the value is what happened, as a person reads it."""

    OLDER = "This database is older than the calls that were made with it: a backup was put in its place."
    REPLACED = "Another database stands where this one was: a backup or a copy was put in its place."
    MOVED = "This database has been at work before, but not here: it was copied from elsewhere, or restored."
    SERVER = "The PostgreSQL server was restored, moved, or switched over to another one."
    BACKUP = "This database is a backup."
    RESTORED = "A backup was put in the place of this database."
    ORDERED = "An administrator put it into quarantine."


def doubt_about(
    known: Known | None,
    mark: Mark | None,
    *,
    server: str | None,
    has_people: bool,
    must_have_mark: bool,
) -> Doubt | None:
    """Why the database must not dial before it was looked into; None when it is the one that worked last.

    `has_people`: somebody in it could be called twice. `must_have_mark`: whoever worked on it before did so
    here, so the file must be here too.
    """
    if known is None:  # made this moment, or by a version that knew no custody
        return Doubt.REPLACED if mark is not None and has_people else None
    if not same_server(known.server, server):
        return Doubt.SERVER
    if mark is None:
        return Doubt.MOVED if must_have_mark and has_people and known.counter > 0 else None
    if mark.identity == known.identity:
        return Doubt.OLDER if mark.counter > known.counter else None
    if mark.identity in known.former:
        return None
    return Doubt.REPLACED if has_people else None


def same_server(one: str | None, other: str | None) -> bool:
    """Whether both tell of the same PostgreSQL; a part that one of them could not see counts as the same."""
    if one is None or other is None:
        return True
    pairs = zip(one.split("/"), other.split("/"), strict=False)
    return all(left == right or UNKNOWN_PART in (left, right) for left, right in pairs)


def is_unopened_backup(reason: str) -> bool:
    """Whether no engine has run on it yet since the backup was made: only then its quarantine begins."""
    return reason.startswith(Doubt.BACKUP.value)


def quarantined(doubt: Doubt, *, since: datetime, zone: str, now: datetime) -> str:
    """The sentence of a database in quarantine, for every page and answer."""
    return (
        f"{doubt.value} Nothing is dialled, texted or sent to LiraX: whom it called after "
        f"{local_moment(since, zone=zone, now=now)} it does not know. "
        "See the page Quarantine, or `dzvin release`."
    )
