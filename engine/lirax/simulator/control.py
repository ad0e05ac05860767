"""The truth as JSON, and what a test in another process may set: options, people, faults, modems."""

from collections.abc import Callable, Mapping
from typing import Any

import orjson
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from engine.lirax.simulator.exchange import Exchange
from engine.lirax.simulator.faults import read_fault
from engine.lirax.simulator.modems import ModemState
from engine.lirax.simulator.people import read_behaviour

EVERYONE = "*"
Pull = Callable[[Exchange, Mapping[str, Any]], None]


def control_routes(exchange: Exchange) -> list[Route]:
    return [
        Route("/_truth", _truth_of(exchange), methods=["GET"]),
        *(
            Route(f"/_control/{name}", _puller(exchange, pull), methods=["POST"])
            for name, pull in PULLS.items()
        ),
    ]


def set_options(exchange: Exchange, values: Mapping[str, Any]) -> None:
    """{"lines": 10, "webhook_faults": "duplicate"}"""
    exchange.set_options(values)


def script_person(exchange: Exchange, values: Mapping[str, Any]) -> None:
    """{"number": "380671234567", "calls": [{"pickup": "busy"}, {"keys": "1"}]}; * is everyone else"""
    number = _text(values, "number")
    behaviours = [read_behaviour(call) for call in values.get("calls", [])]
    if number != EVERYONE:
        exchange.people.script(number, *behaviours)
    else:
        exchange.people.everyone(behaviours[0] if behaviours else None)


def inject_fault(exchange: Exchange, values: Mapping[str, Any]) -> None:
    """{"kind": "lost_answer", "phone": "380671234567"}"""
    exchange.faults.inject(read_fault(values))


def clear_faults(exchange: Exchange, values: Mapping[str, Any]) -> None:
    """{}"""
    exchange.faults.clear()


def set_modem(exchange: Exchange, values: Mapping[str, Any]) -> None:
    """{"modem": "380671234567", "state": "off"}"""
    exchange.modems.set_state(_text(values, "modem"), ModemState(_text(values, "state")))


def receive_sms(exchange: Exchange, values: Mapping[str, Any]) -> None:
    """{"phone": "380501112233", "modem": "380671234567", "text": "STOP"}"""
    exchange.modems.receive(
        _text(values, "phone"),
        modem=_text(values, "modem"),
        text=_text(values, "text"),
        now=exchange.clock.now(),
    )


def set_keys(exchange: Exchange, values: Mapping[str, Any]) -> None:
    """{"token": "new key of commands", "webhook_token": "new key of webhooks"}, either of them"""
    exchange.token = values.get("token", exchange.token)
    exchange.webhooks.token = values.get("webhook_token", exchange.webhooks.token)


def set_history_login(exchange: Exchange, values: Mapping[str, Any]) -> None:
    """{"login": "api@example.com", "password": "secret"}"""
    exchange.sessions.login = _text(values, "login")
    exchange.sessions.password = _text(values, "password")


def set_webhook(exchange: Exchange, values: Mapping[str, Any]) -> None:
    """{"url": "http://127.0.0.1:8000/lirax"}"""
    exchange.webhooks.url = _text(values, "url")


PULLS: Mapping[str, Pull] = {
    "options": set_options,
    "people": script_person,
    "faults": inject_fault,
    "faults/clear": clear_faults,
    "modems": set_modem,
    "sms": receive_sms,
    "keys": set_keys,
    "history": set_history_login,
    "webhook": set_webhook,
}


def _truth_of(exchange: Exchange) -> Callable[[Request], Response]:
    def show(request: Request) -> Response:
        """Everything, or with ?part=rings&part=posts only those."""
        try:
            shown = exchange.truth.as_json(request.query_params.getlist("part"))
        except KeyError as problem:
            return _problem(f"the truth has no part {problem}")
        return _json(shown)

    return show


def _puller(exchange: Exchange, pull: Pull) -> Callable[[Request], Any]:
    async def pulled(request: Request) -> Response:
        try:
            values = orjson.loads(await request.body() or b"{}")
            pull(exchange, values)
        except (ValueError, TypeError, KeyError) as problem:
            return _problem(str(problem))
        return _json({})

    return pulled


def _text(values: Mapping[str, Any], name: str) -> str:
    value = values.get(name)
    if isinstance(value, str) and value:
        return value
    raise ValueError(f"{name} is missing; it is a text")


def _problem(sentence: str) -> Response:
    return _json({"error": sentence}, code=400)


def _json(content: object, *, code: int = 200) -> Response:
    return Response(orjson.dumps(content), status_code=code, media_type="application/json")
