"""The record of erasures: a file beside the database, so that a restored backup can be erased again.

A line each: keyed hash, when, by whom. Whoever has it without DZVIN_SECRET_KEY learns no number from it.
"""

import os
from collections.abc import Iterator
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

import orjson

from engine.database.address import sqlite_path
from engine.errors import CannotDo
from engine.settings import Settings
from engine.spool.places import spool_folder

SUFFIX = ".erased"


class Act(StrEnum):
    ERASED = "erased"
    TAKEN_BACK = "taken_back"  # somebody took the number off the do-not-call list: it may be called again


def record_path(settings: Settings) -> Path:
    """Beside the SQLite file; with PostgreSQL beside the spool of that database on this machine."""
    path = sqlite_path(settings.database_url) or spool_folder(settings)
    return path.with_name(path.name + SUFFIX)


def write_record(path: Path, act: Act, *, phone_hash: str, at: datetime, by: str) -> None:
    """Durable on return. Raises CannotDo."""
    line = orjson.dumps({"act": act.value, "number": phone_hash, "at": at.isoformat(), "by": by}) + b"\n"
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
        try:
            os.write(descriptor, line)
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
    except OSError as error:
        raise CannotDo(
            f"the record of erasures {path} cannot be written: {error.strerror or error}"
        ) from error


def erased_by(path: Path) -> set[str]:
    """The hashes of everybody who was erased and not taken back; none where there is no such file.

    Raises CannotDo when it cannot be read.
    """
    found: set[str] = set()
    for line in _lines(path):
        if line.get("act") == Act.TAKEN_BACK:
            found.discard(str(line["number"]))
        elif line.get("act") == Act.ERASED:
            found.add(str(line["number"]))
    return found


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    try:
        written = path.read_bytes().splitlines()
    except FileNotFoundError:
        return
    except OSError as error:
        raise CannotDo(f"the record of erasures {path} cannot be read: {error.strerror or error}") from error
    for line in written:
        try:
            yield orjson.loads(line)
        except orjson.JSONDecodeError:
            continue  # the last one, torn off by a crash before anything was erased
