"""Which part of Dzvin a server is, and where that is allowed."""

from enum import Enum, auto

from campaigns.problems import Problem, WrongInput
from engine.database.address import sqlite_path
from engine.settings import Settings
from web.cli.holding import check_file_is_free


class Half(Enum):
    BOTH = auto()
    WEB = auto()
    ENGINE = auto()


def check_may_start(settings: Settings, half: Half) -> None:
    """Raises AlreadyRunning, or WrongInput for a half on SQLite."""
    check_file_is_free(settings)
    if half is not Half.BOTH and sqlite_path(settings.database_url) is not None:
        sentence = "the two halves need PostgreSQL; on SQLite use `dzvin serve`"
        raise WrongInput(Problem(sentence, field="DZVIN_DATABASE_URL"))
