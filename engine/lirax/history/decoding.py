"""The text of an export, whose encoding nobody announces: UTF-8, else Windows-1251 (C43). Pure."""

import codecs
from dataclasses import dataclass

BOMS = (  # what a byte order mark says
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
HALF_A_LETTER = 3  # bytes of a UTF-8 letter that may stand at the end of a text cut off


@dataclass(frozen=True)
class Decoded:
    text: str
    encoding: str
    cut_off: bool = False  # it ends within a letter


def decode(body: bytes) -> Decoded:
    for mark, encoding in BOMS:
        if body.startswith(mark):
            text = body[len(mark) :].decode(encoding, "replace")
            return Decoded(text, encoding, cut_off=text.endswith("\ufffd"))
    try:
        return Decoded(body.decode("utf-8"), "utf-8")
    except UnicodeDecodeError as error:
        if error.reason == "unexpected end of data" and error.start >= len(body) - HALF_A_LETTER:
            return Decoded(body[: error.start].decode("utf-8"), "utf-8", cut_off=True)
    return Decoded(body.decode("cp1251", "replace"), "windows-1251")
