"""What a SQLite file holds beside its live rows.

SQLite wipes what is deleted, but a page that it splits keeps copies of rows that have moved on, in the room
between its directory and its content.
"""

import struct
from collections.abc import Iterator
from typing import BinaryIO

TABLE_LEAF, INDEX_LEAF, TABLE_BRANCH, INDEX_BRANCH = 13, 10, 5, 2
HEADER = {TABLE_LEAF: 8, INDEX_LEAF: 8, TABLE_BRANCH: 12, INDEX_BRANCH: 12}
FIRST_PAGE_STARTS = 100  # the header of the file itself
PAGES_AT_ONCE = 256


def holds_any(file: BinaryIO, words: set[bytes]) -> bool:
    """Whether any of these stands in the file where no row is. Waits for the disk: call it from a thread."""
    return any(word in stale for stale in _stale_bytes(file) for word in words)


def _stale_bytes(file: BinaryIO) -> Iterator[bytes]:
    """A piece for each page that has some; of pages that are no tree's all, for nobody can tell."""
    file.seek(0)
    size = _page_size(file.read(FIRST_PAGE_STARTS))
    file.seek(0)
    first = True
    while pages := file.read(size * PAGES_AT_ONCE):
        for start in range(0, len(pages) - size + 1, size):
            stale = _stale_of(pages[start : start + size], start=FIRST_PAGE_STARTS if first else 0)
            first = False
            if stale.strip(b"\0"):
                yield stale


def _page_size(header: bytes) -> int:
    (size,) = struct.unpack_from(">H", header, 16)
    return 65_536 if size == 1 else int(size)


def _stale_of(page: bytes, *, start: int) -> bytes:
    header = HEADER.get(page[start])
    if header is None:
        return page
    free, cells, content = struct.unpack_from(">HHH", page, start + 1)
    pieces = [page[start + header + 2 * cells : content or len(page)]]
    while free:
        following, length = struct.unpack_from(">HH", page, free)
        pieces.append(page[free + 4 : free + length])
        free = following if following > free else 0
    return b"\0".join(pieces)
