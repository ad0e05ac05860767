"""Opening a call list of any kind: what it is, its columns, and its rows one by one."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path

from campaigns.lists.archives import ArchiveError
from campaigns.lists.delimiters import declared_delimiter, delimiter_of
from campaigns.lists.encodings import encoding_of, open_text
from campaigns.lists.headings import (
    MOST_COLUMNS,
    Heading,
    NoPhoneColumnError,
    TooManyColumnsError,
    read_heading,
)
from campaigns.lists.sheets import SheetError, is_spreadsheet, sheet_rows
from campaigns.lists.text_rows import Row, text_rows
from campaigns.problems import Problem, WrongInput

SAMPLE_ROWS = 200
SAMPLE_TEXT = 1 << 16  # characters

_ENCODINGS = {"utf-8-sig": "UTF-8", "utf-16": "UTF-16", "utf-16-le": "UTF-16", "utf-16-be": "UTF-16"}
_ENCODINGS |= {"cp1251": "Windows-1251", "cp1125": "DOS (cp1125)", "cp866": "DOS (cp866)"}
_DELIMITERS = {";": "semicolon", ",": "comma", "\t": "tab", "|": "bar"}
_CONTROL = frozenset(map(chr, range(32))) - {"\t", "\n", "\r", "\f", "\v", "\x1a"}


@dataclass(frozen=True)
class CallList:
    """An opened list. `rows` are its people: the header is not among them, blank rows are."""

    name: str
    about: str  # `Windows-1251, semicolon` or `sheet “Sheet1”`
    heading: Heading
    rows: Iterator[Row]
    done: Callable[[int], float]  # last row read → share of the list that has been read


def open_list(path: Path, *, name: str, country: str, phone_column: str | None = None) -> CallList:
    """Raises WrongInput with one sentence when the file is no list; `name` is what its owner calls it."""
    about, rows, done = _rows_of(path, name)
    sample = list(islice(rows, SAMPLE_ROWS))
    filled = [
        (number, cells) for number, cells, trouble in sample if trouble is None and any(map(str.strip, cells))
    ]
    if not filled:
        raise wrong(name, "the list is empty")
    try:
        heading = read_heading(filled, country=country, phone_column=phone_column)
    except NoPhoneColumnError as error:
        raise wrong(name, _no_phone(error.columns, phone_column), field="phone_column") from error
    except TooManyColumnsError as error:
        raise wrong(name, f"the list has more than {MOST_COLUMNS:,} columns") from error
    if heading.header is not None and not any(number > heading.header for number, _ in filled):
        raise wrong(name, "the list has a header but nobody in it")
    people = (row for row in chain(sample, rows) if heading.header is None or row[0] > heading.header)
    return CallList(name, about, heading, people, done)


def wrong(name: str, message: str, *, field: str | None = None) -> WrongInput:
    return WrongInput(Problem(message, field=field, file=name))


_Opened = tuple[str, Iterator[Row], Callable[[int], float]]


def _rows_of(path: Path, name: str) -> _Opened:
    try:
        with path.open("rb") as file:
            head = file.read(8)
    except OSError as error:
        raise wrong(name, f"the file cannot be read: {error.strerror or error}") from error
    if not head:
        raise wrong(name, "the file is empty")
    if not is_spreadsheet(head):
        return _text(path, name)
    try:
        sheet, height, rows = sheet_rows(path)
    except (ArchiveError, SheetError) as error:
        raise wrong(name, f"the spreadsheet cannot be read: {error}") from error
    return f"sheet “{sheet}”", rows, lambda row: row / height


def _text(path: Path, name: str) -> _Opened:
    encoding = encoding_of(path)
    with open_text(path, encoding) as file:
        text = file.read(SAMPLE_TEXT)
    if sum(character in _CONTROL for character in text) > len(text) / 10:
        raise wrong(name, "the file is not a list: it is neither text nor a spreadsheet")
    declared = declared_delimiter(text)
    delimiter = declared or delimiter_of(text[: text.rfind("\n") + 1] or text)
    about = f"{_ENCODINGS.get(encoding, encoding)}, {_DELIMITERS.get(delimiter, delimiter)}"
    file, size = open_text(path, encoding), max(path.stat().st_size, 1)
    if declared:
        file.readline()
    return (
        about,
        text_rows(file, delimiter=delimiter),
        lambda _: 1.0 if file.closed else file.buffer.tell() / size,
    )


def _no_phone(columns: tuple[str, ...], phone_column: str | None) -> str:
    shown = ", ".join(columns[:20]) + (" …" if len(columns) > 20 else "")
    if phone_column is not None:
        return f"the list has no column “{phone_column}”; it has: {shown}"
    return f"no column of the list holds phone numbers; it has: {shown}. Name the column with `phone_column`"
