"""Further actions of a rule: task, note, deal, message, contact, and going on in another campaign."""

import re
from collections.abc import Callable, Mapping
from datetime import timedelta
from types import MappingProxyType

from campaigns.definition.fields import read_duration, read_extension, read_line, read_text, read_word
from campaigns.definition.reading import Place, open_section, shown
from campaigns.rules.durations import write_duration
from campaigns.rules.errands import whole_sum
from campaigns.rules.policy import Order
from campaigns.rules.vocabulary import EffectKind
from campaigns.texts import parse_text

Reader = Callable[[Place], str | None]
TASK_TYPES = MappingProxyType({"1": "follow-up", "2": "meeting", "3": "call"})  # LiraX's numbers, our words
USUAL_TYPE = "follow-up"
DEAL_STATUSES = ("active", "won", "lost")
USUAL_DUE = timedelta(days=1)
_LONGEST_DUE = timedelta(days=729)  # LiraX: less than two years ahead
_STAGE = re.compile(r"[0-9]{1,9}")


def read_orders(places: Mapping[str, Place], *, from_ext: str, campaign: str) -> tuple[Order, ...]:
    """The actions among a rule's keys, in the order of `EffectKind`; `campaign` is the rule's own."""
    orders: list[Order | None] = []
    for kind in EffectKind:
        place = places.get(kind)
        if place is None:
            continue
        if kind is EffectKind.NOTE:
            orders.append(_of_one_text(kind, "text", read_text(place)))
        elif kind is EffectKind.CAMPAIGN:
            orders.append(_of_one_text(kind, "name", _read_campaign(place, own=campaign)))
        else:
            orders.append(_read_order(kind, place, from_ext=from_ext))
    return tuple(order for order in orders if order is not None)


def _read_order(kind: EffectKind, place: Place, *, from_ext: str) -> Order | None:
    fields = _FIELDS[kind]
    section = open_section(place, tuple(fields))
    if section is None:
        return None
    left_out = {
        "ext": from_ext,
        "type": USUAL_TYPE,
        "due": write_duration(USUAL_DUE),
        "status": DEAL_STATUSES[0],
    }
    values: dict[str, str] = {}
    for name, reader in fields.items():
        at = section.get(name) if name in left_out else section.need(name)
        value = left_out.get(name) if at is None else reader(at)
        if value is not None:
            values[name] = value
    return Order(kind, MappingProxyType(values))


def _of_one_text(kind: EffectKind, name: str, text: str | None) -> Order | None:
    return None if text is None else Order(kind, MappingProxyType({name: text}))


def _read_campaign(place: Place, *, own: str) -> str | None:
    """The name of another campaign; it is no text, yet performers fill every field of an order as one."""
    name = None if read_line(place) is None else read_text(place)
    if name is None:
        return None
    if name == own or parse_text(name).columns:
        told = "names this campaign itself" if name == own else "cannot have columns in it"
        place.wrong(f"{told}; name another campaign")
    return name


def _read_type(place: Place) -> str | None:
    word = read_word(place, (*TASK_TYPES.values(), *TASK_TYPES))
    return None if word is None else TASK_TYPES.get(word, word)


def _read_status(place: Place) -> str | None:
    return read_word(place, DEAL_STATUSES)


def _read_due(place: Place) -> str | None:
    due = read_duration(place)
    if due is None:
        return None
    if not timedelta(0) < due <= _LONGEST_DUE:
        place.wrong(f"must be later than now and less than two years ahead, at most {_LONGEST_DUE.days}d")
        return None
    return write_duration(due)


def _read_sum(place: Place) -> str | None:
    text = read_text(place)
    if text is None or parse_text(text).columns:
        return text
    try:
        whole_sum(text)
    except ValueError as error:
        place.wrong(str(error))
        return None
    return text


def _read_stage(place: Place) -> str | None:
    text = read_line(place)
    if text is None or _STAGE.fullmatch(text):
        return text
    place.wrong(f"{shown(text)} is not the number of a deal stage; `dzvin lirax getStages` lists them")
    return None


_FIELDS: Mapping[EffectKind, Mapping[str, Reader]] = MappingProxyType(
    {
        EffectKind.TASK: {"ext": read_extension, "text": read_text, "type": _read_type, "due": _read_due},
        EffectKind.DEAL: {"name": read_text, "sum": _read_sum, "stage": _read_stage, "status": _read_status},
        EffectKind.MESSAGE: {"ext": read_extension, "text": read_text},
        EffectKind.CONTACT: {"name": read_text},
    }
)
