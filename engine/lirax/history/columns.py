"""Which column of an export is which: by its heading, in the languages that LiraX speaks to its users. Pure.

The document does not print the headings (C43). Known are the names of the export's own filters (`call_ani`,
`call_utm_source`) and of newer builds (`start`, `dnis`, `record`); the rest is what people call such columns.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, auto


class Column(Enum):
    CALL_ID = auto()
    START = auto()
    TIME = auto()  # of the day, where START is a date only
    TYPE = auto()
    ANI = auto()
    DNIS = auto()
    CONNECT = auto()
    DURATION = auto()
    RECORD = auto()


# Best first: of two headings that mean the same column, the earlier alias has it, the other is kept as extra.
ALIASES: Mapping[Column, tuple[str, ...]] = {
    Column.CALL_ID: ("id", "callid", "uniqueid", "unique_id", "id_звонка", "id_дзвінка", "ид", "ід"),
    Column.START: (
        *("start", "start_time", "start_at", "started", "started_at", "starttime", "begin", "calldate"),
        *("datetime", "date_time", "date_start", "date", "дата_и_время", "дата_та_час", "дата_і_час"),
        *("дата_время", "дата_час", "начало", "початок", "время_начала", "час_початку", "дата"),
    ),
    Column.TIME: ("time", "время", "час"),
    Column.TYPE: (
        *("type", "direction", "тип", "тип_звонка", "тип_дзвінка", "направление", "напрямок", "напрям"),
    ),
    Column.ANI: (
        *("ani", "caller", "caller_id", "callerid", "from", "src", "source_number", "number_from"),
        *("кто_звонил", "звонивший", "от_кого", "откуда", "хто_дзвонив", "хто_телефонував", "від_кого"),
        *("звідки", "номер_а"),
    ),
    Column.DNIS: (
        *("dnis", "called", "callee", "dialed", "dialled", "to", "dst", "destination_number", "number_to"),
        *("кому", "куда", "куди", "кому_звонили", "кому_дзвонили", "набранный_номер", "набраний_номер"),
        "номер_б",
    ),
    Column.CONNECT: (
        *("connect", "connected", "is_connected", "answered", "answer", "disposition"),
        *("соединение", "соединён", "соединен", "отвечен", "з'єднання", "з’єднання", "відповідь", "ответ"),
    ),
    Column.DURATION: (
        *("duration", "duration_sec", "seconds", "talk_time", "billsec", "длительность", "тривалість"),
        *("продолжительность", "длительность_разговора", "тривалість_розмови"),
    ),
    Column.RECORD: (
        *("record", "record_link", "record_url", "recording", "recording_url", "запись", "запис"),
        *("запись_разговора", "запис_розмови", "ссылка_на_запись", "посилання_на_запис"),
    ),
}
_PREFIX = re.compile(r"^call_(?=.)")
_BETWEEN = re.compile(r"[\s_.:/\\-]+")


@dataclass(frozen=True)
class Layout:
    """Where each column stands in a row."""

    headings: tuple[str, ...]
    places: Mapping[Column, int]

    @property
    def extra(self) -> tuple[tuple[int, str], ...]:
        """The columns that mean nothing to us: place and heading, empty headings left out."""
        known = set(self.places.values())
        return tuple((at, head) for at, head in enumerate(self.headings) if head and at not in known)


def layout_of(cells: Sequence[str]) -> Layout | None:
    """The layout, if this row heads a list of calls: it must say when, and who called or whom."""
    headings = tuple(cell.replace("\ufeff", "").strip() for cell in cells)
    names = [_normal(heading) for heading in headings]
    places = {column: at for column in Column if (at := _place(names, column)) is not None}
    if Column.START not in places or not places.keys() & {Column.ANI, Column.DNIS}:
        return None
    return Layout(headings, places)


def _place(names: Sequence[str], column: Column) -> int | None:
    return next((names.index(alias) for alias in ALIASES[column] if alias in names), None)


def _normal(heading: str) -> str:
    return _PREFIX.sub("", _BETWEEN.sub("_", heading.casefold()).strip("_"))
