"""A database file that cannot be used is told in a sentence that names it, and soon."""

import sqlite3
import time
from pathlib import Path

import pytest

from engine.database.opening import open_database
from engine.errors import DatabaseTrouble


@pytest.mark.anyio
async def test_a_file_that_is_no_database_is_named(tmp_path: Path) -> None:
    file = tmp_path / "holiday.jpg"
    file.write_bytes(bytes(range(256)) * 16)
    with pytest.raises(DatabaseTrouble) as told:
        await open_database(f"sqlite:///{file}", upgrade=True)
    assert str(told.value) == f"{file}: file is not a database; is it really the database of dzvin?"


@pytest.mark.anyio
async def test_a_file_that_another_program_writes_to_is_waited_for_only_shortly(tmp_path: Path) -> None:
    file = tmp_path / "dzvin.db"
    other = sqlite3.connect(file, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    began = time.monotonic()
    try:
        with pytest.raises(DatabaseTrouble) as told:
            await open_database(f"sqlite:///{file}", upgrade=True)
    finally:
        other.close()
    assert str(told.value) == f"{file} is locked by another program; close it and try again"
    assert time.monotonic() - began < 20
