"""A backup made beside a server that takes in a list, its restore, and many kill -9 without a quarantine."""

import os
import shutil
import signal
import sqlite3
import stat
from contextlib import closing
from pathlib import Path

import httpx
import pytest

from tests.cli.shell import Running, Shell

CAMPAIGN = {"name": "Нагадування", "from": "101", "call": {"connect": "5001"}}
MANY = 30_000


def serve(shell: Shell, started: list[Running]) -> str:
    started.append(shell.start("serve"))
    return started[-1].wait_for(r"Dzvin listens on (http://\S+)")[1]


def a_campaign(shell: Shell, url: str) -> None:
    key = shell.run("key", "create", "everything", "--scope", "admin").out.strip()
    headers = {"Authorization": f"Bearer {key}"}
    assert httpx.post(f"{url}/api/v1/campaigns", json=CAMPAIGN, headers=headers).status_code == 201


def test_a_backup_beside_a_server_that_imports_and_its_restore(shell: Shell, started: list[Running]) -> None:
    url = serve(shell, started)
    a_campaign(shell, url)
    people = "\n".join(f"38067{number:07d}" for number in range(MANY))
    (shell.folder / "people.csv").write_text(f"phone\n{people}\n")
    importing = shell.start("import", "Нагадування", "people.csv")
    made = shell.run("backup", "copy.db")
    assert importing.wait() == 0, importing.all_said
    assert made.code == 0, made.err
    assert "copied and examined in" in made.out
    assert "personal data" in made.err and "dzvin.db.key" in made.err
    copy = shell.folder / "copy.db"
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    with closing(sqlite3.connect(copy)) as reading:
        assert reading.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert reading.execute("PRAGMA foreign_key_check").fetchall() == []
    assert shell.run("backup", "copy.db").code == 1
    assert httpx.get(f"{url}/readyz").json()["quarantine"] is None
    assert shell.run("release").err.strip().endswith("is not in quarantine: there is nothing to release")
    shell.run("backup", "whole.db")
    assert started[-1].end() == 0

    _put_in_place(shell.folder / "whole.db", shell.folder / "dzvin.db")
    url = serve(shell, started)
    assert str(httpx.get(f"{url}/readyz").json()["quarantine"]).startswith("A backup was put in the place")
    assert shell.run("doctor").code == 1
    refused = shell.run("release")
    assert refused.code == 1
    assert "no call history" in refused.out and "--without-history" in refused.err
    released = shell.run("release", "--without-history")
    assert released.code == 0, released.err
    assert httpx.get(f"{url}/readyz").json()["quarantine"] is None
    assert started[-1].end() == 0


@pytest.mark.parametrize("cycles", [4])
def test_killed_again_and_again_it_never_takes_itself_for_a_copy(
    shell: Shell, started: list[Running], cycles: int
) -> None:
    url = serve(shell, started)
    a_campaign(shell, url)
    (shell.folder / "people.csv").write_text("phone\n380671234567\n")
    assert shell.run("import", "Нагадування", "people.csv").code == 0
    for _ in range(cycles):
        os.kill(started[-1].process.pid, signal.SIGKILL)
        started[-1].wait()
        url = serve(shell, started)
        assert httpx.get(f"{url}/readyz").json()["quarantine"] is None


def _put_in_place(copy: Path, database: Path) -> None:
    for left in ("-wal", "-shm"):
        database.with_name(database.name + left).unlink(missing_ok=True)
    shutil.copy(copy, database)
