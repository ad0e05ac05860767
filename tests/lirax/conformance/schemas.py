"""The few words of JSON Schema that the reference uses."""

from collections.abc import Iterator
from typing import Any

TYPES: dict[str, type | tuple[type, ...]] = {
    "object": dict,
    "array": list,
    "string": str,
    "integer": int,
}
KNOWN = {"type", "properties", "required", "items", "enum", "minLength"}


def misfits(value: Any, schema: dict[str, Any], *, at: str = "body") -> Iterator[str]:
    """What of the value is not as the schema says. A word of the schema that is not known here is one too."""
    yield from (f"{word} is no word we know" for word in schema.keys() - KNOWN)
    if "type" in schema and not isinstance(value, TYPES[schema["type"]]):
        yield f"{at} is no {schema['type']}: {value!r}"
        return
    if "enum" in schema and value not in schema["enum"]:
        yield f"{at} is none of {schema['enum']}: {value!r}"
    if len(str(value)) < schema.get("minLength", 0):
        yield f"{at} is too short"
    yield from (f"{at}.{name} is missing" for name in schema.get("required", ()) if name not in value)
    for name, inner in schema.get("properties", {}).items():
        if name in value:
            yield from misfits(value[name], inner, at=f"{at}.{name}")
    if "items" in schema:
        for place, item in enumerate(value):
            yield from misfits(item, schema["items"], at=f"{at}[{place}]")
