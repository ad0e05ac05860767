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
from dataclasses import replace
from pathlib import Path

import uvicorn

from engine.assembly import build_house, close_house
from engine.runner import Engine
from tests.bench.filling import settings_for
from web.app import create_app


def processor_seconds(pid: int) -> float:
    """What a process has used of processors so far."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / 100  # user and system time, in hundredths


async def serve(database: str, *, lirax_url: str, port: int, lines: int, half: str) -> None:
    settings = settings_for(Path(database), lirax_url=lirax_url, port=port, lines=lines)
    if "://" in database:
        settings = replace(settings, database_url=database)
    house = await build_house(settings)
    engine = Engine(house)
    app = create_app(house, engine=engine)
    server = uvicorn.Server(uvicorn.Config(app, port=port, log_level="warning", access_log=False))
    serving = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.01)
    if half == "both":
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
    parser.add_argument("database", help="a SQLite file, or the address of a database")
    parser.add_argument("lirax_url")
    parser.add_argument("port", type=int)
    parser.add_argument("--lines", type=int, default=10)
    parser.add_argument("--half", choices=("both", "web"), default="both")
    asyncio.run(serve(**vars(parser.parse_args())))


if __name__ == "__main__":
    main()
