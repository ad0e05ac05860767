"""The keys somebody pressed in an IVR menu, out of the JSON that LiraX sends in `keys`. Pure."""

import json
from typing import Any

from campaigns.rules.policy import KeyPress

MAX_KEYS_BYTES = 4 * 1024  # some fifty presses; who sends more plays with us
MAX_KEYS_DEPTH = 5  # a list of objects is 2
DECODER = json.JSONDecoder(parse_int=str, parse_float=str)  # made once: it costs more than the decoding


def read_keys(text: str) -> tuple[KeyPress, ...]:
    """The presses in order; none for what is absent, empty, no JSON, too long or too deep (C49).

    A single object counts as a list of one; numbers become text, as leading zeros matter.
    """
    if not text.strip() or len(text.encode()) > MAX_KEYS_BYTES:
        return ()
    try:
        presses = DECODER.decode(text.strip())
    except (ValueError, RecursionError):
        return ()
    if _is_deeper_than(presses, MAX_KEYS_DEPTH):
        return ()
    items = presses if isinstance(presses, list) else [presses]
    read = (_press(item) for item in items if isinstance(item, dict))
    return tuple(press for press in read if press.key)


def _press(item: dict[str, Any]) -> KeyPress:
    lower = {name.lower(): value for name, value in item.items()}
    return KeyPress(_text(lower, "ivr_name"), _text(lower, "ivr_entry"), _text(lower, "key"))


def _text(item: dict[str, Any], name: str) -> str:
    value = item.get(name)
    return value.strip() if isinstance(value, str) else ""


def _is_deeper_than(value: Any, levels: int) -> bool:
    if not isinstance(value, dict | list):
        return False
    if levels == 0:
        return True
    inner = value.values() if isinstance(value, dict) else value
    return any(_is_deeper_than(item, levels - 1) for item in inner)
