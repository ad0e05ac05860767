"""Tells LiraX's own blacklist what our do-not-call list gains and loses, where the account asks for it.

An errand is written in the very transaction that changes our list; one for all numbers of a transaction.
"""

from collections.abc import Sequence

from campaigns.columns import to_microseconds
from campaigns.rules.vocabulary import AccountId, EffectKind
from campaigns.store import accounts, effects
from engine.apply.change import Change

ADD, REMOVE = "add", "remove"


def order_pushes(change: Change) -> None:
    """What this transaction has put on our list goes on theirs; not to the account that told us of it."""
    for account_id in accounts.pushing(change.connection) if change.suppressed else ():
        phones = [phone for phone, told_by in change.suppressed.items() if told_by != account_id]
        _order(change, account_id, phones, act=ADD)


def order_removal(change: Change, phone: str) -> None:
    """The number comes off their lists too, whoever had put it there: a person wants it called again."""
    for account_id in accounts.pushing(change.connection):
        _order(change, account_id, [phone], act=REMOVE)


def _order(change: Change, account_id: AccountId, phones: Sequence[str], *, act: str) -> None:
    if not phones:
        return
    effects.add(
        change.connection,
        f"blacklist:{account_id}:{act}:{phones[0]}:{to_microseconds(change.now)}",
        account_id=account_id,
        campaign_id=None,
        recipient_id=None,
        kind=EffectKind.BLACKLIST,
        body={"act": act, "phones": list(phones)},
        now=change.now,
    )
