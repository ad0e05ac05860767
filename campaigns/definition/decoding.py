"""The bytes of a definition as text."""

import codecs

from campaigns.definition.tree import Unreadable

_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def decode(text: str | bytes, *, most: int) -> str:
    """UTF-8, or UTF-16 with its mark. Raises Unreadable with a sentence."""
    if len(text) > most:
        raise Unreadable(
            f"the definition is larger than {most // 1_000_000} MB; put its recipients into a file"
        )
    decoded = text if isinstance(text, str) else _decoded(text)
    try:
        decoded.encode()
    except UnicodeEncodeError as error:
        line = decoded.count("\n", 0, error.start) + 1
        raise Unreadable("half a character stands here; delete it", line=line) from error
    return decoded.removeprefix("\ufeff")


def _decoded(text: bytes) -> str:
    encoding = "utf-16" if text.startswith(_UTF16) else "utf-8"
    try:
        return text.decode(encoding)
    except UnicodeDecodeError as error:
        line = text.count(b"\n", 0, error.start) + 1
        raise Unreadable("this is not UTF-8; save the file in that encoding", line=line) from error
