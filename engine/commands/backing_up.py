"""Copies the database while everybody works: one consistent moment of it, in a file of its own.

The copy is marked as a backup: put in the place of the database, or started anywhere else, it begins in
quarantine, since calls will have been made after it.
"""

import os
import shutil
import sqlite3
import subprocess
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

from sqlalchemy import create_engine, inspect

from campaigns.rules.custody import Doubt
from campaigns.store import custody
from engine.clock import Clock
from engine.custody.high_water import sync_folder
from engine.custody.keeper import begin_quarantine
from engine.database.address import sqlite_path
from engine.errors import CannotDo, Conflict
from engine.settings import Settings

NO_PG_DUMP = "pg_dump is not installed here; run on a machine that has it: {command}"


@dataclass(frozen=True)
class Backup:
    path: Path
    size: int  # bytes
    seconds: float
    key: str  # where the secret key lies, which is not in it


def back_up(settings: Settings, target: Path, *, force: bool, clock: Clock) -> Backup:
    """Raises Conflict where the file is there and `force` is not given; CannotDo when it cannot be made.

    What stood in the target's place stays until the new copy is whole, examined and durable.
    """
    began = clock.elapsed()
    target = target.absolute()
    source = sqlite_path(settings.database_url)
    _check_target(target, source, force=force)
    draft = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        os.close(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        if source is None:
            _dump(settings.database_url, draft)
        else:
            _copy(source, draft)
            _mark(draft, settings, clock)
            _examine(draft)
        _put_in_place(draft, target)
    except OSError as error:
        raise CannotDo(f"{target} cannot be written: {error.strerror or error}") from error
    except sqlite3.Error as error:
        raise CannotDo(f"the backup could not be made: {error}") from error
    finally:
        for left in (draft, draft.with_name(f"{draft.name}-journal")):
            with suppress(FileNotFoundError):
                left.unlink()
    return Backup(target, target.stat().st_size, clock.elapsed() - began, _key_place(settings, source))


def _check_target(target: Path, source: Path | None, *, force: bool) -> None:
    if not target.parent.is_dir():
        raise CannotDo(f"the folder {target.parent} does not exist")
    if source is not None and not source.exists():
        raise CannotDo(f"there is no database {source} to copy")
    if source is not None and target.name.startswith(source.name) and target.parent.samefile(source.parent):
        raise CannotDo(f"{target} lies beside the database under its name; give the backup another name")
    if target.is_dir():
        raise CannotDo(f"{target} is a folder; name the file to write")
    if target.exists() and not force:
        raise Conflict(f"{target} is there already; --force writes over it")


def _copy(source: Path, draft: Path) -> None:
    """In one step: a snapshot that no writer waits for."""
    with (
        closing(sqlite3.connect(f"{source.as_uri()}?mode=rw", uri=True, timeout=30)) as reading,
        closing(sqlite3.connect(draft)) as writing,
    ):
        reading.execute("PRAGMA query_only=ON")
        reading.backup(writing)
        writing.execute("PRAGMA journal_mode=DELETE")  # one file, without a log beside it


def _mark(draft: Path, settings: Settings, clock: Clock) -> None:
    engine = create_engine(f"sqlite:///{draft}")
    try:
        if not inspect(engine).has_table("custody"):
            return  # of a version that knew none: the mark beside the database tells
        with engine.begin() as connection:
            row = custody.get(connection)
            if row is not None:
                begin_quarantine(connection, row, Doubt.BACKUP, settings, clock)
    finally:
        engine.dispose()


def _examine(draft: Path) -> None:
    with closing(sqlite3.connect(draft)) as copy:
        found = [row[0] for row in copy.execute("PRAGMA integrity_check(3)")]
        if found != ["ok"]:
            raise CannotDo(f"the copy is damaged, and so is the database, it seems: {'; '.join(found)}")
        if copy.execute("PRAGMA foreign_key_check").fetchone() is not None:
            raise CannotDo("the copy holds rows that belong to nothing: the database is damaged")


def _put_in_place(draft: Path, target: Path) -> None:
    descriptor = os.open(draft, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    draft.replace(target)
    sync_folder(target.parent)


def _dump(url: str, draft: Path) -> None:
    """By PostgreSQL's own tool; the password goes by the environment, where other users do not see it."""
    address, password = _split_password(url)
    words = ["pg_dump", "--format=custom", "--no-owner"]
    if shutil.which("pg_dump") is None:
        command = " ".join([*words, f"--file=dzvin.dump '{address}'"])
        raise CannotDo(NO_PG_DUMP.format(command=command))
    environment = {"PGPASSWORD": password} if password else {}
    _run([*words, f"--file={draft}", address], environment=environment)
    _run(["pg_restore", "--list", str(draft)], environment={})


def _split_password(url: str) -> tuple[str, str | None]:
    """The address without its password, and that. What stands after the host stays as it is written."""
    scheme, _, rest = url.partition("://")
    parts = urlsplit(url)
    place = parts.netloc.rpartition("@")[2]
    user = f"{parts.username}@" if parts.username else ""
    after = rest.removeprefix(parts.netloc)
    return f"{scheme}://{user}{place}{after}", parts.password and unquote(parts.password)


def _run(words: list[str], *, environment: dict[str, str]) -> None:
    """The words are ours, and no shell reads them."""
    done = subprocess.run(  # noqa: S603
        words, env={**os.environ, **environment}, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        said = done.stderr.strip().splitlines() or [f"it ended with {done.returncode}"]
        raise CannotDo(f"{words[0]} failed: {said[-1]}")


def _key_place(settings: Settings, source: Path | None) -> str:
    if settings.secret_key is not None or source is None:
        return "DZVIN_SECRET_KEY of your settings"
    return str(source.with_name(source.name + ".key"))
