"""What an account lets its campaigns use, and what a definition asks for beyond that."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from campaigns.definition.named import Named
from campaigns.definition.reading import did_you_mean, shown
from campaigns.rules.caps import NO_CAPS, ContactCaps
from campaigns.rules.policy import Policy
from campaigns.rules.vocabulary import DirectoryKind


@dataclass(frozen=True)
class AccountTerms:
    """`extensions` and `modems` are those its campaigns may use; None means any; `caps` hold for all."""

    timezone: str
    extensions: tuple[str, ...] | None = None
    modems: tuple[str, ...] | None = None
    closed: bool = False
    caps: ContactCaps = NO_CAPS


def terms_problems(
    policy: Policy, named: Iterable[Named], accounts: Mapping[str, AccountTerms]
) -> Iterator[tuple[str, str]]:
    """Dotted field and sentence of everything a definition asks for that its account does not have."""
    terms = accounts.get(policy.account)
    if terms is None:
        hint = did_you_mean(policy.account, accounts)
        yield "account", f"there is no LiraX account {shown(policy.account)}{hint}"
        return
    if terms.closed:
        yield "account", f"the LiraX account {shown(policy.account)} is closed and takes no new campaigns"
    for each in named:
        if each.kind is DirectoryKind.USERS and not _has(terms.extensions, each.value):
            yield each.field, _not_among(each.value, "extension", policy.account, terms.extensions)
    if policy.sms is not None and not _has(terms.modems, policy.sms.modem):
        yield "sms.modem", _not_among(policy.sms.modem, "modem", policy.account, terms.modems)


def _has(known: tuple[str, ...] | None, value: str) -> bool:
    return known is None or value in known or not value


def _not_among(value: str, what: str, account: str, known: tuple[str, ...] | None) -> str:
    has = ", ".join(known or ()) or "none"
    return f"{shown(value)} is not one of the {what}s of the account {shown(account)}, which has: {has}"
