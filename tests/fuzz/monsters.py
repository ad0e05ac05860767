"""Texts made to hurt: bombs, endless nesting, a hundred thousand columns, several encodings in one file."""

import io
import struct
import zipfile
from functools import cache
from itertools import pairwise

import xlsxwriter

from tests.fuzz.spoiling import corpus


def spreadsheets() -> list[bytes]:
    """Small ones, whole."""
    held = io.BytesIO()
    with xlsxwriter.Workbook(held, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        for number, cells in enumerate([["phone", "name"], ["0671234567", "Ольга"], [380501112233, "=1+1"]]):
            sheet.write_row(number, 0, cells)
    return [held.getvalue()]


@cache
def lists() -> dict[str, bytes]:
    header = b"phone;" + b";".join(b"c%d" % number for number in range(100_000))
    first, *_ = spreadsheets()
    return {
        "a hundred thousand columns": header + b"\n0671234567" + b";x" * 100_000 + b"\n",
        "a column name of a megabyte": b"phone;" + b"x" * 1_000_000 + b"\n0671234567;1\n",
        "a cell of a megabyte": b"phone;name\n0671234567;" + b"x" * 1_000_000 + b"\n",
        "a quote that never ends": b'phone;name\n0671234567;"' + b"a;\n" * 100_000,
        "mixed encodings": b"phone;name\n0671234567;"
        + "Ольга".encode()
        + b"\n0501112233;"
        + "Тарас".encode("cp1251")
        + b"\n",
        "nothing but separators": b";" * 200_000,
        "nothing but line ends": b"\r\n" * 100_000,
        "NUL between all": b"\0".join(b"%c" % byte for byte in b"phone;name\n0671234567;x\n"),
        "a bomb": bomb(),
        "too many parts": many_parts(),
        "a length that lies": lying(first),
        "half a spreadsheet": first[: len(first) // 2],
        "an archive of nothing": b"PK\x05\x06" + b"\0" * 18,
        "a billion laughs": with_part("xl/workbook.xml", laughing()),
    }


@cache
def definitions() -> dict[str, bytes]:
    whole = corpus("definitions")[1]
    return {
        "laughing aliases": b"a: &a [x,x,x,x,x,x,x,x,x]\n"
        + b"".join(
            b"%c: &%c [%s]\n" % (place + 98, place + 98, b",".join([b"*%c" % (place + 97)] * 9))
            for place in range(9)
        ),
        "a list within a list": b"[" * 50_000,
        "a mapping within a mapping": b"{a: " * 20_000,
        "a block within a block": b"".join(b" " * depth + b"a:\n" for depth in range(1_500)),
        "an anchor that holds itself": b"name: &a [*a]\n",
        "a merge of itself": b"name: x\ncall: &c\n  <<: *c\n",
        "a megabyte of one key": b"x" * 1_000_000 + b": 1\n",
        "a number without end": b"name: x\npace: {lines: " + b"9" * 100_000 + b"}\n",
        "the same key often": whole + b"name: x\n" * 5_000,
        "a text of many words": whole + b"note: " + b"{{ name }} " * 20_000,
        "nested JSON": b'{"name":' * 30_000,
        "NUL": whole.replace(b"Payment", b"Pay\0ment"),
        "half a character": b'{"name":"\\ud800","from":"101","call":{"connect":"1"}}',
    }


def bomb() -> bytes:
    return with_part("xl/worksheets/sheet1.xml", b"0" * 20_000_000)


def many_parts() -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        for number in range(2_000):
            archive.writestr(f"xl/{number}", b"")
    return held.getvalue()


def with_part(name: str, part: bytes) -> bytes:
    """A spreadsheet in which one part is another."""
    held, [whole] = io.BytesIO(), spreadsheets()
    with zipfile.ZipFile(io.BytesIO(whole)) as old, zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            new.writestr(entry.filename, part if entry.filename == name else old.read(entry))
    return held.getvalue()


def lying(whole: bytes) -> bytes:
    """Each entry of its directory says that it is empty."""
    text, at = bytearray(whole), 0
    while (at := text.find(b"PK\x01\x02", at)) >= 0:
        struct.pack_into("<I", text, at + 24, 0)
        at += 4
    return bytes(text)


def laughing() -> bytes:
    names = [f"l{number}" for number in range(10)]
    entities = "".join(f'<!ENTITY {name} "{f"&{before};" * 10}">' for before, name in pairwise(names))
    return f'<!DOCTYPE x [<!ENTITY l0 "lol">{entities}]><workbook>&l9;</workbook>'.encode()
