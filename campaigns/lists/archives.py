"""Whether a spreadsheet's archive may be opened: counted by inflating it, because headers lie."""

import zipfile
import zlib
from pathlib import Path
from typing import BinaryIO

ENTRIES = 1_000
INFLATED = 500 << 20  # bytes, all entries together
RATIO = 100
ALWAYS_FINE = 1 << 20  # bytes inflated, whatever their ratio: a small sheet of equal rows packs well

_BLOCK = 1 << 16
_LOCAL_HEADER = 30


class ArchiveError(Exception):
    """The archive is broken, or would grow too large; the message is a sentence about the file."""


def check_archive(path: Path) -> None:
    """Raises ArchiveError if opening this file could hurt."""
    try:
        with zipfile.ZipFile(path) as archive, path.open("rb") as file:
            entries = archive.infolist()
            if len(entries) > ENTRIES:
                raise ArchiveError(f"it holds {len(entries):,} parts; a spreadsheet has at most {ENTRIES:,}")
            total = 0
            for entry in entries:
                total += _inflated(file, entry, room=INFLATED - total)
    except (zipfile.BadZipFile, zlib.error, OSError, NotImplementedError, ValueError) as error:
        raise ArchiveError("it is damaged") from error


def _inflated(file: BinaryIO, entry: zipfile.ZipInfo, *, room: int) -> int:
    """How many bytes the entry really has."""
    if entry.flag_bits & 1:
        raise ArchiveError("it is protected by a password")
    if entry.compress_type == zipfile.ZIP_STORED:
        return _within(entry.compress_size, entry, room=room)
    if entry.compress_type != zipfile.ZIP_DEFLATED:
        raise ArchiveError("it is packed in a way that spreadsheets are not")
    file.seek(entry.header_offset)
    header = file.read(_LOCAL_HEADER)
    file.seek(int.from_bytes(header[26:28], "little") + int.from_bytes(header[28:30], "little"), 1)
    inflater, left, size = zlib.decompressobj(-zlib.MAX_WBITS), entry.compress_size, 0
    while left > 0 and not inflater.eof and (block := file.read(min(_BLOCK, left))):
        left -= len(block)
        while block:
            size += len(inflater.decompress(block, _BLOCK))
            _within(size, entry, room=room)
            block = inflater.unconsumed_tail
    return size


def _within(size: int, entry: zipfile.ZipInfo, *, room: int) -> int:
    if size > room:
        raise ArchiveError(f"unpacked it would be larger than {INFLATED >> 20} MB")
    if size > ALWAYS_FINE and size > RATIO * max(entry.compress_size, 1):
        raise ArchiveError(f"it unpacks to more than {RATIO} times its size")
    return size
