"""Writes exports of call history as a LiraX might, in every dialect."""

import csv
import io
from collections.abc import Sequence
from html import escape

DIALECTS = [
    ("csv", delimiter, encoding) for delimiter in ";,\t" for encoding in ("utf-8", "utf-8-sig", "cp1251")
]
DIALECTS.append(("html", "", "utf-8"))
HEADER = (
    *("call_id", "call_start", "call_type", "call_ani", "call_dnis", "call_connect", "call_duration"),
    *("call_utm_source", "call_record"),
)
ROW = ("D1-1", "2026-01-15 12:00:00", "1", "101", "380671112233", "1", "20", "google", "https://x/1.wav")
OTHER = ("D1-2", "2026-01-15 11:55:30", "0", "380502223344", "101", "0", "0", "", "")


def written(
    *rows: Sequence[str],
    header: Sequence[str] = HEADER,
    kind: str = "csv",
    delimiter: str = ";",
    encoding: str = "utf-8",
    end: str = "\n",
) -> bytes:
    if kind == "html":
        return page(header, *rows).encode(encoding)
    text = io.StringIO(newline="")
    sheet = csv.writer(text, delimiter=delimiter, lineterminator=end)
    sheet.writerow(header)
    sheet.writerows(rows)
    return text.getvalue().encode(encoding)


def page(header: Sequence[str], *rows: Sequence[str]) -> str:
    lines = ["".join(f"<td>{escape(cell)}</td>" for cell in row) for row in rows]
    head = "".join(f"<th>{escape(cell)}</th>" for cell in header)
    body = "".join(f"<tr>{line}</tr>" for line in lines)
    return f"<!DOCTYPE html><html><body><table><tr>{head}</tr>{body}</table></body></html>"
