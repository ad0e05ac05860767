"""What stands on the command line of `dzvin account`, and what it answers in words."""

import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import typer

from campaigns.definition.caps import CAPS_KEYS
from campaigns.problems import Problem, WrongInput
from campaigns.rules.caps import caps_in_words, caps_of
from engine.lirax.capabilities import Capabilities
from engine.lirax.capability_words import sentences

SECRETS = ("token", "history_password")
CALLED = {"token": "LiraX's key", "history_password": "the password of the call history"}
ANY, NONE = "any", "none"


@dataclass(frozen=True)
class AccountWords:
    """The options as they were given; None is one that was not."""

    url: str | None
    timezone: str | None
    lines: str | None
    extensions: str | None
    modems: str | None
    history_url: str | None
    history_login: str | None
    push_suppressions: bool | None
    per_day: str | None = None
    per_week: str | None = None

    def values(self) -> dict[str, object]:
        """The fields of the API that were named."""
        given: dict[str, object] = {name: value for name, value in vars(self).items() if value is not None}
        for name in ("extensions", "modems"):
            if name in given:
                given[name] = _list(str(given[name]))
        caps = {name: given.pop(name) for name in CAPS_KEYS if name in given}
        if caps:
            given["caps"] = {name: None if number == NONE else number for name, number in caps.items()}
        if given.get("history_url") == NONE:
            given |= {"history_url": None, "history_login": None, "history_password": None}
        return given


def secrets_asked(files: Mapping[str, Path | None], asked: Iterable[str]) -> dict[str, str]:
    """By field, each secret from its file, or as it was typed without echo, or a line of standard input."""
    wanted = list(asked)
    read = {secret: _in_file(path, secret) for secret, path in files.items() if path is not None}
    return read | {secret: _typed(secret) for secret in wanted if secret not in read}


def lines_of(account: Mapping[str, Any]) -> list[str]:
    """What a person wants to know of an account, a line each."""
    busy = f"{account['lines_busy']} of {account['lines']} lines in a call"
    lines = [
        f"{account['name']}: {account['state']}, {busy}, {account['campaigns_running']} campaigns running"
    ]
    told = {
        "hold": account["hold"],
        "address": account["url"],
        "key": _there(account["has_token"]),
        "time zone": account["timezone"],
        "extensions": _listed(account["extensions"]),
        "modems": _listed(account["modems"]),
        "webhooks": f"{account['webhook_url']}, {_webhook_keys(account)}",
        "last webhook": account["last_webhook_at"] or "none lately",
        "history": _history(account),
        "push suppressions": "yes" if account["push_suppressions"] else "no",
        "caps": caps_in_words(caps_of(account["caps"])),
        "closed": account["closed_at"],
        "set by the environment": ", ".join(account["from_environment"].values()),
    }
    shown = sentences(Capabilities.read(account["capabilities"]))
    troubles = [
        f"modem {each['number']}: {each['trouble']}" for each in account["used_modems"] if each["trouble"]
    ]
    return lines + [f"{word}: {value}" for word, value in told.items() if value] + troubles + shown


def _list(text: str) -> list[str] | None:
    if text.strip().lower() == ANY:
        return None
    return [part.strip() for part in text.split(",") if part.strip()]


def _in_file(path: Path, secret: str) -> str:
    try:
        text = path.read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        told = getattr(error, "strerror", None) or "it is no UTF-8 text"
        raise WrongInput(Problem(f"cannot be read: {told}", field=secret, file=str(path))) from error
    return _not_empty(text, secret, where=f"in {path}")


def _typed(secret: str) -> str:
    if sys.stdin.isatty():
        typed = str(typer.prompt(CALLED[secret], hide_input=True, err=True)).strip()
    else:
        typed = sys.stdin.readline().strip()
    return _not_empty(typed, secret, where="on standard input")


def _not_empty(text: str, secret: str, *, where: str) -> str:
    if not text:
        raise WrongInput(Problem(f"expected {CALLED[secret]} {where}, and found nothing", field=secret))
    return text


def _there(has: bool) -> str:
    return "set" if has else "not set"


def _listed(numbers: list[str] | None) -> str:
    return "any" if numbers is None else ", ".join(numbers) or "none"


def _webhook_keys(account: Mapping[str, Any]) -> str:
    if account["has_next_webhook_token"]:
        return "an old and a new key are good" if account["has_webhook_token"] else "a new key is good"
    return f"key {_there(account['has_webhook_token'])}"


def _history(account: Mapping[str, Any]) -> str:
    if not account["history_url"]:
        return "not consulted"
    lacking = [] if account["history_login"] else ["login"]
    lacking += [] if account["has_history_password"] else ["password"]
    return str(account["history_url"]) + (
        f", not consulted: it lacks its {' and '.join(lacking)}" if lacking else ""
    )
