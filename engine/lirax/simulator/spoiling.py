"""Answers as a fault spoils them: slow, endless, cut, empty, packed."""

import gzip
from collections.abc import AsyncIterator

from starlette.responses import Response, StreamingResponse

from engine.lirax.simulator.exchange import Exchange
from engine.lirax.simulator.faults import Fault

MEGABYTE = b" " * 2**20
FLOOD_MEGABYTES = 50
LOGIN_ADDRESS = "/login"
BUSY_PAGE = "<html><body>We will be back soon</body></html>"


def dripping(answer: Response, exchange: Exchange, *, seconds: float) -> Response:
    async def drops() -> AsyncIterator[bytes]:
        for byte in bytes(answer.body):
            await exchange.after(seconds)
            yield bytes([byte])

    return StreamingResponse(drops(), status_code=answer.status_code, headers=_type_of(answer))


def flood() -> Response:
    async def waves() -> AsyncIterator[bytes]:
        for _ in range(FLOOD_MEGABYTES):
            yield MEGABYTE

    return StreamingResponse(waves(), media_type="application/json")


def gzip_bomb() -> Response:
    packed = gzip.compress(MEGABYTE * FLOOD_MEGABYTES, compresslevel=9)
    return Response(packed, media_type="application/json", headers={"Content-Encoding": "gzip"})


def truncated(answer: Response) -> Response:
    whole = bytes(answer.body)
    return Response(whole[: len(whole) // 2], status_code=answer.status_code, headers=_type_of(answer))


def redirected(fault: Fault) -> Response:
    return Response(status_code=302, headers={"Location": fault.body or LOGIN_ADDRESS})


def garbage(fault: Fault) -> Response:
    return Response(fault.body or BUSY_PAGE, media_type="text/html")


def error(fault: Fault) -> Response:
    wait = fault.retry_after_seconds
    headers = {} if wait is None else {"Retry-After": str(wait)}
    return Response(fault.body, status_code=fault.code, headers=headers)


def _type_of(answer: Response) -> dict[str, str]:
    return {"Content-Type": answer.headers.get("content-type", "application/json")}
