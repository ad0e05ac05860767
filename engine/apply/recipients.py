"""What happens to a person of a campaign: decided by the rules, saved here and nowhere else."""

from collections.abc import Sequence
from typing import Any

import structlog

from campaigns.rules.deciding import decide, end_without_rules
from campaigns.rules.policy import KeyPress
from campaigns.rules.reasons import Waiting
from campaigns.rules.standing import (
    Cancelled,
    Circumstances,
    Decision,
    Delayed,
    Event,
    Expired,
    Standing,
    Suppressed,
)
from campaigns.rules.vocabulary import QUEUED_STATES, AccountId, AttemptId, Outcome, RecipientState
from campaigns.store import campaigns, consents, erased, recipients, suppressions
from campaigns.store.recipients import RecipientRow
from engine.apply.change import Change
from engine.apply.effects import order_effects
from engine.database.trouble import is_of_the_database

DO_NOT_CALL = "the do-not-call list"
"""The source of a withdrawal that came with it."""

log = structlog.get_logger(__name__)


def happen(
    change: Change,
    row: RecipientRow,
    event: Event,
    *,
    attempt_id: AttemptId | None = None,
    **columns: Any,
) -> Decision:
    """Decide what the event makes of the recipient; save it, `columns` beside it, and what follows."""
    policy = change.policy(row.campaign_id)
    circumstances = Circumstances(policy, row.person, change.min_gap, change.now)
    decision = decide(row.standing, event, circumstances)
    recipients.save(change.connection, row.id, decision.standing, **columns)
    _count(change, row, decision.standing)
    order_effects(change, row, decision, policy=policy, attempt_id=attempt_id)
    if decision.standing.state is RecipientState.DONE and decision.standing.outcome == Outcome.OPTED_OUT:
        consents.withdraw(change.connection, [row.phone], source=f"campaign {policy.name}", now=change.now)
    if decision.suppress:
        reason = f"campaign {policy.name}"
        suppress(change, [row.phone], reason=reason, source="rule")
    return decision


def happen_to_all(change: Change, rows: Sequence[RecipientRow], event: Event) -> None:
    """As `happen`, for each. Whose campaign or row is broken holds up nobody else, and no stop.

    An end needs neither: it comes without the rules that would follow. Of anything else the log tells.
    """
    try:
        with change.apart():
            for row in rows:
                happen(change, row, event)
    except Exception as error:
        if is_of_the_database(error):
            raise
        for row in rows:
            _happen_apart(change, row, event)


def _happen_apart(change: Change, row: RecipientRow, event: Event) -> None:
    try:
        with change.apart():
            happen(change, row, event)
    except Exception as error:
        if is_of_the_database(error):
            raise
        log.exception("a person cannot be dealt with", recipient_id=row.id, campaign_id=row.campaign_id)
        if isinstance(event, Suppressed | Cancelled | Expired):
            standing = end_without_rules(row.standing, event, now=change.now)
            recipients.save(change.connection, row.id, standing)
            _count(change, row, standing)


def suppress(
    change: Change,
    phones: Sequence[str],
    *,
    reason: str | None,
    source: str,
    told_by: AccountId | None = None,
) -> int:
    """Put the numbers on the do-not-call list and take them out of every queue; how many are new there.

    Their consent is withdrawn with it.

    `told_by` is the account whose LiraX has them on its own blacklist: it need not be told.
    """
    new = suppressions.add_all(change.connection, phones, reason=reason, source=source, now=change.now)
    known = set(phones) - erased.among(change.connection, phones)  # nothing is written of who was erased
    consents.withdraw(change.connection, known, source=DO_NOT_CALL, now=change.now)
    change.suppressed |= {phone: told_by for phone in phones if phone in new}
    take_out_of_queues(change, phones)
    return len(new)


def take_out_of_queues(change: Change, phones: Sequence[str]) -> None:
    """Nobody with one of these numbers waits for a call any more."""
    found = recipients.open_with_phone(change.connection, phones)
    happen_to_all(change, [row for row in found if row.standing.state in QUEUED_STATES], Suppressed())


def number_is_free(change: Change, phone: str) -> None:
    """Let those who waited because another call to their number was open have their turn again."""
    found = recipients.open_with_phone(change.connection, [phone])
    waiting = [row for row in found if row.standing.wait_reason is Waiting.NUMBER_BUSY]
    happen_to_all(change, waiting, Delayed(change.now, Waiting.MIN_GAP))


def as_documents(keys: Sequence[KeyPress]) -> list[dict[str, str]]:
    """Keys in the form in which they are kept and shown."""
    return [press._asdict() for press in keys]


def _count(change: Change, row: RecipientRow, after: Standing) -> None:
    before = row.standing
    if before.state is not after.state:
        change.count(row.campaign_id, campaigns.STATE, before.state.value, -1)
        change.count(row.campaign_id, campaigns.STATE, after.state.value)
    if before.outcome != after.outcome:
        if before.outcome:
            change.count(row.campaign_id, campaigns.OUTCOME, before.outcome, -1)
        if after.outcome:
            change.count(row.campaign_id, campaigns.OUTCOME, after.outcome)
