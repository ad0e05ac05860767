"""Runs `dzvin` as a person would: a process of its own, in a folder of its own."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from queue import Empty, Queue
from threading import Thread

ROOT = Path(__file__).parents[2]
DZVIN = [sys.executable, "-m", "web.cli.main"]
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
    """`settings` are DZVIN_ variables; nothing of the surrounding environment leaks in."""

    folder: Path
    settings: dict[str, str] = field(default_factory=dict)

    def run(self, *words: str, stdin: str = "", **settings: str) -> Ended:
        done = subprocess.run(
            [*DZVIN, *words],
            cwd=self.folder,
            env=self._environment(settings),
            input=stdin,
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=PATIENCE,
            check=False,
        )
        return Ended(done.returncode, done.stdout, done.stderr)

    def start(self, *words: str, **settings: str) -> "Running":
        return Running(list(words), folder=self.folder, environment=self._environment(settings))

    def _environment(self, settings: Mapping[str, str]) -> dict[str, str]:
        kept = {name: text for name, text in os.environ.items() if not name.startswith("DZVIN_")}
        return {**kept, "PYTHONPATH": str(ROOT), "DZVIN_PORT": "0", **self.settings, **settings}


class Running:
    """A process that stays; its lines are read as they come."""

    def __init__(self, words: list[str], *, folder: Path, environment: Mapping[str, str]) -> None:
        self.process = subprocess.Popen(
            [*DZVIN, *words],
            cwd=folder,
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
        )
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
        assert self.process.stdout is not None
        with self.process.stdout as stream:
            for line in stream:
                self._lines.put(line.rstrip("\n"))
        self._lines.put(None)
