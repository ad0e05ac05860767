"""What the receiver answers to `contact`: a name and a responsible employee, in every shape met (C42)."""

import json

from engine.lirax.simulator.truth import Asked

OK = 200


def read_answer(code: int, content: bytes, *, into: Asked) -> None:
    """Fills in code, name and responsible; an answer that is not understood leaves both None."""
    into.code = code
    try:
        said = json.loads(content.decode("utf-8", "replace"))
    except (ValueError, RecursionError):
        return
    if code != OK or not isinstance(said, dict):
        return
    name, responsible = said.get("contact_name"), said.get("responsible")
    into.name = name if isinstance(name, str) and name else None
    if isinstance(responsible, int | str) and not isinstance(responsible, bool) and str(responsible):
        into.responsible = str(responsible)
