"""What a command finds around it: the settings of the environment and of `.env` in the working directory."""

import os
from pathlib import Path

from engine.settings import Settings, read_settings
from web.cli.talking import tell


def settings_here() -> Settings:
    """The settings, after telling what is odd about them; raises WrongInput."""
    settings = read_settings(os.environ, directory=Path.cwd())
    for warning in settings.warnings:
        tell(f"warning: {warning}")
    return settings
