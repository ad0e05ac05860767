"""Readers of single settings: text in, value out, or ValueError saying what is expected."""

import re
from collections.abc import Callable, Mapping
from datetime import timedelta
from difflib import get_close_matches
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, parse_qs, urlsplit
from zoneinfo import available_timezones

from campaigns.rules.durations import parse_duration

MOST_LINES = 10_000  # more is a slip of the finger: no exchange has them
SHORTEST_KEY = 32
FOREVER = "forever"
DATABASE_FORMS = "sqlite:///PATH or postgresql://USER:PASSWORD@HOST:PORT/NAME"
_HOST_LABEL = re.compile(r"(?!-)[A-Za-z0-9_-]{1,63}(?<!-)")


def read_text(text: str) -> str:
    if any(not character.isprintable() for character in text):
        raise ValueError("a text without line breaks or other control characters")
    return text


def read_port(text: str) -> int:
    return _whole_number(text, least=0, most=65535, what="a port from 0 to 65535 (0 takes a free one)")


def read_lines(text: str) -> int:
    return _whole_number(text, least=1, most=MOST_LINES, what=f"a whole number from 1 to {MOST_LINES}")


def read_duration(text: str) -> timedelta:
    try:
        return parse_duration(text)
    except ValueError as error:
        raise ValueError("a duration such as 90s, 15m, 2h, 1d or 0s") from error


def read_keeping(text: str) -> timedelta | None:
    """How long something is kept; None for ever."""
    if text.lower() == FOREVER:
        return None
    try:
        return parse_duration(text)
    except ValueError as error:
        raise ValueError(f"a duration such as 30d, or `{FOREVER}`") from error


def read_timezone(text: str) -> str:
    zones = available_timezones()
    if text in zones:
        return text
    nearest = get_close_matches(text, zones, n=1)
    raise ValueError("an IANA time zone such as " + (nearest[0] if nearest else "Europe/Kyiv"))


def read_host(text: str) -> str:
    """An address or a name to listen on; IPv6 with or without brackets, kept without them."""
    bare = text[1:-1] if text.startswith("[") and text.endswith("]") else text
    if _is_address(bare) or all(_HOST_LABEL.fullmatch(label) for label in bare.split(".")):
        return bare
    raise ValueError("a host name or an address such as 127.0.0.1, without a port")


def read_secret_key(text: str) -> str:
    if len(text) < SHORTEST_KEY:
        raise ValueError(f"any text of at least {SHORTEST_KEY} characters")
    return text


def read_database_url(text: str) -> str:
    if text.startswith("sqlite:"):
        return _sqlite_url(text)
    expected = ValueError(DATABASE_FORMS)
    try:
        parts = urlsplit(text)
        host = parts.hostname or parse_qs(parts.query).get("host")
        good = parts.scheme == "postgresql" and host and (parts.port is None or parts.port > 0)
    except ValueError as error:
        raise expected from error
    if not good or not parts.path.strip("/"):
        raise expected
    return text


def read_public_url(text: str) -> str:
    parts = _url(text, expected="an http or https address such as https://dzvin.example.com")
    return parts.geturl().rstrip("/")


def read_remote_url(text: str) -> str:
    """An address that a key is sent to: https, or plain http on loopback only."""
    expected = "an https address (plain http only on loopback, such as http://127.0.0.1:8482)"
    parts = _url(text, expected=expected)
    if parts.scheme == "http" and not is_loopback(parts.hostname or ""):
        raise ValueError(expected)
    return parts.geturl().rstrip("/")


def read_allowed_places(text: str) -> tuple[str, ...]:
    places = [place.strip().lower() for place in text.split(",") if place.strip()]
    for place in places:
        if not _is_place(place):
            raise ValueError("host:port pairs with commas between them, such as 10.0.0.5:8080,billing:80")
    return tuple(places)


def read_folder(text: str) -> Path:
    path = Path(read_text(text)).expanduser()
    if path.exists() and not path.is_dir():
        raise ValueError("a folder, made when it is needed")
    return path


def is_loopback(host: str) -> bool:
    return host.lower() == "localhost" or (_is_address(host) and ip_address(host).is_loopback)


READERS: Mapping[str, Callable[[str], Any]] = {
    "database_url": read_database_url,
    "host": read_host,
    "port": read_port,
    "public_url": read_public_url,
    "secret_key": read_secret_key,
    "lirax_url": read_remote_url,
    "lirax_token": read_text,
    "webhook_token": read_text,
    "account_timezone": read_timezone,
    "lines": read_lines,
    "history_url": read_remote_url,
    "history_login": read_text,
    "history_password": read_text,
    "lirax_timeout": read_duration,
    "ambiguity_wait": read_duration,
    "max_call": read_duration,
    "unknown_after": read_duration,
    "min_gap": read_duration,
    "sms_interval": read_duration,
    "keep_webhooks": read_keeping,
    "keep_recordings": read_keeping,
    "keep_calls": read_keeping,
    "callback_allow": read_allowed_places,
    "spool": read_folder,
}
"""The reader of each field of `Settings`."""

SECRETS = frozenset({"secret_key", "lirax_token", "webhook_token", "history_password", "database_url"})
"""Fields whose value is never shown in a message."""


def _whole_number(text: str, *, least: int, most: int, what: str) -> int:
    if not re.fullmatch(r"[0-9]{1,9}", text) or not least <= int(text) <= most:
        raise ValueError(what)
    return int(text)


def _sqlite_url(text: str) -> str:
    path = text.removeprefix("sqlite:///")
    if path == text or not path or path == ":memory:" or path.endswith("/") or "?" in path:
        raise ValueError(f"{DATABASE_FORMS}, where PATH is a file")
    return text


def _url(text: str, *, expected: str) -> SplitResult:
    try:
        parts = urlsplit(text)
        port_is_good = parts.port is None or parts.port > 0
    except ValueError as error:
        raise ValueError(expected) from error
    plain = not (parts.query or parts.fragment or parts.username or any(part.isspace() for part in text))
    if parts.scheme not in {"http", "https"} or not parts.hostname or not port_is_good or not plain:
        raise ValueError(expected)
    return parts


def _is_place(place: str) -> bool:
    try:
        parts = urlsplit(f"//{place}")
        return bool(parts.hostname and parts.port) and parts.netloc == place and not parts.username
    except ValueError:
        return False


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True
