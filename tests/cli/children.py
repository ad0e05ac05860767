"""Starts `dzvin` as a process: forked from one that has imported it, or in an interpreter of its own."""

import atexit
import json
import os
import select
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import IO, Protocol

from tests.cli.forking import NUMBER

ROOT = Path(__file__).parents[2]
OURS = "DZVIN_"  # variables of the environment
Streams = tuple[IO[bytes], IO[bytes], IO[bytes]]
"""Standard input, output and error."""


class Process(Protocol):
    """What of `subprocess.Popen` a started command has."""

    @property
    def pid(self) -> int: ...

    def poll(self) -> int | None: ...

    def wait(self, timeout: float | None = None) -> int: ...

    def send_signal(self, sig: int) -> None: ...

    def kill(self) -> None: ...


class Forked:
    """A child of the process that forks; its code is negative where a signal ended it."""

    def __init__(self, told: socket.socket) -> None:
        self._told = told
        self.pid = self._hear()
        self._code: int | None = None

    def poll(self) -> int | None:
        with suppress(subprocess.TimeoutExpired):
            self.wait(timeout=0)
        return self._code

    def wait(self, timeout: float | None = None) -> int:
        if self._code is None:
            if not select.select([self._told], [], [], timeout)[0]:
                raise subprocess.TimeoutExpired(f"process {self.pid}", timeout or 0)
            with self._told:
                self._code = self._hear()
        return self._code

    def send_signal(self, sig: int) -> None:
        if self.poll() is None:
            with suppress(ProcessLookupError):
                os.kill(self.pid, sig)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)

    def _hear(self) -> int:
        number: int = NUMBER.unpack(self._told.recv(NUMBER.size, socket.MSG_WAITALL))[0]
        return number


def start(
    words: Sequence[str],
    *,
    folder: Path,
    environment: Mapping[str, str],
    streams: Streams,
    forked: bool,
) -> Process:
    """An interpreter looks at LANG and the like as it starts: a forked command has those of the tests."""
    if forked:
        return _fork(words, folder=folder, environment=environment, streams=streams)
    stdin, stdout, stderr = streams
    return subprocess.Popen(
        [sys.executable, "-m", "web.cli.main", *words],
        cwd=folder,
        env=dict(environment),
        stdin=stdin,
        stdout=stdout,
        stderr=stderr,
    )


def _fork(
    words: Sequence[str],
    *,
    folder: Path,
    environment: Mapping[str, str],
    streams: Streams,
) -> Forked:
    order = {"words": list(words), "folder": str(folder), "environment": dict(environment)}
    ours, theirs = socket.socketpair()
    with theirs:
        socket.send_fds(_orders(), [b"."], [*(stream.fileno() for stream in streams), theirs.fileno()])
    ours.sendall(f"{json.dumps(order)}\n".encode())
    return Forked(ours)


@cache
def _orders() -> socket.socket:
    """Where a process takes orders that has imported Dzvin; it is started once, and ends with us."""
    ours, theirs = socket.socketpair()
    kept = {name: text for name, text in os.environ.items() if not name.startswith(OURS)}
    with theirs:
        forking = subprocess.Popen(
            [sys.executable, "-m", "tests.cli.forking", str(theirs.fileno())],
            cwd=ROOT,
            env=kept,
            stdin=subprocess.DEVNULL,
            pass_fds=[theirs.fileno()],
        )

    def end() -> None:
        ours.close()
        forking.wait()

    atexit.register(end)
    return ours
