"""What rules ordered, written down in the transaction that made them fire, each once."""

from campaigns.rules.following_up import Fired
from campaigns.rules.policy import Policy
from campaigns.rules.sms_parts import count_parts
from campaigns.rules.standing import (
    Decision,
)
from campaigns.rules.vocabulary import AttemptId
from campaigns.store import effects, sms
from campaigns.store.recipients import RecipientRow
from campaigns.texts import render_text
from engine.apply.change import Change


def order_effects(
    change: Change, row: RecipientRow, decision: Decision, *, policy: Policy, attempt_id: AttemptId | None
) -> None:
    """Write the SMS and other effects of the rules that fired; a cause written before is left alone."""
    for fired in decision.call_rules:
        _order(change, row, fired, policy=policy, cause=f"attempt:{attempt_id}:rule:{fired.number}")
    for fired in decision.state_rules:
        _order(change, row, fired, policy=policy, cause=f"recipient:{row.id}:rule:{fired.number}")


def _order(change: Change, row: RecipientRow, fired: Fired, *, policy: Policy, cause: str) -> None:
    if fired.rule.sms is not None:
        _order_sms(change, row, fired.rule.sms, policy=policy, cause=cause)
    account_id = change.campaign(row.campaign_id).account_id
    for place, order in enumerate(fired.rule.orders):
        effects.add(
            change.connection,
            f"{cause}:{place}",
            account_id=account_id,
            campaign_id=row.campaign_id,
            recipient_id=row.id,
            kind=order.kind,
            body={name: render_text(source, row.data) for name, source in order.fields.items()},
            now=change.now,
        )
    if fired.rule.orders:
        change.touched.add(row.campaign_id)


def _order_sms(change: Change, row: RecipientRow, source: str, *, policy: Policy, cause: str) -> None:
    assert policy.sms is not None, "the definition was checked: a rule with sms needs the section sms"
    text = render_text(source, row.data)
    account_id = change.campaign(row.campaign_id).account_id
    modem = sms.modem(change.connection, account_id, policy.sms.modem, now=change.now)
    sms.add(
        change.connection,
        cause,
        account_id=account_id,
        modem_id=modem.id,
        campaign_id=row.campaign_id,
        recipient_id=row.id,
        ext=policy.sms.ext,
        phone=row.phone,
        text=text,
        parts=count_parts(text).parts,
        due_at=change.now,
        created_at=change.now,
    )
    change.touched.add(row.campaign_id)
