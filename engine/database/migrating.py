"""Brings a database to the shape this program knows, by Alembic."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

import campaigns.migrations
from engine.errors import DatabaseTrouble

FOLDER = Path(campaigns.migrations.__file__).parent


def migrate(connection: Connection, to: str = "head") -> None:
    """Bring the database up to that revision; raises DatabaseTrouble when it is newer than this program."""
    if not is_current(connection):
        config = _config()
        config.attributes["connection"] = connection
        command.upgrade(config, to)


def is_current(connection: Connection) -> bool:
    """Whether nothing has to be migrated; raises DatabaseTrouble when the database is newer than we are."""
    script = ScriptDirectory.from_config(_config())
    found = MigrationContext.configure(connection).get_current_revision()
    if found is not None and found not in {revision.revision for revision in script.walk_revisions()}:
        raise DatabaseTrouble(
            f"the database was made by a newer version of dzvin (revision {found}); upgrade this program"
        )
    return found == script.get_current_head()


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    return config
