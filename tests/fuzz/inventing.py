"""What hypothesis invents: lists of people, and what LiraX may answer. It makes small what breaks a room."""

import io
import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import xlsxwriter
from hypothesis import strategies as st

from engine.lirax import answers

Row = Sequence[Any]

PHONES = st.sampled_from(["0671234567", "+38 (050) 111-22-33", "380671234567", "12125550123", "67", "тел."])
HEADINGS = st.sampled_from(
    ["phone", "Телефон", "tel", "name", "amount", "external_id", "timezone", "consent", "", "phone\u00a0"]
)
CELLS = (
    PHONES
    | st.sampled_from(
        ["Europe/Kyiv", "01.12.2026", "1250,50", "=1+1", '"', "'", ";", "a,b", "\r\n", "\ufeff"]
    )
    | st.text(max_size=12)
)
TABLES = st.tuples(
    st.lists(HEADINGS | CELLS, max_size=5),
    st.lists(st.lists(CELLS, max_size=6), max_size=6),
).map(lambda parts: [parts[0], *parts[1]])
ENCODINGS = st.sampled_from(["utf-8", "utf-8-sig", "cp1251", "koi8-u", "utf-16", "utf-16-be", "utf-32"])
SEPARATORS = st.sampled_from([",", ";", "\t", "|", ", "])
ENDS = st.sampled_from(["\n", "\r\n", "\r"])
VALUES = CELLS | st.none() | st.booleans() | st.floats() | st.integers(-(10**20), 10**20) | st.datetimes()


def _write_table(rows: Sequence[Row], encoding: str, separator: str, end: str, *, quoted: bool) -> bytes:
    mark = '"' if quoted else ""
    lines = [separator.join(f"{mark}{cell}{mark}" for cell in row) for row in rows]
    return end.join(lines).encode(encoding, "replace")


def _write_book(rows: Sequence[Row]) -> bytes:
    held = io.BytesIO()
    with xlsxwriter.Workbook(held, {"in_memory": True, "nan_inf_to_errors": True}) as book:
        sheet, dates = book.add_worksheet(), book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
        for number, row in enumerate(rows):
            for column, cell in enumerate(row):
                if not isinstance(cell, datetime):
                    sheet.write(number, column, cell)
                elif cell.year >= 1900:
                    sheet.write_datetime(number, column, cell, dates)
    return held.getvalue()


LISTS = (
    st.binary(max_size=300)
    | st.builds(_write_table, TABLES, ENCODINGS, SEPARATORS, ENDS, quoted=st.booleans())
    | st.lists(st.lists(VALUES, max_size=5), max_size=5).map(_write_book)
)

KEYS = st.sampled_from(
    sorted(
        {
            field.alias or name
            for kind in vars(answers).values()
            if isinstance(kind, type) and issubclass(kind, answers.Answer | answers.Entry)
            for name, field in kind.model_fields.items()
        }
        | {"error", "result", "data", "status", "id", "id_make2calls"}
    )
)
LEAVES = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=20)
    | st.sampled_from(["0", "1", "3", "19d", "101", "true", "null", "9" * 400, "<b>", "2026-12-01 09:00:00"])
)
DOCUMENTS = st.recursive(
    LEAVES,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(KEYS | st.text(max_size=5), inner, max_size=5)
    ),
    max_leaves=12,
)
ANSWERS = st.binary(max_size=200) | st.builds(
    lambda document, narrow, encoding: json.dumps(document, ensure_ascii=narrow).encode(encoding, "replace"),
    DOCUMENTS,
    st.booleans(),
    st.sampled_from(["utf-8", "utf-8-sig", "cp1251", "utf-16"]),
)

PEOPLE = st.binary(max_size=100) | st.lists(
    st.dictionaries(HEADINGS | st.text(max_size=5), CELLS | DOCUMENTS, max_size=5), max_size=4
).map(lambda people: json.dumps({"recipients": people}).encode())
