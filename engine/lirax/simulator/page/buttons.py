"""What the buttons of the page do. Each takes the fields of its form; a wrong one raises ValueError."""

from collections.abc import Callable, Mapping

from engine.lirax.simulator import levers
from engine.lirax.simulator.exchange import Exchange
from engine.lirax.simulator.ivr import KEYS
from engine.lirax.simulator.live_calls import LiveCall
from engine.lirax.simulator.people import BY_HAND, Pickup

Fields = Mapping[str, str]
Button = Callable[[Exchange, Fields], None]
DECLINES = frozenset({Pickup.BUSY, Pickup.NO_ANSWER, Pickup.UNAVAILABLE, Pickup.NOT_ALLOWED})
RINGS_NOT = "this phone rings no longer"


def pick_up(exchange: Exchange, fields: Fields) -> None:
    if not _call(exchange, fields).pick_up(exchange.clock.now()):
        raise ValueError(RINGS_NOT)


def decline(exchange: Exchange, fields: Fields) -> None:
    how = Pickup(fields.get("how", ""))
    if how not in DECLINES or not _call(exchange, fields).decline(how, exchange.clock.now()):
        raise ValueError(RINGS_NOT)


def press(exchange: Exchange, fields: Fields) -> None:
    key = fields.get("key", "")
    if key not in KEYS:
        raise ValueError(f"there is no key {key!r} on a phone")
    if not _call(exchange, fields).press(key):
        raise ValueError("keys can be pressed once the phone is answered")


def hang_up(exchange: Exchange, fields: Fields) -> None:
    _call(exchange, fields).hang_up(exchange.clock.now())


def by_hand(exchange: Exchange, fields: Fields) -> None:
    number = _number(fields, "number")
    exchange.people.script(number, *([BY_HAND] if fields.get("wait") == "1" else []))


def sms(exchange: Exchange, fields: Fields) -> None:
    values = {
        "phone": _number(fields, "phone"),
        "modem": _number(fields, "modem"),
        "text": fields.get("text"),
    }
    levers.receive_sms(exchange, values)


def incoming(exchange: Exchange, fields: Fields) -> None:
    levers.call_in(exchange, {name: fields[name].strip() for name in ("phone", "ext") if fields.get(name)})


def presence(exchange: Exchange, fields: Fields) -> None:
    levers.set_presence(exchange, {"ext": fields.get("ext"), "status": _whole(fields, "status")})


def option(exchange: Exchange, fields: Fields) -> None:
    exchange.set_options({fields.get("name", ""): fields.get("value", "")})


def fault(exchange: Exchange, fields: Fields) -> None:
    values: dict[str, object] = {"kind": fields.get("kind", ""), "command": fields.get("command", "")}
    if fields.get("code"):
        values["code"] = _whole(fields, "code")
    if fields.get("seconds"):
        values["seconds"] = _whole(fields, "seconds")
    values["times"] = _whole(fields, "times") if fields.get("times") else None
    levers.inject_fault(exchange, values)


def clear_faults(exchange: Exchange, fields: Fields) -> None:
    exchange.faults.clear()


def modem(exchange: Exchange, fields: Fields) -> None:
    levers.set_modem(exchange, {"modem": _number(fields, "modem"), "state": fields.get("state", "")})


def key(exchange: Exchange, fields: Fields) -> None:
    exchange.revoked = fields.get("revoked") == "1"


def outage(exchange: Exchange, fields: Fields) -> None:
    exchange.outage(_whole(fields, "seconds") * exchange.speed)


def restart(exchange: Exchange, fields: Fields) -> None:
    exchange.restart()


BUTTONS: Mapping[str, Button] = {
    each.__name__: each
    for each in (
        *(pick_up, decline, press, hang_up, by_hand, sms, incoming, presence, option),
        *(fault, clear_faults, modem, key, outage, restart),
    )
}


def _call(exchange: Exchange, fields: Fields) -> LiveCall:
    call = exchange.live.get(fields.get("callid", ""))
    if call is None:
        raise ValueError("this call is over")
    return call


def _number(fields: Fields, name: str) -> str:
    """Digits, whatever stands between them; a pattern stays as it is."""
    text = "".join(letter for letter in fields.get(name, "") if letter not in " +()-")
    if not text or not set(text) <= set("0123456789*?"):
        raise ValueError(f"{name} is a phone number in digits, not {fields.get(name, '')!r}")
    return text


def _whole(fields: Fields, name: str) -> int:
    text = fields.get(name, "").strip()
    if text.isascii() and text.isdigit() and len(text) < 8:
        return int(text)
    raise ValueError(f"{name} is a whole number, not {text!r}")
