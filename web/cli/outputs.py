"""Files a command is to write: looked at before the work, not after it."""

import os
from pathlib import Path

from campaigns.problems import Problem, WrongInput


def check_folder_of(path: Path, *, field: str) -> None:
    """Raises WrongInput when no file can be written there."""
    if path.is_dir():
        raise WrongInput(Problem(f"{path} is a folder; expected a file", field=field))
    if not path.absolute().parent.is_dir():
        raise WrongInput(Problem(f"there is no folder {path.parent} to write {path.name} into", field=field))
    if not os.access(path.absolute().parent, os.W_OK):
        raise WrongInput(Problem(f"nothing may be written into the folder {path.parent}", field=field))
