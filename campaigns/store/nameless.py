"""Makes what is kept of people nameless: the rows that figures are made of stay, and tell of nobody."""

from collections import Counter
from collections.abc import Sequence

from sqlalchemy import Connection, delete, select, update

from campaigns.rules.vocabulary import (
    FINAL_STATES,
    OPEN_ATTEMPTS,
    OPEN_EFFECTS,
    OPEN_SMS,
    RecipientId,
)
from campaigns.store.personal import KEPT, emptied, table
from campaigns.tables import Attempt, Deal, Effect, Recipient, Sms

_recipient = Recipient.__table__  # type: ignore[attr-defined]
_attempt = Attempt.__table__  # type: ignore[attr-defined]
_deal = Deal.__table__  # type: ignore[attr-defined]
_sms = Sms.__table__  # type: ignore[attr-defined]
_effect = Effect.__table__  # type: ignore[attr-defined]
_FINAL = _recipient.c.state.in_([state.value for state in FINAL_STATES])
_IS_OPEN = (
    select(_attempt.c.id)
    .where(
        _attempt.c.recipient_id == _recipient.c.id,
        _attempt.c.state.in_([state.value for state in OPEN_ATTEMPTS]),
    )
    .exists()
)
_MESSAGE_IS_OPEN = (
    select(_sms.c.id)
    .where(_sms.c.recipient_id == _recipient.c.id, _sms.c.state.in_([state.value for state in OPEN_SMS]))
    .exists()
)
_ERRAND_IS_OPEN = (
    select(_effect.c.id)
    .where(
        _effect.c.recipient_id == _recipient.c.id,
        _effect.c.state.in_([state.value for state in OPEN_EFFECTS]),
    )
    .exists()
)
MAY_BE_NAMELESS = _FINAL & ~_IS_OPEN & ~_MESSAGE_IS_OPEN & ~_ERRAND_IS_OPEN
"""Of recipients: nothing of them is open any more."""


def make_nameless(connection: Connection, recipient_ids: Sequence[RecipientId]) -> Counter[str]:
    """How many rows of each table were emptied or deleted. The caller has chosen who `MAY_BE_NAMELESS`."""
    done: Counter[str] = Counter()
    for name in KEPT:
        of_table = table(name)
        whose = of_table.c.id if name == "recipient" else of_table.c.recipient_id
        values = emptied(of_table)
        if name == "recipient":
            values["round"] = of_table.c.id  # a number is in a campaign once a round; so is nobody's
        emptying = update(of_table).where(whose.in_(recipient_ids)).values(**values)
        done[name] += connection.execute(emptying).rowcount
    done["deal"] += connection.execute(delete(_deal).where(_deal.c.recipient_id.in_(recipient_ids))).rowcount
    return done
