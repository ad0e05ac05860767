"""A disk in memory whose power may be cut: what nobody had synced by then is gone.

It is an ext4 file system on a loop device. What programs write stays in the kernel's memory until it is
synced or written back, so a copy of the file behind the device is what a machine finds that lost its power
just then. Only root may mount one.
"""

import filecmp
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from tests.killing.waiting import wait_until

SIZE = 256 * 2**20  # bytes; SQLite's write-ahead log alone may take 64 MiB
MEMORY = Path("/dev/shm")


class Platter:
    """Mounted at `folder` from the beginning. Raises NoPlatter where that cannot be."""

    def __init__(self, folder: Path, *, size: int = SIZE) -> None:
        self.folder = folder
        number, name = tempfile.mkstemp(prefix="dzvin-platter-", dir=MEMORY if MEMORY.is_dir() else None)
        self._image = Path(name)
        os.truncate(number, size)
        os.close(number)
        try:
            _run("mkfs.ext4", "-q", "-m", "0", "-E", "lazy_itable_init=0,lazy_journal_init=0", name)
            self._mount()
        except NoPlatter:
            self._image.unlink()
            raise

    @contextmanager
    def without_power(self) -> Iterator[None]:
        """The power is off from here on: end within it whatever has files open, nothing it writes is kept.

        What writes to the disk must stand still before, so that the copy is of one moment.
        """
        copy = self._image.with_suffix(".copy")
        shutil.copyfile(self._image, copy)
        while not filecmp.cmp(self._image, copy, shallow=False):  # the kernel was writing back
            shutil.copyfile(self._image, copy)
        yield
        self._unmount()
        copy.replace(self._image)
        self._mount()

    def leave(self) -> None:
        self._unmount()
        self._image.unlink()

    def _mount(self) -> None:
        _run("mount", "-o", "loop,nodev,nosuid", str(self._image), str(self.folder))

    def _unmount(self) -> None:
        """What was killed lets go of its files a moment later."""

        def unmounted() -> bool:
            with suppress(NoPlatter):
                _run("umount", str(self.folder))
                return True
            return False

        wait_until(unmounted, what=f"{self.folder} can be unmounted")


class NoPlatter(Exception):
    """No such disk can be had here; the text is what the system says."""


def _run(*words: str) -> None:
    try:
        subprocess.run(words, check=True, capture_output=True, text=True)
    except FileNotFoundError as error:
        raise NoPlatter(f"there is no {words[0]}") from error
    except subprocess.CalledProcessError as error:
        raise NoPlatter(error.stderr.strip()) from error
