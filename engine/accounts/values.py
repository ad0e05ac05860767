"""What a person writes down of an account: each field read as what it is, every mistake named at once."""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from campaigns.definition.caps import CAPS_KEYS, MOST_CALLS
from campaigns.problems import Problem, WrongInput
from engine.setting_values import read_lines, read_remote_url, read_text, read_timezone

COLUMNS: Mapping[str, str] = {"url": "lirax_url", "token": "lirax_token"}
"""Fields whose column is called otherwise."""

CAPS = tuple(f"caps.{key}" for key in CAPS_KEYS)
"""Contact caps of all campaigns of the account: calls to one number."""

SECRETS = frozenset({"token", "webhook_token", "history_password"})
LONGEST_TEXT = 500
MOST_NUMBERS = 1000  # extensions or modems of one account
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}")
_BETWEEN_DIGITS = re.compile(r"[\s()+-]")
_DIGITS = re.compile(r"[0-9]{1,20}")


def read_name(name: str) -> str:
    """It stands in definitions and in the address of webhooks. Raises WrongInput."""
    if _NAME.fullmatch(name):
        return name
    told = "expected up to 40 Latin letters, digits, dots, dashes and underscores, such as `shop` or `kyiv-2`"
    raise WrongInput(Problem(told, field="name"))


def read_values(values: Mapping[str, object]) -> dict[str, Any]:
    """The fields as they are kept; an empty text counts as none. Raises WrongInput with every problem."""
    read: dict[str, Any] = {}
    problems: list[Problem] = []
    for field, value in _each(values):
        try:
            read[field] = READERS.get(field, _no_caps)(value)
        except ValueError as error:
            problems.append(Problem(f"expected {error}", field=field))
    if problems:
        raise WrongInput(*problems)
    return read


def columns_of(read: Mapping[str, Any]) -> dict[str, Any]:
    """By column, what `read_values` gave by field, contact caps apart."""
    return {COLUMNS.get(field, field): value for field, value in read.items() if field not in CAPS}


def caps_of(read: Mapping[str, Any], *, kept: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """The account's contact caps with those over them that `read_values` gave; None where none is left."""
    given = {name.removeprefix("caps."): read[name] for name in CAPS if name in read}
    together = {**(kept or {}), **given}
    return {name: number for name, number in together.items() if number is not None} or None


def _each(values: Mapping[str, object]) -> Iterator[tuple[str, object]]:
    """Each field with its value; of `caps` each cap, null meaning none of them."""
    for field, value in values.items():
        if field != "caps":
            yield field, value
        elif value is None:
            yield from ((name, None) for name in CAPS)
        elif isinstance(value, Mapping):
            yield from ((f"caps.{name}", number) for name, number in value.items())
        else:
            yield field, value


def _text(value: object) -> str | None:
    if value is None or value == "":
        return None
    if not isinstance(value, str) or len(value) > LONGEST_TEXT:
        raise ValueError(f"a text of up to {LONGEST_TEXT} characters")
    return read_text(value)


def _needed(reader: Callable[[str], str]) -> Callable[[object], str]:
    def read(value: object) -> str:
        return reader(_text(value) or "")

    return read


def _remote_url(value: object) -> str | None:
    text = _text(value)
    return None if text is None else read_remote_url(text)


def _cap(value: object) -> int | None:
    """Calls to one number; None for no limit."""
    if value is None or value == "":
        return None
    if isinstance(value, bool) or not _DIGITS.fullmatch(str(value)) or not 1 <= int(str(value)) <= MOST_CALLS:
        raise ValueError(f"a whole number from 1 to {MOST_CALLS}, or nothing for no limit")
    return int(str(value))


def _no_caps(value: object) -> None:
    raise ValueError('contact caps such as {"per_day": 1, "per_week": 3}')


def _lines(value: object) -> int:
    return read_lines("" if isinstance(value, bool) else str(value))


def _numbers(value: object) -> list[str] | None:
    """Digits, each once, in the order they were written; None means any."""
    if value is None:
        return None
    if not isinstance(value, list | tuple) or len(value) > MOST_NUMBERS:
        raise ValueError(f"a list of up to {MOST_NUMBERS} numbers, or none at all for any")
    return list(dict.fromkeys(_digits(each) for each in value))


def _digits(value: object) -> str:
    text = _BETWEEN_DIGITS.sub("", value) if isinstance(value, str) else str(value)
    if isinstance(value, bool) or not _DIGITS.fullmatch(text):
        raise ValueError("numbers of up to 20 digits, such as 101 or 380671234567")
    return text


def _yes_no(value: object) -> bool:
    if not isinstance(value, bool):
        raise ValueError("true or false")
    return value


READERS: Mapping[str, Callable[[object], Any]] = {
    "url": _needed(read_remote_url),
    "token": _text,
    "webhook_token": _text,
    "timezone": _needed(read_timezone),
    "lines": _lines,
    "extensions": _numbers,
    "modems": _numbers,
    "history_url": _remote_url,
    "history_login": _text,
    "history_password": _text,
    "push_suppressions": _yes_no,
    "caps": _no_caps,  # whatever is no mapping
    **dict.fromkeys(CAPS, _cap),
}
"""The reader of each field that a person may set."""
