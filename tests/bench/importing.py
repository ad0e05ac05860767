"""How fast a list goes in: `python -m tests.bench.importing --rows 100000`.

Each import runs in a fresh process on a new SQLite file, end to end: a CSV of six columns is read, its
numbers normalised, checked, deduplicated and made durable. Memory is the highest of the importing process
and of the reading process beside it, added. Processor time is told too: it says more on a busy machine.
"""

import argparse
import asyncio
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import orjson

from campaigns.definition import read_definition
from engine.assembly import Role, build_house, close_house
from engine.commands.campaigns import create_campaign
from engine.commands.importing import import_list
from engine.settings import Settings
from tests.bench.table import Figure

DEFINITION = """
name: Bench
from: "101"
call:
  play: https://files.example.com/reminder.mp3
  variables: {money: "{{ amount }}", date: "{{ due_date }}"}
"""
HOW = (
    "a CSV of six columns into a new SQLite file, in a fresh process: read, numbers normalised, checked, "
    "deduplicated, durable; memory of the importing and the reading process together"
)
OPERATORS = ("67", "68", "96", "97", "98", "50", "66", "95", "99", "63", "73", "93")
SPELLINGS = ("0{}{}", "+380{}{}", "380{}{}", "+38 (0{}) {}", "80 {} {}")


def write_list(path: Path, rows: int, *, encoding: str = "utf-8") -> None:
    """A list in no order, every number once, spelled in five ways."""
    chance = random.Random(7)
    numbers = list(range(rows))
    chance.shuffle(numbers)
    with path.open("w", encoding=encoding, newline="") as file:
        file.write("external_id;phone;name;amount;due_date;city\n")
        for place, number in enumerate(numbers):
            operator, tail = OPERATORS[number % len(OPERATORS)], f"{number // len(OPERATORS):07}"
            phone = SPELLINGS[place % len(SPELLINGS)].format(operator, tail)
            file.write(f"INV-{place};{phone};Олена Коваль {place};{place % 9000},50;01.12.2026;Київ\n")


async def import_once(folder: Path, source: Path) -> dict[str, float]:
    """One import into a new database: its figures."""
    settings = Settings(database_url=f"sqlite:///{folder / 'bench.db'}")
    house = await build_house(settings, role=Role.TOOL)
    try:
        definition = read_definition(
            DEFINITION,
            file=None,
            form="yaml",
            beside=None,
            account_timezone="Europe/Kyiv",
            today=datetime.now(UTC).date(),
        )
        campaign_id = await create_campaign(house, definition)
        watch = MemoryWatch()
        began, worked = time.perf_counter(), _processor_seconds()
        result = await import_list(
            house, campaign_id, source=source, name=source.name, progress=lambda _: watch.look()
        )
        seconds, worked = time.perf_counter() - began, _processor_seconds() - worked
    finally:
        await close_house(house)
    return {
        "accepted": result.accepted,
        "seconds": seconds,
        "processor_seconds": worked,
        "megabytes": watch.most("self") + sum(watch.children.values()),
    }


class MemoryWatch:
    """The highest memory of this process and of its children, as the kernel keeps it."""

    def __init__(self) -> None:
        self.children: dict[str, float] = {}

    def look(self) -> None:
        for listed in Path("/proc/self/task").glob("*/children"):
            for child in listed.read_text().split():
                self.children[child] = max(self.children.get(child, 0.0), self.most(child))

    def most(self, process: str) -> float:
        """Megabytes; 0 once the process has ended."""
        try:
            lines = Path("/proc", process, "status").read_text().splitlines()
        except OSError:
            return 0.0
        return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM")), 0.0)


def _processor_seconds() -> float:
    both = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(used.ru_utime + used.ru_stime for used in both)


def measure(rows: int, *, encoding: str = "utf-8") -> dict[str, float]:
    """The figures of one import in a fresh process; raises if a row was lost."""
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "list.csv"
        write_list(source, rows, encoding=encoding)
        command = [sys.executable, "-m", "tests.bench.importing", "--once", folder]
        told = subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout
    figures: dict[str, float] = orjson.loads(told)
    if figures["accepted"] != rows:
        raise AssertionError(f"{rows} rows went in, {figures['accepted']:.0f} came out")
    return figures


def figures() -> Iterator[Figure]:
    """Those of the table."""
    for rows in (100_000, 1_000_000):
        found = measure(rows)
        value = f"{rows / found['seconds']:,.0f} rows/s, {found['megabytes']:.0f} MB at most"
        yield Figure(f"import of {rows:,} rows", value, HOW, ">= 25,000 rows/s, < 250 MB")


def report(rows: int, *, encoding: str = "utf-8") -> str:
    figures = measure(rows, encoding=encoding)
    pace, work = rows / figures["seconds"], figures["processor_seconds"] / rows * 1e6
    memory = figures["megabytes"]
    return (
        f"import of {rows:,} rows ({encoding}): {pace:,.0f} rows/s, "
        f"{work:.0f} µs of processor a row, {memory:.0f} MB at most"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, action="append")
    parser.add_argument("--encoding", default="utf-8")
    parser.add_argument("--once", type=Path, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.once is not None:
        sys.stdout.buffer.write(orjson.dumps(asyncio.run(import_once(asked.once, asked.once / "list.csv"))))
        return
    for rows in asked.rows or [100_000, 1_000_000]:
        print(report(rows, encoding=asked.encoding))


if __name__ == "__main__":
    main()
