"""What may be changed while the simulator runs; each takes values that came as JSON.

A wrong value raises ValueError with a sentence and changes nothing.
"""

from collections.abc import Callable, Mapping
from typing import Any

from engine.lirax.simulator.agents import Queue
from engine.lirax.simulator.arrivals import read_arrival
from engine.lirax.simulator.exchange import Exchange
from engine.lirax.simulator.faults import read_fault
from engine.lirax.simulator.ivr import read_ivr
from engine.lirax.simulator.modems import ModemState
from engine.lirax.simulator.people import LONGEST_SECONDS, read_behaviour

LARGEST_STATUS = 1000
LONGEST_OUTAGE = 3600
Pull = Callable[[Exchange, Mapping[str, Any]], None]


def set_options(exchange: Exchange, values: Mapping[str, Any]) -> None:
    """{"lines": 10, "webhook_faults": "duplicate"}"""
    exchange.set_options(values)


def script_person(exchange: Exchange, values: Mapping[str, Any]) -> None:
    """{"number": "380671234567", "calls": [{"pickup": "busy"}, {"keys": "1"}]}; * is everyone else"""
    behaviours = [read_behaviour(call) for call in objects(values, "calls")]
    exchange.people.script(text(values, "number"), *behaviours)


def inject_fault(exchange: Exchange, values: Mapping[str, Any]) -> None:
    """{"kind": "lost_answer", "phone": "380671234567"}"""
    exchange.faults.inject(read_fault(values))


def clear_faults(exchange: Exchange, values: Mapping[str, Any]) -> None:
    """{}"""
    exchange.faults.clear()


def set_modem(exchange: Exchange, values: Mapping[str, Any]) -> None:
    """{"modem": "380671234567", "state": "off"}"""
    exchange.modems.set_state(text(values, "modem"), ModemState(text(values, "state")))


def receive_sms(exchange: Exchange, values: Mapping[str, Any]) -> None:
    """{"phone": "380501112233", "modem": "380671234567", "text": "STOP"}"""
    exchange.modems.receive(
        text(values, "phone"),
        modem=text(values, "modem"),
        text=text(values, "text"),
        now=exchange.clock.now(),
    )


def set_keys(exchange: Exchange, values: Mapping[str, Any]) -> None:
    """{"token": "new key of commands"}, {"webhook_token": …}, {"revoked": true}, {"revoked": false}"""
    exchange.token = text(values, "token", otherwise=exchange.token)
    exchange.webhooks.token = text(values, "webhook_token", otherwise=exchange.webhooks.token)
    exchange.revoked = _flag(values, "revoked", otherwise=exchange.revoked)


def set_history_login(exchange: Exchange, values: Mapping[str, Any]) -> None:
    """{"login": "api@example.com", "password": "secret"}"""
    exchange.sessions.login = text(values, "login")
    exchange.sessions.password = text(values, "password")


def set_webhook(exchange: Exchange, values: Mapping[str, Any]) -> None:
    """{"url": "http://127.0.0.1:8000/lirax"}"""
    exchange.webhooks.url = text(values, "url")


def set_ivr(exchange: Exchange, values: Mapping[str, Any]) -> None:
    """{"number": "5001", "name": "Reminder", "menus": {"0": "Main", "02": "Call back"}, "keys": "1"}"""
    script = {name: each for name, each in values.items() if name != "number"}
    exchange.ivrs.set(text(values, "number"), read_ivr(script))


def call_in(exchange: Exchange, values: Mapping[str, Any]) -> None:
    """{"phone": "380671112233"}: this person calls us; more in `Arrival`"""
    if exchange.incoming.arrive(read_arrival(values), now=exchange.clock.now()) is None:
        raise ValueError("every line is taken: the caller hears that we are busy")


def set_presence(exchange: Exchange, values: Mapping[str, Any]) -> None:
    """{"ext": "101", "status": 0}: 0 disconnected, 1 free, above 1 busy"""
    exchange.set_presence(text(values, "ext"), number(values, "status", highest=LARGEST_STATUS))


def outage(exchange: Exchange, values: Mapping[str, Any]) -> None:
    """{"seconds": 5}: nothing listens for so long"""
    exchange.outage(number(values, "seconds", highest=LONGEST_OUTAGE))


def open_queue(exchange: Exchange, values: Mapping[str, Any]) -> None:
    """{"number": "5001", "agents": ["101", "201"], "answer_seconds": 2, "wrap_up_seconds": 10}"""
    exts = values.get("agents")
    if (
        not isinstance(exts, list)
        or not exts
        or not all(isinstance(ext, str) and ext.isdigit() for ext in exts)
    ):
        raise ValueError('agents is a list of extensions, such as ["101", "201"]')
    seconds = {
        name: _seconds(values, name) for name in ("answer_seconds", "wrap_up_seconds") if name in values
    }
    exchange.agents.open_queue(text(values, "number"), Queue(tuple(exts), **seconds))


def restart(exchange: Exchange, values: Mapping[str, Any]) -> None:
    """{}"""
    exchange.restart()


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
    "ivrs": set_ivr,
    "incoming": call_in,
    "presence": set_presence,
    "outage": outage,
    "queues": open_queue,
    "restart": restart,
}


def text(values: Mapping[str, Any], name: str, *, otherwise: str | None = None) -> str:
    """A text that is not empty; `otherwise` when there is none."""
    value = values.get(name, otherwise)
    if isinstance(value, str) and value:
        return value
    raise ValueError(f"{name} is missing; it is a text")


def objects(values: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    found = values.get(name, [])
    if isinstance(found, list) and all(isinstance(each, dict) for each in found):
        return found
    raise ValueError(f"{name} is a list of objects")


def number(values: Mapping[str, Any], name: str, *, highest: int) -> int:
    value = values.get(name)
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= highest:
        return value
    raise ValueError(f"{name} is a whole number from 0 to {highest}, not {value!r}")


def _seconds(values: Mapping[str, Any], name: str) -> float:
    value = values[name]
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= LONGEST_SECONDS:
        raise ValueError(f"{name} is a number of seconds, not {value!r}")
    return float(value)


def _flag(values: Mapping[str, Any], name: str, *, otherwise: bool) -> bool:
    value = values.get(name, otherwise)
    if isinstance(value, bool):
        return value
    raise ValueError(f"{name} is true or false")
