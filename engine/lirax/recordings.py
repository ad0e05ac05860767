"""Fetches a recording for somebody who listens: one request, to an address that was checked, within limits.

The host's name is resolved once and the connection goes to that very address, so that it cannot stand for
another one a moment later. Redirects are not followed. Nothing is kept.
"""

import asyncio
import socket
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

import httpx

from engine.errors import CannotDo
from engine.lirax.recording_addresses import NotPlayable, check_address, check_resolved

AT_ONCE = 16  # people who listen; each takes a connection
LARGEST = 256 * 1024 * 1024  # bytes: more than four hours of uncompressed telephone sound
TIMEOUT = httpx.Timeout(15.0, connect=5.0)
LONGEST_SECONDS = 900.0
PASSED_ON = ("content-length", "content-range", "accept-ranges")
KINDS = frozenset(
    {"audio/mpeg", "audio/mp3", "audio/wav", "audio/x-wav", "audio/wave", "audio/vnd.wave", "audio/ogg"}
    | {"audio/mp4", "audio/aac", "audio/webm", "audio/flac"}
)
UNNAMED = frozenset({"", "application/octet-stream", "binary/octet-stream", "application/force-download"})


class NoRecording(CannotDo):
    """It cannot be played; the message is a sentence."""


@dataclass(frozen=True)
class Sound:
    """`status` is 200 or 206; `headers` may be passed on as they are."""

    status: int
    kind: str
    headers: Mapping[str, str]
    chunks: AsyncIterator[bytes]


class Recordings:
    def __init__(self) -> None:
        self._open = 0

    @asynccontextmanager
    async def open(self, address: str, *, lirax_url: str, piece: str | None) -> AsyncIterator[Sound]:
        """The sound, while the block lasts. `piece` is a Range header. Raises NoRecording."""
        if self._open >= AT_ONCE:
            raise NoRecording("too many people are listening to recordings; try again in a moment")
        self._open += 1
        try:
            async with AsyncExitStack() as stack:
                yield await _fetch(address, lirax_url=lirax_url, piece=piece, stack=stack)
        finally:
            self._open -= 1


async def _fetch(address: str, *, lirax_url: str, piece: str | None, stack: AsyncExitStack) -> Sound:
    try:
        request, client = await _request(address, lirax_url=lirax_url, piece=piece)
        await stack.enter_async_context(client)
        answer = await client.send(request, stream=True)
    except NotPlayable as error:
        raise NoRecording(str(error)) from error
    except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
        raise NoRecording("the recording cannot be reached; LiraX may have deleted it") from error
    stack.push_async_callback(answer.aclose)
    return _sound(answer, address=address)


async def _request(
    address: str, *, lirax_url: str, piece: str | None
) -> tuple[httpx.Request, httpx.AsyncClient]:
    host, port, is_own = check_address(address, lirax_url=lirax_url)
    found = await _resolve(host, port)
    target = check_resolved(found, is_own=is_own, port=port, lirax_url=lirax_url)
    url = httpx.URL(address)
    headers = {
        "Host": url.netloc.decode("ascii"),
        "Accept": "audio/*, */*;q=0.5",
        "Accept-Encoding": "identity",  # so nothing can unpack into more than came over the wire
        "User-Agent": "dzvin",
        **({"Range": piece} if piece else {}),
    }
    client = httpx.AsyncClient(timeout=TIMEOUT, follow_redirects=False, trust_env=False)
    pinned = url.copy_with(host=target, fragment=None)
    request = client.build_request("GET", pinned, headers=headers, extensions={"sni_hostname": host})
    return request, client


async def _resolve(host: str, port: int) -> list[str]:
    loop = asyncio.get_running_loop()
    try:
        found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise NotPlayable("the host of this recording is not known") from error
    return [str(place[0]) for *_, place in found]


def _sound(answer: httpx.Response, *, address: str) -> Sound:
    if answer.status_code not in (200, 206):
        raise NoRecording(f"the recording is not there: its host answered {answer.status_code}")
    length = answer.headers.get("content-length", "")
    if length.isascii() and length.isdigit() and (len(length) > 20 or int(length) > LARGEST):
        raise NoRecording("the recording is larger than anything a call can be")
    headers = {name: answer.headers[name] for name in PASSED_ON if name in answer.headers}
    return Sound(answer.status_code, _kind_of(answer, address), headers, _limited(answer))


def _kind_of(answer: httpx.Response, address: str) -> str:
    named = str(answer.headers.get("content-type", "")).partition(";")[0].strip().lower()
    if named in KINDS:
        return named
    if named not in UNNAMED:
        raise NoRecording("a page came instead of the sound; LiraX may want somebody to sign in there")
    return "audio/mpeg" if httpx.URL(address).path.lower().endswith(".mp3") else "audio/wav"


async def _limited(answer: httpx.Response) -> AsyncIterator[bytes]:
    """What comes, cut off where it is too much or takes too long; whoever listens hears so far."""
    loop = asyncio.get_running_loop()
    sent, given_up_at = 0, loop.time() + LONGEST_SECONDS
    try:
        async for chunk in answer.aiter_raw():
            sent += len(chunk)
            if sent > LARGEST or loop.time() > given_up_at:
                return
            yield chunk
    except httpx.HTTPError:
        return
