"""Each statement is compiled once in a process of the tests, not once for each of thousands of databases.

SQLAlchemy keeps compiled statements with the dialect object of one engine; here, equal dialects share them.
"""

from typing import Any

from sqlalchemy import Connection, Dialect, Engine, event


class Compiled(dict[Any, Any]):
    """Keys are SQLAlchemy's, of which the first part is the dialect."""

    def get(self, key: Any, default: Any = None) -> Any:
        return super().get(_alike(key), default)

    def __setitem__(self, key: Any, compiled: Any) -> None:
        super().__setitem__(_alike(key), compiled)


def _alike(key: Any) -> tuple[Any, ...]:
    dialect, *rest = key
    return (*_kind_of(dialect), *rest)


def _kind_of(dialect: Dialect) -> tuple[Any, ...]:
    """What of a dialect a compiled statement may depend on, where all servers of a kind are the same."""
    to_json = getattr(dialect, "_json_serializer", None)
    return type(dialect), dialect.server_version_info, getattr(to_json, "__qualname__", None)


def share_compiled_statements() -> None:
    """With all databases that are opened from now on."""
    compiled = Compiled()

    @event.listens_for(Engine, "engine_connect")
    def share(connection: Connection) -> None:
        connection.execution_options(compiled_cache=compiled)
