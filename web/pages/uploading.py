"""Takes a form with files in as it streams: each file straight to disk, stopped where its cap is passed.

The form's token comes first and is checked before a byte of a file is kept.
"""

import secrets
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.requests import Request

from web.pages.forms import LARGEST_FIELDS, MOST_FIELDS, Form, TooLarge, Unreadable, UploadedFile, check_text

if TYPE_CHECKING:
    from python_multipart.multipart import MultipartCallbacks

MB = 1024 * 1024
LONGEST_NAME = 120
NOT_WHOLE = "the form did not arrive whole; send it again"
RESERVED = frozenset(
    {"con", "prn", "aux", "nul", *(f"com{n}" for n in range(10)), *(f"lpt{n}" for n in range(10))}
)
ALLOWED_SIGNS = frozenset(" ._-()[]+,'’№&")


async def read_upload(
    request: Request, *, caps: Mapping[str, int], admit: Callable[[Mapping[str, str]], None]
) -> Form:
    """The form, its files in a fresh folder. `admit` raises unless the fields before any file let it in."""
    _, options = parse_options_header(request.headers.get("content-type"))
    boundary = options.get(b"boundary")
    if not boundary:
        raise Unreadable("the form names no boundary")
    folder = Path(tempfile.mkdtemp(prefix="dzvin-upload-"))
    reader = _Reader(folder, caps=caps, admit=admit)
    form = Form(fields=reader.fields, files=reader.files, folder=folder)
    try:
        parser = MultipartParser(boundary, reader.callbacks())
        async for chunk in request.stream():
            parser.write(chunk)
        parser.finalize()
        reader.finish()
    except FormParserError as error:
        form.forget_files()
        raise Unreadable(NOT_WHOLE) from error
    except BaseException:
        form.forget_files()
        raise
    finally:
        reader.close()
    return form


def safe_name(name: str) -> str:
    """The last part of a file name, of harmless letters only; raises Unreadable when none are left."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    kept = "".join(letter for letter in last if letter.isalnum() or letter in ALLOWED_SIGNS).strip(" .")
    stem, dot, ending = kept.rpartition(".")
    if not dot or not stem or not ending.isalnum() or stem.split(".")[0].casefold() in RESERVED:
        raise Unreadable(
            f"the file name {last[:80]!r} cannot be used; rename the file, for example to list.csv"
        )
    room = LONGEST_NAME - len(ending) - 1
    return f"{stem[:room]}.{ending}" if room > 0 else f"file.{ending[:10]}"


class _Reader:
    """Gathers one multipart body part by part."""

    def __init__(
        self, folder: Path, *, caps: Mapping[str, int], admit: Callable[[Mapping[str, str]], None]
    ) -> None:
        self.fields: dict[str, str] = {}
        self.files: dict[str, UploadedFile] = {}
        self._folder = folder
        self._caps = caps
        self._admit = admit
        self._admitted = False
        self._whole = False
        self._header = (bytearray(), bytearray())
        self._headers: dict[bytes, bytes] = {}
        self._field = ""
        self._text = bytearray()
        self._file: BinaryIO | None = None
        self._room = 0
        self._field_room = LARGEST_FIELDS

    def callbacks(self) -> "MultipartCallbacks":
        return {
            "on_part_begin": self._part_begins,
            "on_header_field": lambda data, start, end: self._header[0].extend(data[start:end]),
            "on_header_value": lambda data, start, end: self._header[1].extend(data[start:end]),
            "on_header_end": self._header_ends,
            "on_headers_finished": self._headers_end,
            "on_part_data": self._part_data,
            "on_part_end": self._part_ends,
            "on_end": self._ends,
        }

    def finish(self) -> None:
        if not self._whole:
            raise Unreadable(NOT_WHOLE)
        self._admit_once()

    def close(self) -> None:
        if self._file is not None:
            self._file.close()

    def _part_begins(self) -> None:
        self._headers = {}
        self._text.clear()

    def _header_ends(self) -> None:
        name, value = self._header
        self._headers[bytes(name).lower()] = bytes(value)
        name.clear()
        value.clear()

    def _headers_end(self) -> None:
        _, options = parse_options_header(self._headers.get(b"content-disposition"))
        self._field = options.get(b"name", b"").decode(errors="replace")
        if b"filename" in options:
            self._open_file(options[b"filename"].decode(errors="replace"))
        elif len(self.fields) >= MOST_FIELDS:
            raise Unreadable("the form has too many fields")

    def _open_file(self, name: str) -> None:
        self._admit_once()
        if self._field not in self._caps or self._field in self.files:
            raise Unreadable(f"the form has no place for the file {self._field[:40]!r}")
        self._room = self._caps[self._field] if name else 0
        if not name:  # a file field left empty
            return
        safe = safe_name(name)
        if any(file.name == safe for file in self.files.values()):
            raise Unreadable(f"two files are called {safe}; rename one of them")
        inside = self._folder / secrets.token_hex(8)
        inside.mkdir()
        path = inside / safe
        self._file = path.open("xb")
        self.files[self._field] = UploadedFile(safe, path)

    def _part_data(self, data: bytes, start: int, end: int) -> None:
        size = end - start
        if self._file is not None:
            self._room -= size
            if self._room < 0:
                raise TooLarge(f"the {self._field} is larger than {self._caps[self._field] // MB} MB")
            self._file.write(memoryview(data)[start:end])
            return
        self._field_room -= size
        if self._field_room < 0:
            raise TooLarge(f"the form's fields are larger than {LARGEST_FIELDS // 1024} KB")
        self._text += data[start:end]

    def _part_ends(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None
        elif self._field not in self._caps:
            self.fields.setdefault(self._field, check_text(self._text.decode(errors="replace")))

    def _ends(self) -> None:
        self._whole = True

    def _admit_once(self) -> None:
        if not self._admitted:
            self._admit(self.fields)
            self._admitted = True
