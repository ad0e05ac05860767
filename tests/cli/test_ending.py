"""`dzvin serve` is told to end while LiraX, which says nothing, has a request of ours."""

import signal
import socket
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from queue import Queue
from threading import Thread
from urllib.parse import parse_qs

import httpx

from tests.cli.shell import PATIENCE, Running, Shell

LIMIT = 30  # seconds: contract, section 3
CAMPAIGN = {
    "name": "Reminder",
    "from": "101",
    "call": {"play": "https://files.example.com/hello.mp3"},
    "window": {"hours": "00:00-24:00"},
    "recipients": [{"phone": "0671234567"}],
}


class Silence:
    """A LiraX that takes every request and answers none."""

    def __init__(self, listener: socket.socket) -> None:
        self.port: int = listener.getsockname()[1]
        self.calls: Queue[str] = Queue()  # the number that each is to ring
        self._listener = listener
        self._kept: list[socket.socket] = []  # open, for a closed one would be an answer
        Thread(target=self._listen, daemon=True).start()

    def end(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        for connection in self._kept:
            connection.close()

    def _listen(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self._kept.append(connection)
            Thread(target=self._read, args=(connection,), daemon=True).start()

    def _read(self, connection: socket.socket) -> None:
        read = b""
        while piece := connection.recv(65536):
            read += piece
            fields = parse_qs(read.partition(b"\r\n\r\n")[2].decode())
            if fields.get("cmd") == ["make2Calls"] and "token" in fields:
                self.calls.put(fields["to1"][0])
                return


@contextmanager
def silence() -> Iterator[Silence]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        lirax = Silence(listener)
        yield lirax
        lirax.end()


def attempt_states(folder: Path) -> list[str]:
    with closing(sqlite3.connect(folder / "dzvin.db")) as reading:
        return [state for (state,) in reading.execute("SELECT state FROM attempt")]


def test_told_to_end_while_lirax_says_nothing_it_ends_in_time_and_the_call_stays_unclear(
    shell: Shell, started: list[Running]
) -> None:
    with silence() as lirax:
        shell.settings |= {
            "DZVIN_LIRAX_URL": f"http://127.0.0.1:{lirax.port}/general",
            "DZVIN_LIRAX_TOKEN": "t" * 16,
            "DZVIN_WEBHOOK_TOKEN": "w" * 16,
            "DZVIN_LIRAX_TIMEOUT": "3s",
        }
        started.append(shell.start("serve"))
        url = started[-1].wait_for(r"Dzvin listens on (http://\S+)")[1]
        key = shell.run("key", "create", "everything", "--scope", "admin").out.strip()
        answer = httpx.post(
            f"{url}/api/v1/campaigns", json=CAMPAIGN, headers={"Authorization": f"Bearer {key}"}, timeout=30
        )
        assert answer.status_code == 201, answer.text
        assert shell.run("campaigns", "start", "Reminder").code == 0
        assert lirax.calls.get(timeout=PATIENCE) == "380671234567"
        assert attempt_states(shell.folder) == ["placing"]
        began = time.monotonic()
        assert started[-1].end(signal.SIGTERM) == 0
        assert time.monotonic() - began < LIMIT
        started.append(shell.start("serve"))
        started[-1].wait_for(r"Dzvin listens on (http://\S+)")
        assert attempt_states(shell.folder) == ["ambiguous"]
        assert started[-1].end(signal.SIGTERM) == 0
        assert attempt_states(shell.folder) == ["ambiguous"]
        assert lirax.calls.empty()
