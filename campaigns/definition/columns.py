"""The columns of the list that the texts of a campaign use."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict

from campaigns.rules.policy import Order, Policy
from campaigns.rules.vocabulary import EffectKind
from campaigns.texts import parse_text

_OF_ONE_TEXT = frozenset({EffectKind.NOTE, EffectKind.CAMPAIGN})
_NOT_TEXTS = frozenset({"ext", "type", "due", "stage", "status"})


def columns_needed(policy: Policy) -> dict[str, str]:
    """Column → the dotted field that first uses it without `default`; names are those of `column_name`."""
    needed: dict[str, str] = {}
    for field, text in texts_of(policy):
        for column in sorted(parse_text(text).required):
            needed.setdefault(column, field)
    return needed


def consent_texts(policy: Policy) -> dict[str, str] | None:
    """The texts of `consent` by key, those that are left out not among them."""
    if policy.consent is None:
        return None
    return {name: text for name, text in asdict(policy.consent).items() if text is not None}


def columns_of_consent(texts: Mapping[str, str] | None) -> dict[str, str]:
    """Column → dotted field, as in `columns_needed`.

    A list has to have them, yet whoever has nothing in them is only somebody without consent.
    """
    given = (texts or {}).items()
    return {column: f"consent.{name}" for name, text in given for column in sorted(parse_text(text).required)}


def texts_of(policy: Policy) -> Iterator[tuple[str, str]]:
    """Every text of the campaign: its dotted field and what it says."""
    for name, text in policy.call.variables.items():
        yield f"call.variables.{name}", text
    for number, rule in enumerate(policy.rules):
        if rule.sms is not None:
            yield f"rules.{number}.sms", rule.sms
        for order in rule.orders:
            yield from _texts_of_order(order, f"rules.{number}.{order.kind}")


def _texts_of_order(order: Order, field: str) -> Iterator[tuple[str, str]]:
    if order.kind is EffectKind.CAMPAIGN:
        return
    for name, text in order.fields.items():
        if name not in _NOT_TEXTS:
            yield (field if order.kind in _OF_ONE_TEXT else f"{field}.{name}"), text
