"""What the page shows, as plain values: the phones of this moment and the last of everything else."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar, get_args, get_origin

from engine.lirax.simulator.exchange import Exchange
from engine.lirax.simulator.live_calls import LiveCall
from engine.lirax.simulator.options import KINDS, Options, as_text
from engine.lirax.simulator.truth import Message, Received, Ring

PHONES = 60  # calls shown at once
ROWS = 20  # of every list
Row = TypeVar("Row")


@dataclass(frozen=True)
class Leg:
    number: str
    since: datetime
    word: str
    tone: str


@dataclass(frozen=True)
class Phone:
    callid: str
    client: str
    ext: str
    incoming: bool
    rings: bool
    talks: bool
    ringing: str  # the number that rings now; empty: none
    keys: str
    legs: tuple[Leg, ...]


@dataclass(frozen=True)
class Text:
    at: datetime
    phone: str
    modem: str
    text: str
    word: str
    tone: str


@dataclass(frozen=True)
class OptionRow:
    name: str
    value: str
    choices: tuple[str, ...]  # empty: any value of its kind
    changed: bool


def shown(exchange: Exchange) -> dict[str, Any]:
    """Everything the templates ask for."""
    phones = [_phone(call) for call in list(exchange.live.values())[:PHONES]]
    truth = exchange.truth
    return {
        "phones": phones,
        "ringing": sum(phone.rings for phone in phones),
        "up": len(exchange.live),
        "waiting": exchange.lines.waiting()[:ROWS],
        "waiting_count": len(exchange.lines.waiting()),
        "users": exchange.directory.users,
        "status_of": exchange.directory.status_of,
        "statuses": _statuses(exchange),
        "calls": last(truth.calls),
        "texts": _texts(exchange),
        "webhooks": last(truth.webhooks),
        "posts": last(truth.posts),
        "asked": {each.callid: each for each in truth.asked[-5 * ROWS :]},
        "options": option_rows(exchange.options),
        "faults": exchange.faults.waiting(),
        "scripted": list(exchange.people.scripted().items())[:ROWS],
        "modems": exchange.modems.states(),
        "revoked": exchange.revoked,
        "webhook_url": exchange.webhooks.url,
        "speed": exchange.speed,
        "zone": exchange.options.zone,
    }


def last(rows: Sequence[Row]) -> list[Row]:
    """The newest first."""
    return list(reversed(rows[-ROWS:]))


def option_rows(options: Options) -> list[OptionRow]:
    usual = Options()
    rows = [
        OptionRow(
            name=name,
            value=as_text(getattr(options, name)),
            choices=_choices(kind),
            changed=getattr(options, name) != getattr(usual, name),
        )
        for name, kind in KINDS.items()
    ]
    return sorted(rows, key=lambda row: not row.changed)


def _choices(kind: Any) -> tuple[str, ...]:
    if get_origin(kind) is not None:
        return tuple(as_text(choice) for choice in get_args(kind))
    return ("false", "true") if kind is bool else ()


def _phone(call: LiveCall) -> Phone:
    rings = call.rings_now
    talks = bool(call.rings) and not rings and call.rings[-1].answered_at is not None
    return Phone(
        callid=call.callid,
        client=call.client,
        ext=call.ext,
        incoming=any(ring.direction == "in" for ring in call.rings),
        rings=rings,
        talks=talks,
        ringing=call.rings[-1].number if rings else "",
        keys=call.keys,
        legs=tuple(_leg(ring) for ring in call.rings),
    )


def _leg(ring: Ring) -> Leg:
    if ring.answered_at is not None:
        return Leg(ring.number, ring.answered_at, "talks", "good")
    word = "rings" if ring.rang else "is not reached"
    return Leg(ring.number, ring.started_at, word, "live" if ring.rang else "quiet")


def _texts(exchange: Exchange) -> list[Text]:
    truth = exchange.truth
    both: Iterable[Message | Received] = (*truth.messages[-ROWS:], *truth.received[-ROWS:])
    return sorted((_text(each) for each in both), key=lambda text: text.at, reverse=True)[:ROWS]


def _text(message: Message | Received) -> Text:
    if isinstance(message, Received):
        word, tone = "received", "live"
    elif message.delivered_at is not None:
        word, tone = "delivered", "good"
    elif message.expired_at is not None:
        word, tone = "expired", "bad"
    else:
        word, tone = "on its way", "wait"
    return Text(message.at, message.phone, message.modem, message.text, word, tone)


def _statuses(exchange: Exchange) -> list[tuple[int, str]]:
    """0 disconnected, then those of the account."""
    known = [(int(each["status"]), str(each["title"])) for each in exchange.directory.statuses]
    return [(0, "Disconnected"), *known]
