"""`/audio/{name}`: the sound files we host, for LiraX to fetch under names that nobody can guess."""

from functools import partial

from fastapi import APIRouter
from starlette.responses import Response

from campaigns.store import audio
from engine.errors import NotFound
from web.api.entry import Here

routes = APIRouter(include_in_schema=False)

KINDS = frozenset({"audio/mpeg", "audio/wav"})  # nothing else is ever served from here


@routes.api_route("/audio/{name}", methods=["GET", "HEAD"])
async def sound(name: str, house: Here) -> Response:
    found = await house.database.read(partial(audio.get, name=name))
    if found is None or found[0] not in KINDS:
        raise NotFound("there is no such sound")
    kind, body = found
    headers = {"Content-Disposition": "attachment", "Cross-Origin-Resource-Policy": "cross-origin"}
    return Response(body, media_type=kind, headers=headers)
