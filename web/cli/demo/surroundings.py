"""The demo's own settings and files: all in `.demo/`, nothing of the real installation is touched."""

import os
import secrets
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

from engine.lirax.simulator.ivr import Ivr
from engine.settings import Settings, address_of, read_settings

FOLDER = Path(".demo")
HEEDED = frozenset({"DZVIN_HOST", "DZVIN_PORT"})
EMAIL = "admin@example.com"
PASSWORD_BYTES = 9

SPEED = 5.0  # a call of half a minute takes six seconds
SEED = 7
SIMULATOR_OPTIONS: Mapping[str, object] = {
    "window_end": "inclusive_hour",  # `notafter` 23 lets midnight calls out
    "recordings": "later",  # so that there is something to listen to
}
IVRS = {"5001": Ivr("Payment reminder", menus={"0": "Will you pay?"})}  # as the campaign's file explains it


def demo_settings(environ: Mapping[str, str]) -> Settings:
    """Waits are short where the simulator is quick; only host and port come from outside."""
    outside = read_settings(environ, directory=Path.cwd(), only=HEEDED)
    return Settings(
        database_url=f"sqlite:///{FOLDER / 'dzvin.db'}",
        host=outside.host,
        port=outside.port,
        public_url=address_of(outside.host, outside.port),
        lirax_token=secrets.token_hex(16),
        webhook_token=secrets.token_hex(16),
        lines=10,
        lirax_timeout=timedelta(seconds=5),
        ambiguity_wait=timedelta(seconds=15),
        max_call=timedelta(seconds=45),
        unknown_after=timedelta(seconds=30),
        min_gap=timedelta(0),
        sms_interval=timedelta(seconds=1),
    )


def kept_password() -> str:
    """The administrator's password, the same at every start of this demo; mode 0600."""
    path = FOLDER / "password.txt"
    if path.exists():
        return path.read_text("ascii").strip()
    password = secrets.token_urlsafe(PASSWORD_BYTES)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(password + "\n")
    return password
