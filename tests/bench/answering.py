"""A LiraX that costs next to nothing, in a process of its own: `python -m tests.bench.answering`.

It takes every make2Calls and tells at once that the call is over, listened to. What asks for `/bare` gets
the same answer and no webhook. Its port is the first line it prints.
"""

import argparse
import asyncio
from itertools import count
from urllib.parse import urlencode, urlsplit

from tests.bench.filling import WEBHOOK_TOKEN

LANES = 20  # connections on which webhooks travel


class Answering(asyncio.Protocol):
    """One connection; speaks just as much HTTP as our client does."""

    def __init__(self, numbers: "count[int]", finished: "asyncio.Queue[str]") -> None:
        self._numbers = numbers
        self._finished = finished
        self._bytes = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._bytes += data
        head, end, rest = self._bytes.partition(b"\r\n\r\n")
        if not end or len(rest) < _length_of(head):
            return
        self._bytes = b""
        provider_id = f"bench{next(self._numbers)}"
        body = b'{"id_make2calls":"%s"}' % provider_id.encode()
        lines = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(body)
        self._transport.write(lines + body)
        if not head.startswith(b"POST /bare"):
            self._finished.put_nowait(provider_id)


def _length_of(head: bytes) -> int:
    for line in head.split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            return int(value)
    return 0


async def tell(finished: "asyncio.Queue[str]", *, url: str) -> None:
    """Send webhooks one after another on one connection."""
    address = urlsplit(url)
    reader = writer = None
    while True:
        provider_id = await finished.get()
        if writer is None or reader is None:
            reader, writer = await asyncio.open_connection(address.hostname, address.port)
        fields = {
            "cmd": "make2calls_finished",
            "from_LiraX_token": WEBHOOK_TOKEN,
            "id_make2calls": provider_id,
            "success": "1",
            "duration_success": "1",
        }
        form = urlencode(fields)
        writer.write(
            f"POST {address.path} HTTP/1.1\r\nHost: {address.netloc}\r\nContent-Length: {len(form)}\r\n"
            f"Content-Type: application/x-www-form-urlencoded\r\n\r\n{form}".encode()
        )
        head = await reader.readuntil(b"\r\n\r\n")
        await reader.readexactly(_length_of(head))
        if not head.startswith(b"HTTP/1.1 200"):
            raise AssertionError(head.decode())


async def serve(webhook_url: str) -> None:
    finished: asyncio.Queue[str] = asyncio.Queue()
    numbers = count(1)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Answering(numbers, finished), "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await asyncio.gather(*(tell(finished, url=webhook_url) for _ in range(LANES)))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("webhook_url")
    asyncio.run(serve(parser.parse_args().webhook_url))
