"""The key that signs sessions and seals stored secrets: from the settings, or kept beside the SQLite file."""

import os
import secrets
from pathlib import Path

from engine.database.address import sqlite_path
from engine.errors import CannotDo
from engine.setting_values import SHORTEST_KEY
from engine.settings import Settings

BYTES = 48


def secret_key_of(settings: Settings) -> str:
    """DZVIN_SECRET_KEY, else the kept key, made on the first start with mode 0600.

    Raises CannotDo when the kept key cannot be read or written.
    """
    if settings.secret_key is not None:
        return settings.secret_key
    database = sqlite_path(settings.database_url)
    if database is None:
        raise CannotDo("DZVIN_SECRET_KEY is not set; with PostgreSQL it is required")
    path = database.with_name(database.name + ".key")
    try:
        if not path.exists():
            _make(path)
        key = path.read_text("ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise CannotDo(f"the secret key {path} cannot be read or made: {error}") from error
    if len(key) < SHORTEST_KEY:
        raise CannotDo(f"the secret key {path} is damaged: restore it from a backup, or set DZVIN_SECRET_KEY")
    return key


def _make(path: Path) -> None:
    """Written aside and linked into place: of two processes that start at once, both read the one key."""
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(secrets.token_urlsafe(BYTES) + "\n")
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(draft, path)
        except FileExistsError:
            return
    finally:
        draft.unlink()
