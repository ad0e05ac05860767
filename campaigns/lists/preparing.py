"""A row of a list → a recipient ready to be stored, or the reason why the row cannot be called."""

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import lru_cache
from itertools import compress
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import orjson

from campaigns.lists.demands import Demand
from campaigns.lists.headings import Heading
from campaigns.lists.numbers import Number, NumberError, read_number
from campaigns.lists.text_rows import Row
from campaigns.lists.zones import zones_of
from campaigns.rules.consents import read_given
from campaigns.rules.spoken_values import spoken_date, spoken_money, spoken_time
from campaigns.text_filters import is_blank
from campaigns.texts import Text, column_name, parse_text

UNREADABLE = "the row holds bytes that are no text in the encoding of the file"
NUL = "the row holds a NUL character"

_LARGEST_WHOLE = 2**53  # larger numbers lose digits in the JSON of most readers
_ONLY_A_COLUMN = re.compile(r"\{\{\s*\w+\s*\}\}")
_SPOKEN: Mapping[str, Callable[[object], str]] = {
    "money": spoken_money,
    "date": spoken_date,
    "time": spoken_time,
}


class RowError(ValueError):
    """The row cannot be called; the message is one sentence."""


class PhoneError(RowError):
    """It is the number that is wrong."""


class Prepared(NamedTuple):
    """A recipient of a list: variables and own columns are JSON texts, zones are joined by `|`."""

    phone: str
    external_id: str | None
    zones: str | None
    variables: str | None
    data: str
    row: int
    consent: tuple[str, str, str | None] | None = None  # when (UTC), where, where it can be seen


class Warned(NamedTuple):
    row: int
    phone: str
    warning: str

    def __str__(self) -> str:
        return f"row {self.row}: {self.phone}: is taken in, but {self.warning}"


class _Variable(NamedTuple):
    """A variable for the IVR: its text, and the column it is when it is nothing else."""

    name: str
    text: Text
    column: str | None
    speak: Callable[[object], str]


class _Preparer:
    """What rows of every kind have in common. Rows with something unusual are kept in `warned`."""

    def __init__(self, demand: Demand) -> None:
        self.warned: list[Warned] = []
        self._demand = demand
        self._variables = [_variable(name, source) for name, source in demand.variables.items()]
        self._now = datetime.fromisoformat(demand.now)
        self._consent = {name: parse_text(source) for name, source in (demand.consent or {}).items()}

    def _number(self, cell: object) -> Number:
        try:
            return read_number(cell, country=self._demand.country)
        except NumberError as error:
            raise PhoneError(str(error)) from None

    def _zones(self, phone: str, named: str) -> str | None:
        if not self._demand.own_zones:
            return None
        if named:
            return _checked_zone(named)
        zones = zones_of(phone)
        if not zones:
            raise RowError("the time zone of the number is not known; a column `timezone` can name it")
        return "|".join(zones)

    def _prepared(
        self, row: int, *, number: Number, external_id: str, zone: str, said: str | None, own: dict[str, Any]
    ) -> Prepared:
        phone, warning = number
        if "phone" in self._demand.needed:
            own["phone"] = phone
        if external_id and "external_id" in self._demand.needed:
            own["external_id"] = external_id
        known = _checked_text(external_id) if external_id else None
        zones, document = self._zones(phone, zone), _encoded(own)
        if warning is not None:
            self.warned.append(Warned(row, phone, warning))
        consent = self._told_consent(own, phone=phone, row=row) if self._consent else None
        return Prepared(phone, known, zones, said, document, row, consent)

    def _told_consent(
        self, own: Mapping[str, Any], *, phone: str, row: int
    ) -> tuple[str, str, str | None] | None:
        """What the row tells of consent; None where it tells of none, or not when or where it was given."""
        told = {name: text.render(own).strip() for name, text in self._consent.items()}
        if not told["given"]:
            return None
        try:
            given_at = read_given(told["given"], timezone=self._demand.timezone)
            if given_at > self._now:
                raise ValueError(f"{told['given']} has not come yet")
            if not told["source"]:
                raise ValueError("where it was given is empty")
        except ValueError as error:
            self.warned.append(Warned(row, phone, f"no consent is recorded: {error}"))
            return None
        return given_at.isoformat(), told["source"], told.get("proof") or None


class ListPreparer(_Preparer):
    """Rows of a file, whose columns are known beforehand."""

    def __init__(self, demand: Demand, heading: Heading) -> None:
        super().__init__(demand)
        self._heading = heading
        self._width = len(heading.columns)
        plain = [column_name(name) for name in heading.columns]
        self._places = {name: plain.index(name) for name in plain}
        self._needed = [
            (self._places[name], name, field) for name, field in demand.needed.items() if name in plain
        ]
        ours = {heading.phone: "phone", heading.external_id: "external_id"}  # kept in columns of their own
        self._own = [ours.get(index) != name for index, name in enumerate(heading.columns)]
        self._names = list(compress(heading.columns, self._own))

    def prepare(self, row: Row) -> Prepared | None:
        """None for a blank row; raises RowError."""
        place, cells, trouble = row
        if trouble is not None:
            raise RowError(trouble)
        cells = [cell.strip() for cell in cells]
        if len(cells) != self._width:
            cells = self._fitted(cells)
        heading = self._heading
        if not cells[heading.phone] and not any(cells):
            return None
        number = self._number(cells[heading.phone])
        for index, name, field in self._needed:
            if not cells[index]:
                raise RowError(f"the column “{name}” is empty, and {field} needs it")
        return self._prepared(
            place,
            number=number,
            external_id=cells[heading.external_id] if heading.external_id is not None else "",
            zone=cells[heading.timezone] if heading.timezone is not None else "",
            said=self._say(cells) if self._variables else None,
            own=dict(zip(self._names, compress(cells, self._own), strict=True)),
        )

    def _fitted(self, cells: list[str]) -> list[str]:
        if any(cells[self._width :]):
            raise RowError(f"the row has {len(cells)} cells where the list has {self._width} columns")
        return [*cells[: self._width], *[""] * (self._width - len(cells))]

    def _say(self, cells: list[str]) -> str | None:
        spoken: dict[str, str] = {}
        for variable in self._variables:
            written = self._written(variable, cells)
            if written:
                spoken[variable.name] = _speak(variable, written)
        return _json(spoken)

    def _written(self, variable: _Variable, cells: list[str]) -> str:
        place = self._places.get(variable.column) if variable.column else None
        if place is not None:
            return cells[place]
        return variable.text.render(dict(zip(self._heading.columns, cells, strict=True))).strip()


class MappingPreparer(_Preparer):
    """Rows given as mappings (JSON, or inline in a definition), each with its own keys."""

    def prepare(self, place: int, row: Mapping[str, Any]) -> Prepared:
        """`place` counts from 1; raises RowError."""
        written = row.get("phone")
        number = self._number("" if written is None else written)
        there = {column_name(key) for key, value in row.items() if not is_blank(value)}
        for name, field in self._demand.needed.items():
            if name not in there:
                raise RowError(f"“{name}” is missing, and {field} needs it")
        external_id, zone = row.get("external_id"), row.get("timezone")
        return self._prepared(
            place,
            number=number,
            external_id="" if is_blank(external_id) else str(external_id).strip(),
            zone="" if is_blank(zone) else str(zone).strip(),
            said=self._say(row) if self._variables else None,
            own={
                key: _scalar(key, value) for key, value in row.items() if key not in ("phone", "external_id")
            },
        )

    def _say(self, row: Mapping[str, Any]) -> str | None:
        written = ((variable, variable.text.render(row).strip()) for variable in self._variables)
        return _json({variable.name: _speak(variable, text) for variable, text in written if text})


def _variable(name: str, source: str) -> _Variable:
    text = parse_text(source)
    column = next(iter(text.columns)) if _ONLY_A_COLUMN.fullmatch(source.strip()) else None
    return _Variable(name, text, column, _SPOKEN[name])


def _json(spoken: dict[str, str]) -> str | None:
    return orjson.dumps(spoken).decode() if spoken else None


def _speak(variable: _Variable, written: str) -> str:
    try:
        return _spoken(written, variable.speak)
    except ValueError as error:
        raise RowError(f"call.variables.{variable.name}: {error}") from None


@lru_cache(maxsize=16384)
def _spoken(written: str, speak: Callable[[object], str]) -> str:
    return speak(written)


def _scalar(key: str, value: Any) -> Any:
    if isinstance(value, int) and abs(value) > _LARGEST_WHOLE:
        return str(value)
    if value is None or isinstance(value, str | int | float):
        return value
    raise RowError(f"“{key}” must be a text or a number")


@lru_cache(maxsize=1024)
def _checked_zone(name: str) -> str:
    try:
        return ZoneInfo(name).key
    except (OSError, ValueError, KeyError):
        raise RowError(f"“{name[:40]}” is not a time zone; write it like Europe/Kyiv") from None


def _encoded(own: Mapping[str, Any]) -> str:
    """JSON text of a row's own columns; raises RowError for what no database keeps."""
    try:
        text = orjson.dumps(own).decode()
    except (TypeError, ValueError):
        raise RowError(UNREADABLE) from None
    if "\\u0000" in text and any("\0" in str(part) for pair in own.items() for part in pair):
        raise RowError(NUL)
    return text


def _checked_text(text: str) -> str:
    if not text.isprintable():  # cheap, and seldom so
        _encoded({"": text})
    return text
