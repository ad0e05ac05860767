"""One spool file: appended to and synced by the process that holds its lock, read by whoever drains it.

The operating system lets the lock go when its holder dies: who finds a file unlocked may drain it.
"""

import fcntl
import os
import secrets
import threading
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

import structlog

from campaigns.store.inbox import Arrival
from engine.spool.lines import lines_of, read_line, write_lines
from engine.spool.places import ENDING

log = structlog.get_logger(__name__)

MOST_BYTES = 64 * 1024 * 1024  # some 200,000 webhooks: hours of a busy exchange
PIECE = 1024 * 1024  # read at once
CLOSED = -1
SET_ASIDE = "set-aside.jsonl"  # what could be read or stored by nobody


class SpoolFull(OSError):
    """The file has reached its size; what waits in it must be drained first."""


class Piece(NamedTuple):
    """What was read, and where to read on."""

    arrivals: Sequence[Arrival]
    end: int


class SpoolFile:
    """Its methods wait for the disk: call them from a thread, or where nobody waits."""

    def __init__(self, path: Path, descriptor: int, *, most_bytes: int = MOST_BYTES) -> None:
        self.path = path
        self._descriptor = descriptor
        self._most = most_bytes
        self._turn = threading.Lock()
        self._size = os.fstat(descriptor).st_size
        self._broken = False

    @property
    def size(self) -> int:
        """Bytes that are kept for good."""
        return self._size

    def append(self, arrivals: Iterable[Arrival]) -> None:
        """Kept for good on return; raises OSError with nothing kept."""
        words = write_lines(arrivals)
        with self._turn:
            if self._size + len(words) > self._most:
                raise SpoolFull(f"{self.path} has reached {self._most} bytes")
            if self._broken:
                raise OSError(f"{self.path} could not be written to, nor put right")
            self._broken = True  # unless all of this goes well
            try:
                _write(self._descriptor, words)
                os.fsync(self._descriptor)
            except OSError:
                os.ftruncate(self._descriptor, self._size)
                self._broken = False
                raise
            self._broken = False
            self._size += len(words)

    def read(self, start: int) -> Piece:
        """The next whole lines from there on; none where all have been read."""
        with self._turn:
            words = os.pread(self._descriptor, PIECE, start)
        whole = words[: words.rfind(b"\n") + 1]
        if not whole:
            return Piece((), start)
        read = [(line, read_line(line)) for line in lines_of(whole)]
        damaged = [line for line, arrival in read if arrival is None]
        if damaged:
            set_aside(self.path.parent, damaged, reason="damaged")
        return Piece([arrival for _, arrival in read if arrival is not None], start + len(whole))

    def clear(self, read_until: int) -> bool:
        """Whether nothing had come after that place, so that the file is empty now."""
        with self._turn:
            if read_until < self._size:
                return False
            os.ftruncate(self._descriptor, 0)
            self._size = 0
            return True

    def close(self) -> None:
        """Let it go; a file with nothing in it goes altogether."""
        if self._size == 0:
            self.path.unlink(missing_ok=True)
        self._let_go()

    def discard(self) -> None:
        """All of it is stored; what a crash has torn off at its end was promised to nobody."""
        self.path.unlink(missing_ok=True)
        self._let_go()

    def _let_go(self) -> None:
        with self._turn:  # a thread may still be at it
            if self._descriptor != CLOSED:
                os.close(self._descriptor)
            self._descriptor = CLOSED


def new_file(folder: Path, *, most_bytes: int = MOST_BYTES) -> SpoolFile:
    """A file of our own, locked. Raises OSError."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder / f"{os.getpid()}-{secrets.token_hex(4)}{ENDING}"
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_APPEND | os.O_CLOEXEC, 0o600)
    fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    _sync_folder(folder)
    return SpoolFile(path, descriptor, most_bytes=most_bytes)


def all_files(folder: Path) -> list[Path]:
    """Of every process, living or gone, the oldest first."""
    return sorted(folder.glob(f"*{ENDING}"), key=_changed_at)


def take_over(path: Path) -> SpoolFile | None:
    """The file of a process that is gone, now ours; None while it lives or where another was faster."""
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CLOEXEC)
    except OSError:
        return None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if path.stat().st_ino == os.fstat(descriptor).st_ino:
            return SpoolFile(path, descriptor)
    except OSError:
        pass
    os.close(descriptor)
    return None


def bytes_waiting(folder: Path) -> int:
    """Of all files together, whoever has them."""
    return sum(map(_size_of, all_files(folder)))


def bytes_set_aside(folder: Path) -> int:
    return _size_of(folder / SET_ASIDE)


def set_aside(folder: Path, lines: Sequence[bytes], *, reason: str) -> None:
    """Keep apart what cannot be stored, for a person to look at."""
    log.error("spooled webhooks were set aside", count=len(lines), reason=reason, folder=str(folder))
    descriptor = os.open(folder / SET_ASIDE, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        _write(descriptor, b"".join(line.rstrip(b"\n") + b"\n" for line in lines))
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _write(descriptor: int, words: bytes) -> None:
    left = memoryview(words)
    while left:
        left = left[os.write(descriptor, left) :]


def _sync_folder(folder: Path) -> None:
    """So that a new file's name outlives a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _changed_at(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except OSError:
        return 0.0


def _size_of(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0
