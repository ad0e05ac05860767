"""PostgreSQL, as the operator's guide has it: dumped by `dzvin backup`, restored elsewhere, in quarantine."""

import asyncio
import os
import shutil
import subprocess
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from engine.commands.backing_up import back_up
from engine.commands.quarantine import release, standing
from tests.databases import Postgres, postgres_tools
from tests.scenarios.people import AWAY, LISTENS, OLENA, TARAS
from tests.world import a_world

pytestmark = pytest.mark.anyio


@pytest.fixture
def _tools(monkeypatch: pytest.MonkeyPatch) -> None:
    """Those that fit the server come first."""
    monkeypatch.setenv("PATH", os.pathsep.join([*postgres_tools(), os.environ["PATH"]]))
    if shutil.which("pg_dump") is None:
        pytest.skip("pg_dump is not installed")


def by_socket(url: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """The same database by the address of a socket's folder, as `.env.example` writes it."""
    parts = urlsplit(url)
    folder = parse_qs(parts.query).get("host")
    if folder is None:
        return url
    monkeypatch.setenv("PGHOST", folder[0])
    monkeypatch.setenv("PGUSER", parts.username or "postgres")
    return f"postgresql:///{parts.path.removeprefix('/')}?host={folder[0]}"


def restored(dump: Path, url: str, name: str) -> str:
    """The words of the guide, in a shell that knows the server."""
    place = url.replace(urlsplit(url).path, "/{name}", 1)
    for words in (
        ["createdb", f"--maintenance-db={place.format(name='postgres')}", name],
        ["pg_restore", "--no-owner", f"--dbname={place.format(name=name)}", str(dump)],
    ):
        subprocess.run(words, check=True, capture_output=True)
    return place.format(name=name)


@pytest.mark.usefixtures("_tools")
async def test_a_dump_restored_into_a_new_database_has_everything_and_rings_nobody(
    tmp_path: Path, postgres: Postgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = by_socket(await postgres.fresh(), monkeypatch)
    async with a_world(tmp_path, database_url=url, with_history=True) as world:
        world.script(OLENA, LISTENS)
        world.script(TARAS, AWAY, AWAY)
        campaign = await world.campaign("retry: {attempts: 2, delay: 1h}", people=[OLENA, TARAS])
        await world.pass_time(minutes=5)
        settings = world.house.settings
        made = back_up(settings, tmp_path / "dzvin.dump", force=False, clock=world.clock)
        assert made.path.stat().st_mode & 0o777 == 0o600
        assert made.key == "DZVIN_SECRET_KEY of your settings"
        await world.shut()
        new = f"{urlsplit(url).path.removeprefix('/')}_restored"
        there = await asyncio.to_thread(restored, made.path, url, new)
        await world.open_again(database_url=there)
        await world.pass_time(hours=3)
        assert await standing(world.house) is not None
        people = await world.people(campaign)
        assert {phone: (person.state, person.outcome) for phone, person in people.items()} == {
            OLENA: ("done", "listened"),
            TARAS: ("waiting", None),
        }
        assert [attempt.result for attempt in await world.attempts(OLENA)] == ["answered_full"]
        assert len(world.posts()) == 2
        await release(world.house, by="ann", without_history=False, send_waiting=False)
        await world.pass_time(hours=3)
        assert [len(world.rings(phone)) for phone in (OLENA, TARAS)] == [1, 2]
