"""Takes in the body of an answer, unpacked, and never more of it than we can hold."""

import zlib
from collections.abc import AsyncIterator

import httpx

from engine.lirax.errors import Unavailable

MAX_BYTES = 32 * 1024 * 1024  # some 150,000 calls; a day of the busiest exchange is far less
GZIP_MAGIC = b"\x1f\x8b"
ANY_WRAPPING = zlib.MAX_WBITS | 32  # gzip or zlib, whichever its first bytes say
PACKED = ("gzip", "x-gzip", "deflate")
UNPACKED = ("", "identity")


async def receive(answer: httpx.Response, *, max_bytes: int = MAX_BYTES) -> bytes:
    """The whole body. Raises Unavailable when it is too large, packed in an unknown way, or cut off."""
    packed = answer.headers.get("Content-Encoding", "").strip().lower()
    if packed not in (*PACKED, *UNPACKED):
        raise Unavailable(
            f"LiraX packed its call history as {packed[:40]!r}, which nobody asked for", kind="protocol"
        )
    body = bytearray()
    async for part in _unpacked(answer.aiter_raw(), is_packed=packed in PACKED, room=max_bytes + 1):
        body += part
        if len(body) > max_bytes:
            raise Unavailable(
                f"an export of call history has more than {max_bytes // 2**20} MB", kind="protocol"
            )
    return bytes(body)


async def _unpacked(raw: AsyncIterator[bytes], *, is_packed: bool, room: int) -> AsyncIterator[bytes]:
    inflater: _Inflater | None = None
    first = True
    async for chunk in raw:
        if first and (is_packed or chunk.startswith(GZIP_MAGIC)):  # a file that is packed itself, too
            inflater = _Inflater(room)
        first = False
        yield chunk if inflater is None else inflater.feed(chunk)
    if inflater is not None and not inflater.ended:
        raise Unavailable("a packed export of call history is cut off", kind="protocol")


class _Inflater:
    """Unpacks at most `room` bytes; what is more stays packed."""

    def __init__(self, room: int) -> None:
        self._room = room
        self._inflating = zlib.decompressobj(ANY_WRAPPING)

    @property
    def ended(self) -> bool:
        return self._inflating.eof or self._room == 0

    def feed(self, chunk: bytes) -> bytes:
        if self._room == 0 or self._inflating.eof:
            return b""
        try:
            unpacked = self._inflating.decompress(chunk, self._room)
        except zlib.error as error:
            raise Unavailable(
                "a packed export of call history cannot be unpacked", kind="protocol"
            ) from error
        self._room -= len(unpacked)
        return unpacked
