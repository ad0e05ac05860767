"""Commands of newer LiraX builds, and what known ones do more there; only with the option `extensions`."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from engine.lirax.simulator.answers import DONE, REFUSED, Answer
from engine.lirax.simulator.directory import FREE
from engine.lirax.simulator.exchange import Exchange
from engine.lirax.simulator.truth import Call

LONGEST_SPAN = timedelta(hours=48)
MOMENT = "%Y-%m-%d %H:%M:%S"
TYPES = {"in": 0, "out": 1}


def get_contact(exchange: Exchange, fields: Mapping[str, str], now: datetime) -> Answer:
    phone = fields["ani"].removeprefix("+")
    contact = exchange.directory.contacts.get(phone)
    if contact is None:
        return Answer(exchange.options.unknown_contact_code)
    return Answer(body={"ani": phone, **contact, "tags": exchange.directory.tags.get(phone, [])})


def add_tag(exchange: Exchange, fields: Mapping[str, str], now: datetime) -> Answer:
    tags = _tags(exchange, fields)
    if tags is None:
        return Answer(exchange.options.unknown_contact_code)
    if fields["tag"] not in tags:
        tags.append(fields["tag"])
    return DONE


def delete_tag(exchange: Exchange, fields: Mapping[str, str], now: datetime) -> Answer:
    tags = _tags(exchange, fields)
    if tags is None or fields["tag"] not in tags:
        return Answer(exchange.options.unknown_contact_code)
    tags.remove(fields["tag"])
    return DONE


def _tags(exchange: Exchange, fields: Mapping[str, str]) -> list[str] | None:
    if not exchange.directory.has_contact(fields["ani"]):
        return None
    return exchange.directory.tags.setdefault(fields["ani"].removeprefix("+"), [])


def is_calling(exchange: Exchange, fields: Mapping[str, str], now: datetime) -> Answer:
    """Whether a call with this number, a person's or an employee's, is up."""
    up = {ring.number for call in exchange.live.values() for ring in call.rings}
    return Answer(body={"calling": int(fields["phone"] in up)})


def is_free_users(exchange: Exchange, fields: Mapping[str, str], now: datetime) -> Answer:
    directory = exchange.directory
    free = [user["ext"] for user in directory.users if directory.status_of(user["ext"]) == FREE]
    return Answer(body={"free": int(bool(free)), "users": free})


def get_user_sips(exchange: Exchange, fields: Mapping[str, str], now: datetime) -> Answer:
    sips = [{"ext": user["ext"], "sip": f"sip-{user['ext']}"} for user in exchange.directory.users]
    return Answer(body={"sips": sips})


def get_makecall_data(exchange: Exchange, fields: Mapping[str, str], now: datetime) -> Answer:
    """`success` is null while the call has no result yet."""
    known = exchange.one_calls.known(fields["id_makecall"])
    if known is None:
        return REFUSED
    call_id, answered = known
    success = None if answered is None else int(answered)
    return Answer(body={"id_makecall": fields["id_makecall"], "Call_id": call_id, "success": success})


def get_calls(exchange: Exchange, fields: Mapping[str, str], now: datetime) -> Answer:
    """The calls that began within the span, at most 48 hours of it."""
    since, until = (_moment(fields[name], exchange) for name in ("date_start", "date_finish"))
    if since is None or until is None or not timedelta(0) <= until - since <= LONGEST_SPAN:
        return REFUSED
    calls = [
        call for call in exchange.truth.calls if since <= exchange.options.wall(call.started_at) <= until
    ]
    return Answer(body={"calls": [_row(call, exchange) for call in calls]})


def _row(call: Call, exchange: Exchange) -> dict[str, Any]:
    ours = call.ext if call.direction == "out" else call.line
    ends = (ours, call.client) if call.direction == "out" else (call.client, ours)
    connect = None
    if call.connected:
        talked = timedelta(seconds=call.seconds / exchange.speed)
        connect = exchange.options.wall(call.ended_at - talked).strftime(MOMENT)
    return {
        "call_id": call.callid,
        "ani": ends[0],
        "dnis": ends[1],
        "start": exchange.options.wall(call.started_at).strftime(MOMENT),
        "connect": connect,
        "record": call.recording,
        "type": TYPES[call.direction],
        "duration": round(call.seconds),
        "disconnect_side": "client",
    }


def _moment(text: str, exchange: Exchange) -> datetime | None:
    try:
        return datetime.strptime(text, MOMENT).replace(tzinfo=exchange.options.zone)
    except ValueError:
        return None
