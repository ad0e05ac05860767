"""What happens to a person of a campaign: decided by the rules, saved here and nowhere else."""

from collections.abc import Sequence
from typing import Any

from campaigns.rules.deciding import decide
from campaigns.rules.policy import KeyPress
from campaigns.rules.reasons import Waiting
from campaigns.rules.standing import (
    Circumstances,
    Decision,
    Delayed,
    Event,
    Standing,
    Suppressed,
)
from campaigns.rules.vocabulary import QUEUED_STATES, AccountId, AttemptId, Outcome, RecipientState
from campaigns.store import campaigns, consents, recipients, suppressions
from campaigns.store.recipients import RecipientRow
from engine.apply.change import Change
from engine.apply.effects import order_effects


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
        consents.end(change.connection, [row.phone], now=change.now)
    if decision.suppress:
        reason = f"campaign {policy.name}"
        suppress(change, [row.phone], reason=reason, source="rule")
    return decision


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
    consents.end(change.connection, phones, now=change.now)
    change.suppressed |= {phone: told_by for phone in phones if phone in new}
    for row in recipients.open_with_phone(change.connection, phones):
        if row.standing.state in QUEUED_STATES:
            happen(change, row, Suppressed())
    return len(new)


def number_is_free(change: Change, phone: str) -> None:
    """Let those who waited because another call to their number was open have their turn again."""
    for row in recipients.open_with_phone(change.connection, [phone]):
        if row.standing.wait_reason is Waiting.NUMBER_BUSY:
            happen(change, row, Delayed(change.now, Waiting.MIN_GAP))


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
