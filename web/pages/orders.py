"""What was ordered, in words: for the lists of effects."""

from collections.abc import Mapping, Sequence
from typing import Any

from campaigns.rules.vocabulary import EffectKind, EffectState
from campaigns.store.effect_views import EffectView

MOST_NAMED = 3  # of the numbers of one errand

NUMBERS_NAMED = 5


def ordered(view: EffectView) -> str:
    """What is to be done, as the rule's texts came out for this person."""
    if not view.body:
        return "nothing is kept of it"
    body = {name: str(value) for name, value in view.body.items()}
    match view.kind:
        case EffectKind.TASK:
            return f"{body.get('type')} for {body.get('ext')}, due in {body.get('due')}: “{body.get('text')}”"
        case EffectKind.NOTE:
            return f"“{body.get('text')}”"
        case EffectKind.DEAL:
            status = body.get("status", "active")
            closed = "" if status == "active" else f", {status}"
            return f"“{body.get('name')}”, {body.get('sum')}, stage {body.get('stage')}{closed}"
        case EffectKind.MESSAGE:
            return f"to {body.get('ext')}: “{body.get('text')}”"
        case EffectKind.CONTACT | EffectKind.CAMPAIGN:
            return f"“{body.get('name')}”"
        case EffectKind.BLACKLIST:
            return _numbers(view.body)


def _numbers(body: Mapping[str, Any]) -> str:
    phones = [str(phone) for phone in body.get("phones", ())]
    more = f" and {len(phones) - NUMBERS_NAMED} more" if len(phones) > NUMBERS_NAMED else ""
    return f"{body.get('act')} {', '.join(phones[:NUMBERS_NAMED])}{more}"


def _some(phones: Sequence[str]) -> str:
    more = f" and {len(phones) - MOST_NAMED} more" if len(phones) > MOST_NAMED else ""
    return ", ".join(phones[:MOST_NAMED]) + more


def told_of_person(counts: Mapping[EffectState, int] | None) -> str:
    """`2 orders, 1 failed`; empty where a person has none."""
    if not counts:
        return ""
    total = sum(counts.values())
    parts = [f"{total} order" if total == 1 else f"{total} orders"]
    for state, word in ((EffectState.FAILED, "failed"), (EffectState.UNKNOWN, "unclear")):
        if counts.get(state):
            parts.append(f"{counts[state]} {word}")
    return ", ".join(parts)
