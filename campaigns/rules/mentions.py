"""A number within other texts, in any usual spelling: finding it, and taking it out."""

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

GONE = "[erased]"
"""What stands in the place of a number that was taken out."""

NATIONAL_DIGITS = 9  # the end of a number, which no spelling leaves out
_BETWEEN = r"[\s().\-/\u2010-\u2015]{0,3}"  # between two digits of a number that people write


@lru_cache(maxsize=64)
def spelling_of(phone: str) -> re.Pattern[str]:
    """What finds the number with these digits: whole with `+` or `00`, or national with 0, 80 or nothing.

    Standing alone or between signs; all its digits in one run also between letters, as in names of files.
    """
    end = phone[-NATIONAL_DIGITS:]
    national = _BETWEEN.join(end)
    whole = _BETWEEN.join(phone)
    spaced = rf"(?<![0-9A-Za-z])(?:(?:\+|00)?{whole}|(?:8?{_BETWEEN}0{_BETWEEN})?{national})(?![0-9A-Za-z])"
    return re.compile(rf"{spaced}|(?<![0-9]){phone}(?![0-9])")


def tail_of(phone: str) -> str:
    """The digits that every spelling has, in their order."""
    return phone[-NATIONAL_DIGITS:]


def is_number(value: object, spelling: re.Pattern[str]) -> bool:
    """Whether the value is that number and nothing else."""
    return spelling.fullmatch(str(value).strip().lstrip("+")) is not None


def without(value: Any, spelling: re.Pattern[str]) -> Any:
    """The text or JSON value with the number taken out; the very same where it is not in it.

    An entry of a list that is about the number goes as a whole, with whatever else it tells.
    """
    match value:
        case str():
            return spelling.sub(GONE, value) if spelling.search(value) else value
        case bool() | None:
            return value
        case int() | float():
            return GONE if spelling.fullmatch(str(value)) else value
        case Mapping():
            return {without(key, spelling): without(each, spelling) for key, each in value.items()}
        case Sequence():
            return [without(each, spelling) for each in value if not _is_about(each, spelling)]
        case _:
            return value


def _is_about(entry: Any, spelling: re.Pattern[str]) -> bool:
    if isinstance(entry, Mapping):
        return any(_is_about(each, spelling) for each in entry.values() if not isinstance(each, list))
    return is_number(entry, spelling)
