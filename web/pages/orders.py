"""What was ordered, in words: for the lists of effects."""

from collections.abc import Mapping

from campaigns.rules.vocabulary import EffectKind, EffectState
from campaigns.store.effect_views import EffectView


def ordered(view: EffectView) -> str:
    """What is to be done, as the rule's texts came out for this person."""
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
            return ", ".join(body.values())


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
