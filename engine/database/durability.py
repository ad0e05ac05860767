"""Whether PostgreSQL still has what it has reported as committed, after a power cut.

A claim that was lost so would be called twice. Every session of ours asks for durable commits, whatever the
server's default is; what no session can ask for is told to people.
"""

from sqlalchemy import Connection, event, text
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlalchemy.pool import ConnectionPoolEntry

NO_FSYNC = (
    "PostgreSQL runs with fsync = off: after a power cut, calls may be forgotten and made again;"
    " set fsync = on in its configuration"
)
# `remote_write` and `remote_apply` stay: they flush here too, and somebody chose how far they go elsewhere.
_WAIT_FOR_THE_DISK = (
    "SELECT set_config('synchronous_commit', 'on', false)"
    " WHERE current_setting('synchronous_commit') IN ('off', 'local')"
)
_FSYNC = text("SELECT current_setting('fsync')")


def insist_on_durable_commits(engine: AsyncEngine) -> None:
    """Each connection of the engine waits for the disk at every commit, from its beginning on."""
    event.listen(engine.sync_engine, "connect", _wait_for_the_disk)


def _wait_for_the_disk(connection: DBAPIConnection, entry: ConnectionPoolEntry) -> None:
    cursor = connection.cursor()
    cursor.execute(_WAIT_FOR_THE_DISK)
    cursor.close()
    connection.commit()  # else the setting would be taken back with the transaction


def danger(connection: Connection) -> str | None:
    """What may lose commits all the same, in a sentence; None where nothing does."""
    if connection.dialect.name != "postgresql":
        return None
    return NO_FSYNC if connection.execute(_FSYNC).scalar_one() == "off" else None
