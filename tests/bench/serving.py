"""Dzvin as `dzvin serve` runs it, for one measurement: `python -m tests.bench.serving DATABASE URL PORT`.

Settings come from the arguments alone, so that no `.env` bends a figure.
"""

import argparse
import asyncio
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import uvicorn

from engine.assembly import build_house, close_house
from engine.runner import Engine
from tests.bench.filling import settings_for
from web.app import create_app


async def serve(database: Path, *, lirax_url: str, port: int, lines: int) -> None:
    house = await build_house(settings_for(database, lirax_url=lirax_url, port=port, lines=lines))
    engine = Engine(house)
    app = create_app(house, engine=engine)
    server = uvicorn.Server(uvicorn.Config(app, port=port, log_level="warning", access_log=False))
    serving = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.01)
    await engine.start()
    print("ready", flush=True)
    await serving
    await engine.stop()
    await close_house(house)


@contextmanager
def running(module: str, *arguments: str) -> Iterator[tuple[str, int]]:
    """A module of the benchmarks as a process of its own: the first line it prints, and its id."""
    command = [sys.executable, "-m", f"tests.bench.{module}", *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield process.stdout.readline().strip(), process.pid
        finally:
            process.send_signal(signal.SIGTERM)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("database", type=Path)
    parser.add_argument("lirax_url")
    parser.add_argument("port", type=int)
    parser.add_argument("--lines", type=int, default=10)
    asked = parser.parse_args()
    asyncio.run(serve(asked.database, lirax_url=asked.lirax_url, port=asked.port, lines=asked.lines))


if __name__ == "__main__":
    main()
