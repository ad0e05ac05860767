"""The body of a webhook as named texts: a form whatever the header says, or a JSON object. Pure."""

import json
import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote_from_bytes, unquote_to_bytes

MAX_FIELDS = 64  # the longest documented webhook has 19
TOKEN_NAMES = ("from_lirax_token", "token")  # the first that is there counts (C1)
RAW = ":raw"  # beside a text that is not UTF-8 stands what came, percent-encoded (C48)
UNSTORABLE = re.compile("[\x00\ud800-\udfff]")  # PostgreSQL takes neither NUL nor half a character


class Unreadable(ValueError):
    """The body is neither a form nor a JSON object."""


@dataclass(frozen=True)
class Fields:
    """Texts under the names they came with; of a repeated name, whatever its letter case, the first."""

    values: dict[str, str]
    is_whole: bool = True  # False: there were more than MAX_FIELDS, the rest was not read

    @property
    def token(self) -> str | None:
        """The key LiraX sent, None if it sent none."""
        lower = {name.lower(): value for name, value in self.values.items()}
        return next((lower[name] for name in TOKEN_NAMES if lower.get(name)), None)

    @property
    def cmd(self) -> str | None:
        found = (value.strip() for name, value in self.values.items() if name.lower() == "cmd")
        return next(found, None) or None

    def without_token(self) -> dict[str, str]:
        """What may be stored."""
        return {
            name: value
            for name, value in self.values.items()
            if name.lower().removesuffix(RAW) not in TOKEN_NAMES
        }


def read_fields(body: bytes) -> Fields:
    """The fields of a webhook's body; raises Unreadable."""
    text = body.removeprefix(b"\xef\xbb\xbf").strip()
    return _read_json(text) if text.startswith(b"{") else _read_form(text)


def _read_form(body: bytes) -> Fields:
    pieces = [piece for piece in body.split(b"&") if piece]
    values: dict[str, str] = {}
    seen: set[str] = set()
    for piece in pieces[:MAX_FIELDS]:
        raw_name, _, raw_value = piece.replace(b"+", b" ").partition(b"=")
        name, value = _decoded(_unquoted(raw_name)), _unquoted(raw_value)
        lower = name.lower()
        if lower in seen:
            continue
        seen.add(lower)
        values[name] = _decoded(value)
        if "\ufffd" in values[name] and not _is_utf_8(value):
            values[name + RAW] = quote_from_bytes(value)
    return Fields(values, is_whole=len(pieces) <= MAX_FIELDS)


def _read_json(body: bytes) -> Fields:
    document = _document(_decoded(body))
    values = {name: _as_text(value) for name, value in list(document.items())[:MAX_FIELDS]}
    if not _is_utf_8(body):
        values |= _raw_of(body, values)
    return Fields(values, is_whole=len(document) <= MAX_FIELDS)


def _document(text: str) -> dict[str, Any]:
    try:
        # Numbers stay as they were written: `ivr_entry` may be 09, an id longer than a float can hold.
        document: dict[str, Any] = json.loads(
            text, object_pairs_hook=_first_of_each, parse_int=str, parse_float=str
        )
    except (ValueError, RecursionError) as error:
        raise Unreadable("the body begins like a JSON object and is none") from error
    return document


def _raw_of(body: bytes, values: dict[str, str]) -> dict[str, str]:
    """Of values that are not UTF-8 what came, percent-encoded: Latin-1 keeps each byte as a character."""
    raw = {name: _as_text(value) for name, value in _document(body.decode("latin-1")).items()}
    return {
        name + RAW: quote_from_bytes(raw[name].encode("latin-1"))
        for name, value in values.items()
        if "\ufffd" in value and name in raw and not _beyond_latin_1(raw[name])
    }


def _beyond_latin_1(text: str) -> bool:
    return any(ord(letter) > 0xFF for letter in text)


def _first_of_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    known: dict[str, tuple[str, Any]] = {}
    for name, value in pairs:
        known.setdefault(name.lower(), (_storable(name), value))
    return dict(known.values())


def _as_text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "1" if value else "0"
    return _storable(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))


def _decoded(raw: bytes) -> str:
    return _storable(raw.decode("utf-8", "replace"))


def _is_utf_8(raw: bytes) -> bool:
    try:
        raw.decode()
    except UnicodeDecodeError:
        return False
    return True


def _unquoted(raw: bytes) -> bytes:
    return unquote_to_bytes(raw) if b"%" in raw else raw


def _storable(text: str) -> str:
    return text if text.isprintable() else UNSTORABLE.sub("\ufffd", text)
