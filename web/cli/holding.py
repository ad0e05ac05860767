"""Who works on the SQLite file now; asked before anything heavy is imported, so the answer comes at once."""

from engine.database.address import sqlite_path
from engine.database.lock import FileLock, Holder
from engine.errors import AlreadyRunning
from engine.settings import Settings


def serving_holder(settings: Settings) -> Holder | None:
    """The server that has the file; None when nobody has it, or a command that tells no address."""
    path = sqlite_path(settings.database_url)
    if path is None or not path.parent.is_dir():
        return None
    lock = FileLock(path)
    if lock.acquire():
        lock.release()
        return None
    holder = lock.holder()
    return holder if holder is not None and holder.url is not None else None


def check_file_is_free(settings: Settings) -> None:
    """Raises AlreadyRunning when a server has the SQLite file.

    Asked before the port is taken, because of two mistakes this is the one to name. A command that is at work
    on the file has no address; `build_house` waits for it.
    """
    holder = serving_holder(settings)
    if holder is not None:
        raise AlreadyRunning(
            f"{sqlite_path(settings.database_url)} is in use by another dzvin "
            f"(process {holder.pid}, {holder.url}): a SQLite file has one engine at a time"
        )
