"""What an account lets its campaigns use, and what a definition asks for beyond that."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from campaigns.definition.reading import did_you_mean, shown
from campaigns.rules.policy import Policy


@dataclass(frozen=True)
class AccountTerms:
    """`extensions` and `modems` are those its campaigns may use; None means any."""

    timezone: str
    extensions: tuple[str, ...] | None = None
    modems: tuple[str, ...] | None = None
    closed: bool = False


def terms_problems(policy: Policy, accounts: Mapping[str, AccountTerms]) -> Iterator[tuple[str, str]]:
    """Dotted field and sentence of everything in `policy` that its account does not have."""
    terms = accounts.get(policy.account)
    if terms is None:
        hint = did_you_mean(policy.account, accounts)
        yield "account", f"there is no LiraX account {shown(policy.account)}{hint}"
        return
    if terms.closed:
        yield "account", f"the LiraX account {shown(policy.account)} is closed and takes no new campaigns"
    if terms.extensions is not None:
        yield from _extensions(policy, terms.extensions)
    if policy.sms is not None and terms.modems is not None and policy.sms.modem not in terms.modems:
        yield "sms.modem", _not_among(policy.sms.modem, "modem", policy.account, terms.modems)


def _extensions(policy: Policy, known: Collection[str]) -> Iterator[tuple[str, str]]:
    for field, ext in named_extensions(policy):
        if ext and ext not in known:
            yield field, _not_among(ext, "extension", policy.account, known)


def named_extensions(policy: Policy) -> Iterator[tuple[str, str]]:
    """Where a definition names an extension. Who leaves one out gets `from`, and is not named again."""
    yield "from", policy.from_ext
    if policy.sms is not None and policy.sms.ext != policy.from_ext:
        yield "sms.ext", policy.sms.ext
    for number, rule in enumerate(policy.rules):
        for order in rule.orders:
            ext = order.fields.get("ext", policy.from_ext)
            if ext != policy.from_ext:
                yield f"rules.{number}.{order.kind}.ext", ext


def _not_among(value: str, what: str, account: str, known: Collection[str]) -> str:
    has = ", ".join(known) or "none"
    return f"{shown(value)} is not one of the {what}s of the account {shown(account)}, which has: {has}"
