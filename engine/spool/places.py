"""Where the spool files of a database lie: beside a SQLite file, else where DZVIN_SPOOL says."""

import hashlib
from pathlib import Path
from urllib.parse import urlsplit

from engine.database.address import sqlite_path
from engine.settings import Settings

DEFAULT = "dzvin-spool"  # in the working directory, as `.env` is
ENDING = ".spool"


def spool_folder(settings: Settings) -> Path:
    """A folder for this database alone, so that two installations may share a DZVIN_SPOOL."""
    path = sqlite_path(settings.database_url)
    if path is not None and settings.spool is None:
        return path.with_name(path.name + ENDING)
    place = str(path) if path is not None else _without_password(settings.database_url)
    name = hashlib.sha256(place.encode()).hexdigest()[:12]
    return Path(settings.spool or DEFAULT).absolute() / name


def _without_password(url: str) -> str:
    """A password may change while webhooks wait; who keeps them stays the same."""
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    return f"{host}{parts.path}?{parts.query}"
