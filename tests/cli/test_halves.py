"""The two halves of Dzvin over one PostgreSQL, each a process."""

import httpx
import pytest

from tests.cli.shell import Running, Shell
from tests.databases import Postgres

pytestmark = pytest.mark.anyio


async def test_pages_and_engine_run_apart_and_commands_work_beside_them(
    shell: Shell, started: list[Running], postgres: Postgres
) -> None:
    shell.settings = {
        "DZVIN_DATABASE_URL": await postgres.fresh(),
        "DZVIN_SECRET_KEY": "the-secret-key-of-the-tests-is-long-enough",
    }
    upgraded = shell.run("db", "upgrade")
    assert (upgraded.code, upgraded.out) == (0, "the database is up to date\n")
    web, engine = shell.start("web"), shell.start("engine")
    started += [web, engine]
    url = web.wait_for(r"Dzvin listens on (http://\S+)")[1]
    engine.wait_for("engine is at work")
    key = shell.run("key", "create", "look").out.strip()
    answer = httpx.get(f"{url}/api/v1/campaigns", headers={"Authorization": f"Bearer {key}"})
    assert answer.json() == {"items": [], "next_cursor": None}
    assert web.end() == 0
    assert engine.end() == 0


def test_a_postgresql_that_is_not_there_is_told_in_a_sentence(shell: Shell) -> None:
    shell.settings = {
        "DZVIN_DATABASE_URL": "postgresql://dzvin:secret@127.0.0.1:1/dzvin",
        "DZVIN_SECRET_KEY": "the-secret-key-of-the-tests-is-long-enough",
    }
    said = shell.run("campaigns", "list")
    assert said.code == 1
    assert "Traceback" not in said.err
    assert "secret" not in said.err
    assert "PostgreSQL database cannot be used" in said.err
