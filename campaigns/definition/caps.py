"""How often one number may be called, over all campaigns (`caps`)."""

from collections.abc import Iterator, Mapping
from datetime import date

from campaigns.definition.fields import read_whole
from campaigns.definition.moments import first_day
from campaigns.definition.reading import Place, open_section
from campaigns.definition.terms import AccountTerms
from campaigns.rules.caps import ContactCaps, caps_in_words, merge_caps
from campaigns.rules.policy import Policy

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


def on_caps(policy: Policy, accounts: Mapping[str, AccountTerms] | None, *, today: date) -> Iterator[str]:
    """What holds for the campaign: its own caps, its account's and its profile's, the strictest of each."""
    holding = [("", policy.caps)]
    terms = (accounts or {}).get(policy.account)
    if terms is not None:
        holding.append((f"the account {policy.account}", terms.caps))
    if policy.profile is not None:
        law = policy.profile.on(first_day(policy, today)).caps
        holding.append((f"the profile {policy.profile.name}", law))
    together = merge_caps(*(caps for _, caps in holding))
    told = caps_in_words(together)
    if told is not None:
        others = [name for name, caps in holding[1:] if merge_caps(policy.caps, caps) != policy.caps]
        stricter = f", some of it by {' and '.join(others)}" if others else ""
        yield f"One number gets {told}, calls of all campaigns counted{stricter}."
