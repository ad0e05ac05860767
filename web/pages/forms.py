"""Reads what a form of ours sends: a few short fields, or fields and files (`uploading`)."""

import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qsl

from starlette.requests import Request

LARGEST_FIELDS = 64 * 1024
MOST_FIELDS = 64


class TooLarge(Exception):
    """A field, a file or the whole form is larger than allowed; the message says which and how large."""


class Unreadable(Exception):
    """What came is no form of ours."""


@dataclass(frozen=True)
class UploadedFile:
    """A file as it lies in the form's folder, under the name its owner gave it, made safe."""

    name: str
    path: Path


@dataclass
class Form:
    fields: Mapping[str, str] = field(default_factory=dict)
    files: Mapping[str, UploadedFile] = field(default_factory=dict)
    folder: Path | None = None

    def keep_files(self) -> Path:
        """The folder, from now on the caller's to remove."""
        folder = self.folder
        if folder is None:
            raise ValueError("this form brought no files")
        self.folder = None
        return folder

    def forget_files(self) -> None:
        if self.folder is not None:
            shutil.rmtree(self.folder, ignore_errors=True)


async def read_fields(request: Request) -> Form:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > LARGEST_FIELDS:
            raise TooLarge(f"the form is larger than {LARGEST_FIELDS // 1024} KB")
    try:
        pairs = parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=MOST_FIELDS)
    except (UnicodeDecodeError, ValueError) as error:
        raise Unreadable("the form cannot be read") from error
    fields: dict[str, str] = {}
    for name, value in pairs:
        fields.setdefault(name, check_text(value))
    return Form(fields=fields)


def check_text(value: str) -> str:
    """The value of a field; no keyboard writes the character NUL, and no database keeps it."""
    if "\x00" in value:
        raise Unreadable("a field holds the character NUL")
    return value
