"""The processes under fire: a simulated LiraX, and Dzvin as one server or as engines and a web half."""

import shutil
import signal
import socket
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx

from tests.cli.shell import Running, Shell
from tests.killing.cluster import Cluster
from tests.killing.platter import NoPlatter, Platter
from tests.killing.proxy import Proxy
from tests.killing.waiting import PATIENCE, wait_until

TOKENS = {"DZVIN_LIRAX_TOKEN": "token-of-the-proof", "DZVIN_WEBHOOK_TOKEN": "webhook-token-of-the-proof"}
SETTINGS = {
    **TOKENS,
    "DZVIN_SECRET_KEY": "the-secret-key-of-the-proof-is-long-enough",
    "DZVIN_LINES": "16",
    "DZVIN_LIRAX_TIMEOUT": "3s",
    "DZVIN_AMBIGUITY_WAIT": "5s",
    "DZVIN_MAX_CALL": "6s",
    "DZVIN_UNKNOWN_AFTER": "20s",
    "DZVIN_MIN_GAP": "1s",
    "DZVIN_SMS_INTERVAL": "1s",
    "DZVIN_HISTORY_LOGIN": "api@example.com",
    "DZVIN_HISTORY_PASSWORD": "history-of-the-proof",
}
SPEED = "40"  # a minute of ringing and talking takes a second and a half


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


class Site:
    """One campaign house; `halves` are the processes it is made of, each of which may be killed.

    `forked` spares each of them its imports.
    """

    def __init__(self, folder: Path, *, cluster: Cluster | None, own_disk: bool, forked: bool) -> None:
        self.folder = folder / "house"
        self.folder.mkdir()
        self.disk: Platter | None = None
        self.no_disk: str | None = None  # why there is none, where one was wanted
        if own_disk:
            self._lie_on_a_platter()
        self.cluster = cluster
        self._lirax_port, self.port = free_port(), free_port()
        self.to_lirax = Proxy(self._lirax_port)
        self.from_lirax = Proxy(self.port)
        self.to_database = None if cluster is None else Proxy(cluster.port)
        self.url = f"http://127.0.0.1:{self.port}"
        lirax = f"http://127.0.0.1:{self.to_lirax.port}"
        settings = {
            **SETTINGS,
            "DZVIN_PORT": str(self.port),
            "DZVIN_LIRAX_URL": f"{lirax}/general",
            "DZVIN_HISTORY_URL": lirax,
        }
        if cluster is not None and self.to_database is not None:
            settings["DZVIN_DATABASE_URL"] = cluster.url(port=self.to_database.port)
        self.shell = Shell(self.folder, settings, forked=forked)
        outside = Shell(folder, settings, forked=forked)  # its files are not on the small disk
        self._simulator = outside.start(
            *("simulator", "--port", str(self._lirax_port), "--speed", SPEED),
            *("--webhook", f"http://127.0.0.1:{self.from_lirax.port}/lirax"),
        )
        wait_until(lambda: self.truth("waits") is not None, what="the simulator answers")
        self.pull("history", login=SETTINGS["DZVIN_HISTORY_LOGIN"], password="history-of-the-proof")
        self.halves: list[tuple[str, ...]] = [("serve",)]
        if cluster is not None:
            self.halves = [("web",), ("engine",), ("engine",)]
            upgraded = self.shell.run("db", "upgrade")
            assert upgraded.code == 0, upgraded.err
        self.running: list[Running] = [self.shell.start(*half) for half in self.halves]
        wait_until(self.answers, what="Dzvin answers")
        made = self.shell.run("key", "create", "proof", "--scope", "admin")
        assert made.code == 0, made.err
        self.key = made.out.strip()

    def _lie_on_a_platter(self) -> None:
        try:
            self.disk = Platter(self.folder)
        except NoPlatter as why:
            self.no_disk = f"no disk of its own: full disks and power cuts are not played ({why})"

    def answers(self) -> bool:
        return httpx.get(f"{self.url}/readyz", timeout=5).status_code == 200

    def begin_again(self, index: int) -> None:
        """Start in its place what has been killed."""
        self.running[index] = self.shell.start(*self.halves[index])

    def truth(self, *parts: str) -> dict[str, Any]:
        """What the simulator knows; asked at its own port, past the proxy."""
        answer = httpx.get(
            f"http://127.0.0.1:{self._lirax_port}/_truth",
            params=[("part", part) for part in parts],
            timeout=PATIENCE,
        )
        told: dict[str, Any] = answer.json()
        return told

    def pull(self, lever: str, **values: Any) -> None:
        answer = httpx.post(
            f"http://127.0.0.1:{self._lirax_port}/_control/{lever}", json=values, timeout=PATIENCE
        )
        assert answer.status_code == 200, answer.text

    def client(self) -> httpx.Client:
        headers = {"Authorization": f"Bearer {self.key}"}
        return httpx.Client(base_url=f"{self.url}/api/v1", headers=headers, timeout=20)

    def proxies(self) -> Sequence[Proxy]:
        return [each for each in (self.to_lirax, self.from_lirax, self.to_database) if each is not None]

    def end_in_good_order(self) -> None:
        """SIGTERM to every half; each must end with 0."""
        codes = [process.end() for process in self.running]
        assert codes == [0] * len(codes), [process.all_said[-2000:] for process in self.running]

    def leave(self) -> None:
        for process in (*self.running, self._simulator):
            process.kill()
        for proxy in self.proxies():
            proxy.close()
        if self.cluster is not None:
            self.cluster.stop()
        if self.disk is not None:
            for file in self.folder.glob("dzvin.db*"):  # the small disk goes, what was on it may be wanted
                if file.is_file():
                    shutil.copy(file, self.folder.parent)
            self.disk.leave()

    def cut_power(self) -> None:
        """Whatever runs on the small disk dies, and what was not synced with it; then all begins again."""
        assert self.disk is not None
        for process in self.running:
            with suppress(ProcessLookupError):
                process.process.send_signal(signal.SIGSTOP)
        with self.disk.without_power():
            for process in self.running:
                process.kill()
        for index in range(len(self.running)):
            self.begin_again(index)
