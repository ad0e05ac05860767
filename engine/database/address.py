"""Which database an address means; apart from opening it, so that a look at the lock needs few imports."""

from pathlib import Path

SQLITE = "sqlite:///"


def sqlite_path(url: str) -> Path | None:
    """The file of a `sqlite:///PATH` address; None for another database."""
    return Path(url.removeprefix(SQLITE)).absolute() if url.startswith(SQLITE) else None
