"""The six filters of texts. None of them ever fails: what cannot be read stays as it was written."""

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from campaigns.rules.spoken_values import read_date, read_money, write_date, write_money

LONGEST_CELL = 2_000  # a cell is a name or a sum; more must not flood a message
_WORD = re.compile(r"[^\s-]+")


def written(value: Any) -> str:
    """A cell as text: nothing becomes empty, a whole float loses its `.0`, the rest is as `str` has it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))[:LONGEST_CELL]
    return str(value)[:LONGEST_CELL]


def is_blank(value: Any) -> bool:
    return value is None or (isinstance(value, str) and not value.strip())


def _default(value: Any, instead: str | int) -> Any:
    return instead if is_blank(value) else value


def _upper(value: Any) -> str:
    return written(value).upper()


def _lower(value: Any) -> str:
    return written(value).lower()


def _title(value: Any) -> str:
    """Every word with one capital: `МАР'ЯНА КОВАЛЬ-БОЙКО` becomes `Мар'яна Коваль-Бойко`."""
    return _WORD.sub(lambda word: word[0][:1].upper() + word[0][1:].lower(), written(value))


def _money(value: Any) -> str:
    """`1250.50`; empty stays empty."""
    return _read_or_kept(value, lambda cell: write_money(read_money(cell)))


def _date(value: Any) -> str:
    """`01.12.2026`; empty stays empty."""
    return _read_or_kept(value, lambda cell: write_date(read_date(cell)))


def _read_or_kept(value: Any, read: Callable[[Any], str]) -> str:
    try:
        return "" if is_blank(value) else read(value)
    except ValueError:
        return written(value)


FILTERS: Mapping[str, Callable[..., Any]] = MappingProxyType(
    {"default": _default, "upper": _upper, "lower": _lower, "title": _title, "money": _money, "date": _date}
)
