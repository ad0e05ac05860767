"""A simulated LiraX and a Dzvin beside it, each a process of its own, that know each other."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from engine.lirax.simulator.history import SAMPLE_LOGIN, SAMPLE_PASSWORD
from engine.settings import Settings, read_settings
from tests.cli.shell import Running, Shell

TOKEN, WEBHOOK_TOKEN = "the-key-of-commands", "the-key-of-webhooks"


@dataclass
class Couple:
    shell: Shell
    simulator: str  # its address
    server: Running

    def settings(self, **more: str) -> Settings:
        """As a command in the folder would read them: for what need not be a process of its own."""
        there = {"DZVIN_DATABASE_URL": f"sqlite:///{self.shell.folder / 'dzvin.db'}"}
        return read_settings({**there, **self.shell.settings, **more}, directory=self.shell.folder)

    def control(self, lever: str, **values: Any) -> None:
        answer = httpx.post(f"{self.simulator}/_control/{lever}", json=values)
        assert answer.status_code == 200, answer.text

    def truth(self, part: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = httpx.get(f"{self.simulator}/_truth", params={"part": part}).json()[
            part
        ]
        return found


def two_ports() -> tuple[int, int]:
    with socket.socket() as one, socket.socket() as other:
        one.bind(("127.0.0.1", 0))
        other.bind(("127.0.0.1", 0))
        return one.getsockname()[1], other.getsockname()[1]


@contextmanager
def a_couple(folder: Path, *, ports: tuple[int, int], speed: int = 1, **settings: str) -> Iterator[Couple]:
    ours, theirs = (f"http://127.0.0.1:{port}" for port in ports)
    shell = Shell(
        folder,
        {
            "DZVIN_PORT": str(ports[0]),
            "DZVIN_LIRAX_URL": f"{theirs}/general",
            "DZVIN_LIRAX_TOKEN": TOKEN,
            "DZVIN_WEBHOOK_TOKEN": WEBHOOK_TOKEN,
            "DZVIN_HISTORY_URL": theirs,
            "DZVIN_HISTORY_LOGIN": SAMPLE_LOGIN,
            "DZVIN_HISTORY_PASSWORD": SAMPLE_PASSWORD,
            **settings,
        },
    )
    words = ("simulator", "--port", str(ports[1]), "--webhook", f"{ours}/lirax", "--speed", str(speed))
    simulator = shell.start(*words)
    server = shell.start("serve")
    try:
        simulator.wait_for("listens on")
        server.wait_for("Dzvin listens on")
        yield Couple(shell, theirs, server)
    finally:
        server.kill()
        simulator.kill()
