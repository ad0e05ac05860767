"""A call that comes in: who calls which number of ours, from which advertisement, how patiently."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from engine.lirax.simulator.ivr import KEYS
from engine.lirax.simulator.people import LONGEST_SECONDS

OUR_NUMBER = "380441234567"
UTM = frozenset({"tid", "cid", "cs", "cm", "cc", "ct"})
PHONES = {"phone": r"[0-9]{3,20}", "line": r"[0-9]{3,20}", "ext": r"[0-9]{0,20}"}


@dataclass(frozen=True)
class Arrival:
    """Who calls which of our numbers, and how long they wait and talk, in simulated seconds.

    `ext` is who is called; empty: whom `contact` names responsible, else the first employee that is free.
    """

    phone: str
    line: str = OUR_NUMBER
    ext: str = ""
    patience_seconds: float = 30
    talk_seconds: float = 20
    keys: str = ""  # pressed in the IVR of `line`
    utm: dict[str, str] = field(default_factory=dict)  # tid, cid, cs, cm, cc, ct


def read_arrival(values: Mapping[str, Any]) -> Arrival:
    """{"phone": "380671112233", "utm": {"cs": "google"}}. Raises ValueError with a sentence."""
    known = {each.name for each in fields(Arrival)}
    for name, value in values.items():
        if name not in known:
            raise ValueError(f"a call to us has no {name!r}; known are {', '.join(sorted(known))}")
        if not _fits(name, value):
            raise ValueError(f"{name} of a call to us cannot be {value!r}")
    if "phone" not in values:
        raise ValueError("phone is missing: who calls us")
    return Arrival(**values)


def _fits(name: str, value: object) -> bool:
    if name.endswith("_seconds"):
        number = isinstance(value, int | float) and not isinstance(value, bool)
        return number and 0 <= float(str(value)) <= LONGEST_SECONDS
    if name == "utm":
        return (
            isinstance(value, dict) and set(value) <= UTM and all(isinstance(v, str) for v in value.values())
        )
    if name == "keys":
        return isinstance(value, str) and set(value) <= KEYS
    return isinstance(value, str) and re.fullmatch(PHONES[name], value) is not None
