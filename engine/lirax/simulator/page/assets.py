"""Style sheets, scripts and pictures of the page: those of Dzvin's own pages, and two of its own."""

import hashlib
from functools import cache
from pathlib import Path

from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Route

ROOT = Path(__file__).resolve().parents[4]
STATIC = ROOT / "web" / "static"
NAMES = frozenset(
    {
        *("tokens.css", "layout.css", "parts.css", "simulator.css"),
        *("live.js", "simulator.js", "favicon.svg", "favicon-live.svg"),
    }
)


@cache
def asset_url(name: str) -> str:
    mark = hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:12]
    return f"/static/{name}?v={mark}"


def _asset(request: Request) -> Response:
    name = request.path_params["name"]
    if name not in NAMES:
        return Response(status_code=404)
    return FileResponse(STATIC / name, headers={"Cache-Control": "no-cache"})


ASSETS = Route("/static/{name}", _asset, methods=["GET"])
