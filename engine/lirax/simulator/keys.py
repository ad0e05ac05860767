"""Pressed keys as a field of a webhook."""

import json


def keys_field(made: list[dict[str, str]], *, when_none: str) -> dict[str, str]:
    """The webhook's field `keys`, or no field at all."""
    if made:
        return {"keys": json.dumps(made, ensure_ascii=False, separators=(",", ":"))}
    return {"absent": {}, "empty_string": {"keys": ""}, "empty_array": {"keys": "[]"}}[when_none]
