"""The mark beside the database: its identity, and how far it had come when it was last at work here."""

import json
import os
from contextlib import suppress
from pathlib import Path

from campaigns.rules.custody import Mark
from engine.database.address import sqlite_path
from engine.errors import DatabaseTrouble
from engine.settings import Settings
from engine.spool.places import spool_folder

SUFFIX = ".custody"
GARBLED = Mark("", 0)  # of no database: whoever finds it is careful


def mark_path(settings: Settings) -> Path:
    """Beside the SQLite file; with PostgreSQL beside the spool of that database on this machine."""
    path = sqlite_path(settings.database_url) or spool_folder(settings)
    return path.with_name(path.name + SUFFIX)


def read_mark(path: Path) -> Mark | None:
    """None where there is no file. Raises DatabaseTrouble when it cannot be read."""
    try:
        told = json.loads(path.read_text("utf-8"))
        return Mark(str(told["identity"]), int(told["counter"]))
    except FileNotFoundError:
        return None
    except OSError as error:
        raise DatabaseTrouble(f"{path} cannot be read: {error.strerror or error}") from error
    except (ValueError, TypeError, KeyError):
        return GARBLED


def write_mark(path: Path, mark: Mark) -> None:
    """Whole or not at all, and durable. Raises OSError, with the old mark in its place."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    text = json.dumps({"identity": mark.identity, "counter": mark.counter})
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text + "\n")
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    except BaseException:
        with suppress(OSError):
            draft.unlink()
        raise
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Make a rename in it durable."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
