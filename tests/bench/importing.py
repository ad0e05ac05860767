"""How fast a list goes in: `python -m tests.bench.importing --rows 100000`.

Each import runs in a fresh process on a new SQLite file, end to end: a CSV of six columns is read, its
numbers normalised, checked, deduplicated and made durable. Memory is the highest of the importing process
and of the reading process beside it, added.
"""

import argparse
import asyncio
import random
import resource
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

import orjson

from campaigns.definition import read_definition
from engine.assembly import Role, build_house, close_house
from engine.commands.campaigns import create_campaign
from engine.commands.importing import import_list
from engine.settings import Settings

DEFINITION = """
name: Bench
from: "101"
call:
  play: https://files.example.com/reminder.mp3
  variables: {money: "{{ amount }}", date: "{{ due_date }}"}
"""
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
        began = time.perf_counter()
        result = await import_list(house, campaign_id, source=source, name=source.name)
        seconds = time.perf_counter() - began
    finally:
        await close_house(house)
    both = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    megabytes = sum(resource.getrusage(who).ru_maxrss for who in both) / 1024
    return {"accepted": result.accepted, "seconds": seconds, "megabytes": megabytes}


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


def report(rows: int, *, encoding: str = "utf-8") -> str:
    figures = measure(rows, encoding=encoding)
    pace = rows / figures["seconds"]
    return f"import of {rows:,} rows ({encoding}): {pace:,.0f} rows/s, {figures['megabytes']:.0f} MB at most"


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
