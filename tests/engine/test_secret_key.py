import stat
from pathlib import Path

import pytest

from engine.errors import CannotDo
from engine.secret_key import secret_key_of
from engine.settings import Settings


def test_the_key_is_made_once_beside_the_database_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    settings = Settings(database_url=f"sqlite:///{tmp_path}/dzvin.db")
    key = secret_key_of(settings)
    [file] = tmp_path.iterdir()
    assert len(key) >= 32
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert secret_key_of(settings) == key


def test_a_key_of_the_settings_is_taken_as_it_is(tmp_path: Path) -> None:
    settings = Settings(database_url=f"sqlite:///{tmp_path}/dzvin.db", secret_key="s" * 32)
    assert secret_key_of(settings) == "s" * 32
    assert list(tmp_path.iterdir()) == []


def test_a_damaged_key_is_told_about_and_never_replaced(tmp_path: Path) -> None:
    (tmp_path / "dzvin.db.key").write_text("short\n")
    with pytest.raises(CannotDo, match="damaged"):
        secret_key_of(Settings(database_url=f"sqlite:///{tmp_path}/dzvin.db"))


def test_a_folder_that_is_not_there_is_told_about(tmp_path: Path) -> None:
    with pytest.raises(CannotDo, match="cannot be read or made"):
        secret_key_of(Settings(database_url=f"sqlite:///{tmp_path}/missing/dzvin.db"))
