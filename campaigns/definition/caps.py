"""How often one number may be called, over all campaigns (`caps`)."""

from collections.abc import Iterator, Mapping

from campaigns.definition.fields import read_whole
from campaigns.definition.reading import Place, open_section
from campaigns.definition.terms import AccountTerms
from campaigns.rules.caps import caps_in_words, merge_caps
from campaigns.rules.policy import ContactCaps, Policy

CAPS_KEYS = ("per_day", "per_week")
MOST_CALLS = 100  # to one number in a week; who writes more means something else


def read_caps(place: Place) -> ContactCaps | None:
    section = open_section(place, CAPS_KEYS)
    if section is None:
        return None
    per_day, per_week = (
        section.read(key, lambda at: read_whole(at, least=1, most=MOST_CALLS), otherwise=None)
        for key in CAPS_KEYS
    )
    return ContactCaps(per_day, per_week)


def on_caps(policy: Policy, accounts: Mapping[str, AccountTerms] | None) -> Iterator[str]:
    """What holds for the campaign: its own caps and its account's, whichever is stricter."""
    terms = (accounts or {}).get(policy.account)
    together = policy.caps if terms is None else merge_caps(policy.caps, terms.caps)
    told = caps_in_words(together)
    if told is not None:
        stricter = f", some of it by the account {policy.account}" if together != policy.caps else ""
        yield f"One number gets {told}, calls of all campaigns counted{stricter}."
