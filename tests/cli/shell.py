"""Runs `dzvin` as a person would: a process of its own, in a folder of its own."""

import os
import re
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from io import TextIOWrapper
from pathlib import Path
from queue import Empty, Queue
from tempfile import TemporaryFile
from threading import Thread
from typing import IO

from tests.cli.children import OURS, ROOT, Process, Streams, start

PATIENCE = 90.0  # seconds; a busy machine may take them


@dataclass(frozen=True)
class Ended:
    code: int
    out: str
    err: str

    @property
    def lines(self) -> list[str]:
        return self.out.splitlines()


@dataclass
class Shell:
    """`settings` are DZVIN_ variables; nothing of the surrounding environment leaks in.

    A command is forked from a process that has imported Dzvin already; not `forked`, it is what a person
    starts: a new interpreter.
    """

    folder: Path
    settings: dict[str, str] = field(default_factory=dict)
    forked: bool = True

    def run(self, *words: str, stdin: str = "", **settings: str) -> Ended:
        with TemporaryFile() as entered, TemporaryFile() as out, TemporaryFile() as err:
            entered.write(stdin.encode())
            entered.seek(0)
            process = self._begin(words, settings, (entered, out, err))
            try:
                code = process.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                process.kill()
                raise
            return Ended(code, _text_of(out), _text_of(err))

    def start(self, *words: str, **settings: str) -> "Running":
        reading, writing = os.pipe()
        with Path(os.devnull).open("rb") as nothing, os.fdopen(writing, "wb") as out:
            return Running(self._begin(words, settings, (nothing, out, out)), says=os.fdopen(reading, "rb"))

    def _begin(self, words: Sequence[str], settings: Mapping[str, str], streams: Streams) -> Process:
        environment = self._environment(settings)
        return start(words, folder=self.folder, environment=environment, streams=streams, forked=self.forked)

    def _environment(self, settings: Mapping[str, str]) -> dict[str, str]:
        kept = {name: text for name, text in os.environ.items() if not name.startswith(OURS)}
        return {**kept, "PYTHONPATH": str(ROOT), "DZVIN_PORT": "0", **self.settings, **settings}


def _text_of(written: IO[bytes]) -> str:
    written.seek(0)
    return written.read().decode().replace("\r\n", "\n")


class Running:
    """A process that stays; its lines are read as they come."""

    def __init__(self, process: Process, *, says: IO[bytes]) -> None:
        self.process = process
        self._says = TextIOWrapper(says, encoding="utf-8")
        self.said: list[str] = []
        self._lines: Queue[str | None] = Queue()
        Thread(target=self._read, daemon=True).start()

    def wait_for(self, pattern: str) -> re.Match[str]:
        """The first match in what it has said or says next; fails when it ends or stays silent."""
        searched = 0
        given_up = time.monotonic() + PATIENCE
        while True:
            for line in self.said[searched:]:
                searched += 1
                if match := re.search(pattern, line):
                    return match
            try:
                line_or_end = self._lines.get(timeout=max(given_up - time.monotonic(), 0.01))
            except Empty:
                raise AssertionError(f"no line like {pattern!r} in: {self.all_said}") from None
            if line_or_end is None:
                raise AssertionError(f"ended without a line like {pattern!r}: {self.all_said}")
            self.said.append(line_or_end)

    def end(self, number: int = signal.SIGTERM) -> int:
        """Its exit code after this signal."""
        if self.process.poll() is None:
            self.process.send_signal(number)
        return self.wait()

    def wait(self) -> int:
        code = self.process.wait(timeout=PATIENCE)
        while (line := self._lines.get(timeout=PATIENCE)) is not None:
            self.said.append(line)
        self._lines.put(None)
        return code

    def kill(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait(timeout=PATIENCE)

    @property
    def all_said(self) -> str:
        return "\n".join(self.said)

    def _read(self) -> None:
        with self._says as stream:
            for line in stream:
                self._lines.put(line.rstrip("\n"))
        self._lines.put(None)
