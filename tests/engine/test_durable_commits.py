"""What PostgreSQL was told to forget on a power cut, it keeps for us; where it cannot, that is told."""

from pathlib import Path

import pytest
from sqlalchemy import Connection, text
from structlog.testing import capture_logs

from engine.assembly import Role, build_house, close_house
from engine.database.durability import NO_FSYNC, danger
from engine.database.opening import open_database
from tests.databases import Postgres, fresh_file
from tests.engine.accounts.houses import settings_for
from web.cli.doctor.database import examine_database

pytestmark = pytest.mark.anyio


def commits(connection: Connection) -> str:
    return str(connection.execute(text("SHOW synchronous_commit")).scalar_one())


@pytest.mark.parametrize(
    ("of_server", "ours"),
    [("off", "on"), ("local", "on"), ("on", "on"), ("remote_write", "remote_write")],
)
async def test_our_sessions_commit_durably_whatever_the_server_says(
    postgres: Postgres, of_server: str, ours: str
) -> None:
    url = await postgres.fresh()
    await postgres.set(url, "synchronous_commit", of_server)
    database = await open_database(url, upgrade=False)

    def fails(connection: Connection) -> None:
        raise LookupError("taken back")

    assert await database.write(commits) == ours
    with pytest.raises(LookupError):
        await database.write(fails)
    assert (await database.write(commits), await database.read(commits)) == (ours, ours)
    await database.close()


async def test_a_server_that_does_not_sync_is_told_of_at_the_start_and_by_the_doctor(
    tmp_path: Path, postgres: Postgres
) -> None:
    """Our own server of the tests is such a one; another is what it is."""
    url = await postgres.fresh()
    settings = settings_for(url, spool=tmp_path / "spool")
    with capture_logs() as logged:
        house = await build_house(settings, role=Role.WEB)
    unsafe = await house.database.read(lambda reading: reading.execute(text("SHOW fsync")).scalar() == "off")
    await close_house(house)
    told = [NO_FSYNC] if unsafe else []
    assert [entry["reason"] for entry in logged if entry["event"].startswith("this database may")] == told
    found = await examine_database(settings)
    assert [each.says for each in found if each.name == "fsync" and each.is_broken] == told


async def test_sqlite_is_in_no_such_danger(tmp_path: Path) -> None:
    database = await open_database(fresh_file(tmp_path), upgrade=False)
    assert await database.read(danger) is None
    await database.close()
