"""What the columns of a list are called, and which is the phone: by its name, else by what is in it."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from campaigns.lists.column_words import EXTERNAL_ID, KNOWN, PHONE, PHONE_STEM, TIMEZONE
from campaigns.lists.numbers import NumberError, read_number
from campaigns.lists.rejects import readable
from campaigns.texts import column_name

MOST_COLUMNS = 1_000
HEADER_WITHIN = 10  # rows: some lists begin with a title

_ENOUGH = 0.5  # share of the rows with a number there before a column is taken for the phones
_NUMERIC = re.compile(r"[\d\s+().,;:/'eE-]*\d[\d\s+().,;:/'eE-]*")
_SPACES = re.compile(r"\s+")


@dataclass(frozen=True)
class Heading:
    """The columns of a list; indexes count from 0. `header` is the header's row, None where there is none."""

    columns: tuple[str, ...]
    phone: int
    external_id: int | None
    timezone: int | None
    header: int | None


class NoPhoneColumnError(Exception):
    """No column holds phone numbers; `columns` are those there are."""

    def __init__(self, columns: Sequence[str]) -> None:
        super().__init__(columns)
        self.columns = tuple(columns)


class TooManyColumnsError(Exception):
    """More than MOST_COLUMNS: no list, or a spoiled one."""


def read_heading(
    sample: Sequence[tuple[int, list[str]]], *, country: str, phone_column: str | None
) -> Heading:
    """The heading of a list whose first rows that are not blank are `sample`, with their numbers.

    Raises TooManyColumnsError; NoPhoneColumnError when no column is called `phone_column`, or none looks
    like a phone column.
    """
    at = _header_at(sample, phone_column)
    header = sample[at] if at is not None else None
    body = [cells for _, cells in sample[at + 1 if at is not None else 0 :]]
    names = _names(header[1]) if header else _numbered(max(len(cells) for cells in body))
    if len(names) > MOST_COLUMNS:
        raise TooManyColumnsError
    shares = [_share(body, index, country) for index in range(len(names))]
    phone = _phone(names, shares, phone_column)
    if header is None and not phone_column:
        names = (*names[:phone], "phone", *names[phone + 1 :])
    return Heading(
        columns=names,
        phone=phone,
        external_id=_called(names, EXTERNAL_ID),
        timezone=_called(names, TIMEZONE),
        header=header[0] if header else None,
    )


def plain_name(header: str) -> str:
    """How names are compared: `Номер телефону:` and `номер_телефону` are one."""
    return column_name(header)


def _header_at(sample: Sequence[tuple[int, list[str]]], phone_column: str | None) -> int | None:
    """Where among the first rows the header stands; None if the first row is a person already."""
    wanted = PHONE if phone_column is None else PHONE | {plain_name(phone_column)}
    for at, (_, cells) in enumerate(sample[:HEADER_WITHIN]):
        if any(plain_name(cell) in wanted for cell in cells):
            return at
        if any(_digits(cell) >= 7 and _NUMERIC.fullmatch(cell) for cell in cells):
            break  # numbers have begun
    first = sample[0][1]
    if any(plain_name(cell) in KNOWN or PHONE_STEM.search(plain_name(cell)) for cell in first):
        return 0
    return None if any(_digits(cell) >= 7 and _NUMERIC.fullmatch(cell) for cell in first) else 0


def _digits(cell: str) -> int:
    return sum(character.isdigit() for character in cell[:100])


def _names(header: list[str]) -> tuple[str, ...]:
    """Tidied names that can be shown and stored, every one different; trailing empty cells are no columns."""
    tidy = [_SPACES.sub(" ", unicodedata.normalize("NFC", readable(cell))).strip() for cell in header]
    while tidy and not tidy[-1]:
        tidy.pop()
    names: list[str] = []
    taken: set[str] = set()
    for index, name in enumerate(tidy, start=1):
        unique = name = name or f"column_{index}"
        again = 2
        while unique in taken:
            unique, again = f"{name}_{again}", again + 1
        taken.add(unique)
        names.append(unique)
    return tuple(names)


def _numbered(width: int) -> tuple[str, ...]:
    return tuple(f"column_{number}" for number in range(1, width + 1))


def _phone(names: tuple[str, ...], shares: list[float], phone_column: str | None) -> int:
    if phone_column is not None:
        return _named(names, phone_column)
    plain = [plain_name(name) for name in names]
    for likely in (
        [index for index, name in enumerate(plain) if name in PHONE],
        [index for index, name in enumerate(plain) if PHONE_STEM.search(name)],
    ):
        if likely:
            best = max(likely, key=lambda index: shares[index])
            if shares[best] > 0 or max(shares) < _ENOUGH:
                return best
    best = max(range(len(names)), key=lambda index: shares[index], default=0)
    if not names or shares[best] < _ENOUGH:
        raise NoPhoneColumnError(names)
    return best


def _named(names: tuple[str, ...], phone_column: str) -> int:
    for same in (str.strip, str.casefold, plain_name):
        for index, name in enumerate(names):
            if same(name) == same(phone_column):
                return index
    raise NoPhoneColumnError(names)


def _share(body: list[list[str]], index: int, country: str) -> float:
    """The share of the rows that have a number in known use in this column."""
    cells = [cells[index] for cells in body if index < len(cells) and cells[index].strip()]
    return sum(_is_number(cell, country) for cell in cells) / max(len(body), 1)


def _is_number(cell: str, country: str) -> bool:
    try:
        return read_number(cell, country=country).warning is None
    except NumberError:
        return False


def _called(names: tuple[str, ...], aliases: frozenset[str]) -> int | None:
    return next((index for index, name in enumerate(names) if plain_name(name) in aliases), None)
