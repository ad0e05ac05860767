"""One engine a SQLite file: a lock beside the database, which also tells where its holder listens.

The operating system lets the lock go when its holder dies, so a stale file holds nobody up.
"""

import fcntl
import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True)
class Holder:
    """Who has the lock: a server has an address and a key that lets this machine's command line in."""

    pid: int
    url: str | None = None
    key: str | None = None


class FileLock:
    def __init__(self, database: Path) -> None:
        self.path = database.with_name(database.name + ".lock")
        self._file: int | None = None

    def acquire(self) -> bool:
        """Whether we have it now; never waits."""
        descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            return False
        self._file = descriptor
        self._write(Holder(os.getpid()))
        return True

    def announce(self, url: str, key: str) -> None:
        """Tell the command line of this machine where we listen."""
        self._write(Holder(os.getpid(), url, key))

    def holder(self) -> Holder | None:
        """Who has it, as far as the file tells; None when it cannot be read (yet)."""
        try:
            return Holder(**json.loads(self.path.read_text()))
        except (OSError, ValueError, TypeError):
            return None

    def release(self) -> None:
        if self._file is None:
            return
        os.ftruncate(self._file, 0)
        os.close(self._file)
        self._file = None

    def _write(self, holder: Holder) -> None:
        assert self._file is not None
        os.ftruncate(self._file, 0)
        os.pwrite(self._file, json.dumps(asdict(holder)).encode(), 0)
