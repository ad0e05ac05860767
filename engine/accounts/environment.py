"""Which fields of the account `default` the environment sets: they are changed there and nowhere else."""

from collections.abc import Mapping

from engine.accounts.facts import DEFAULT
from engine.settings import Settings

ALWAYS: Mapping[str, str] = {
    "url": "DZVIN_LIRAX_URL",
    "token": "DZVIN_LIRAX_TOKEN",
    "webhook_token": "DZVIN_WEBHOOK_TOKEN",
    "timezone": "DZVIN_ACCOUNT_TIMEZONE",
    "lines": "DZVIN_LINES",
}
HISTORY: Mapping[str, str] = {
    "history_url": "DZVIN_HISTORY_URL",
    "history_login": "DZVIN_HISTORY_LOGIN",
    "history_password": "DZVIN_HISTORY_PASSWORD",
}


def set_by_environment(name: str, settings: Settings) -> Mapping[str, str]:
    """Field → variable. A history is one thing: with its address in the environment, all of it is."""
    if name != DEFAULT:
        return {}
    return {**ALWAYS, **(HISTORY if settings.history_url else {})}
