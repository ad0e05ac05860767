"""Recordings of calls, played through us: the browser never learns the address, which may hold a key.

Only addresses that LiraX told us are fetched, and only those that `engine.lirax.recordings` allows.
"""

import re
from collections.abc import Callable
from contextlib import AsyncExitStack
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Path
from sqlalchemy import Connection
from starlette.responses import Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from campaigns.rules.recordings import MOST, recordings_of
from campaigns.rules.vocabulary import AccountId, CampaignId
from campaigns.store import timeline
from engine.errors import NotFound
from engine.lirax.recordings import NoRecording, Sound
from web.pages.addresses import Id
from web.pages.route import PageRoute, error_page
from web.pages.visit import Here, Visit

viewer_router = APIRouter(route_class=PageRoute)

Number = Annotated[int, Path(ge=1, le=MOST)]
PIECE = re.compile(r"bytes=\d{0,15}-\d{0,15}")
BAD_GATEWAY = 502
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Content-Disposition": "inline",
    "Cache-Control": "private, no-store",
}
Find = Callable[[Connection], tuple[AccountId, str | None] | None]


class SoundResponse(StreamingResponse):
    """Passes a sound on, and lets its connection go however that ends."""

    def __init__(self, sound: Sound, *, stack: AsyncExitStack) -> None:
        headers = {**sound.headers, **HEADERS}
        super().__init__(sound.chunks, sound.status, headers, media_type=sound.kind)
        self._stack = stack

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async with self._stack:
            await super().__call__(scope, receive, send)


@viewer_router.get("/campaigns/{campaign_id}/calls/{call_id}/recordings/{number}")
async def of_call(visit: Here, campaign_id: Id, call_id: Id, number: Number) -> Response:
    find = partial(timeline.recording_of_call, campaign_id=CampaignId(campaign_id), attempt_id=call_id)
    return await _play(visit, find, number)


@viewer_router.get("/campaigns/{campaign_id}/calls-back/{heard_id}/recordings/{number}")
async def of_call_back(visit: Here, campaign_id: Id, heard_id: Id, number: Number) -> Response:
    find = partial(timeline.recording_of_call_back, campaign_id=CampaignId(campaign_id), heard_id=heard_id)
    return await _play(visit, find, number)


async def _play(visit: Visit, find: Find, number: int) -> Response:
    found = await visit.house.database.read(find)
    addresses = recordings_of(None if found is None else found[1])
    if found is None or number > len(addresses):
        raise NotFound("there is no such recording")
    asked = visit.request.headers.get("range", "")
    stack = AsyncExitStack()
    opening = visit.desk.recordings.open(
        addresses[number - 1],
        lirax_url=visit.house.accounts.get(found[0]).url,
        piece=asked if PIECE.fullmatch(asked) else None,
    )
    try:
        sound = await stack.enter_async_context(opening)
    except NoRecording as error:
        return error_page(visit.request, BAD_GATEWAY, f"{error}.")
    return SoundResponse(sound, stack=stack)
