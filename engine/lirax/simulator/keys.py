"""Pressed keys in LiraX's form: each press with the path of the menu item it was made in."""

import json

MENU = "Menu"
ROOT = "0"


def presses(keys: str, *, menu: str = MENU) -> list[dict[str, str]]:
    """`97` becomes key 9 in entry 0 and key 7 in entry 09."""
    return [
        {"ivr_name": menu, "ivr_entry": ROOT + keys[:place], "key": key} for place, key in enumerate(keys)
    ]


def keys_field(made: list[dict[str, str]], *, when_none: str) -> dict[str, str]:
    """The webhook's field `keys`, or no field at all."""
    if made:
        return {"keys": json.dumps(made, ensure_ascii=False, separators=(",", ":"))}
    return {"absent": {}, "empty_string": {"keys": ""}, "empty_array": {"keys": "[]"}}[when_none]
