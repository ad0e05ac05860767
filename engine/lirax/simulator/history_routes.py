"""The two addresses of call history: log in, export."""

from datetime import datetime
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from engine.lirax.simulator.exchange import Exchange
from engine.lirax.simulator.visits import Done, Visit

LOGIN_PAGE = "<html><body><form>Log in</form></body></html>"
LOGIN_ADDRESS = "/login"


def history_routes(exchange: Exchange) -> list[Route]:
    async def log_in(request: Request) -> Response:
        fields = dict(
            parse_qsl((await request.body()).decode("utf-8", errors="replace"), keep_blank_values=True)
        )

        def do(now: datetime) -> Done:
            cookie = exchange.sessions.log_in(fields, now=now)
            return Done(_refused(exchange) if cookie is None else _welcome(exchange, cookie))

        return await Visit(exchange, request, command="historyAuth", fields=fields, do=do).response()

    async def export(request: Request) -> Response:
        query = dict(request.query_params)
        cookie = request.cookies.get(exchange.options.history_cookie_name)

        def do(now: datetime) -> Done:
            if not exchange.sessions.is_open(cookie, now=now):
                return Done(_stranger(exchange))
            file = exchange.history.export(query, now=now)
            if file is None:
                return Done(Response(status_code=400))
            return Done(Response(file.content, headers={"Content-Type": file.content_type}))

        return await Visit(exchange, request, command="historyExport", fields=query, do=do).response()

    return [
        Route("/api/private/api/auth.php", log_in, methods=["POST"]),
        Route("/services/call_show.php", export, methods=["GET"]),
    ]


def _welcome(exchange: Exchange, cookie: str) -> Response:
    response = JSONResponse({"auth": True})
    response.set_cookie(exchange.options.history_cookie_name, cookie, path="/")
    return response


def _refused(exchange: Exchange) -> Response:
    return JSONResponse({"auth": False}, status_code=exchange.options.history_bad_login)


def _stranger(exchange: Exchange) -> Response:
    """To a caller without a session (C44)."""
    match exchange.options.history_unauthorised:
        case 401:
            return Response(status_code=401)
        case 302:
            return RedirectResponse(LOGIN_ADDRESS, status_code=302)
        case 200:
            return Response(LOGIN_PAGE, media_type="text/html")
