"""What follows when consent is recorded or withdrawn."""

from collections.abc import Sequence
from datetime import datetime

from campaigns.lists.preparing import Prepared
from campaigns.rules.consents import Consent
from campaigns.rules.reasons import Waiting
from campaigns.rules.standing import Delayed
from campaigns.store import consents, recipients
from engine.apply.change import Change
from engine.apply.recipients import happen_to_all


def consents_told(rows: Sequence[Prepared]) -> list[Consent]:
    """What the rows of a list tell of consent."""
    return [
        Consent(row.phone, row.consent[1], datetime.fromisoformat(row.consent[0]), row.consent[2])
        for row in rows
        if row.consent is not None
    ]


def record_consents(change: Change, given: Sequence[Consent]) -> int:
    """How many are new; who waited for consent has a turn again."""
    new = consents.record(change.connection, given, now=change.now)
    if new:
        found = recipients.open_with_phone(change.connection, [each.phone for each in given])
        waiting = [row for row in found if row.standing.wait_reason is Waiting.CONSENT]
        happen_to_all(change, waiting, Delayed(change.now, Waiting.HOURS))
    return new
