"""Whether a message may be sent this very moment: asked when it is claimed and before the first byte."""

from dataclasses import dataclass
from datetime import datetime

from campaigns.rules.calling_hours import next_permitted
from campaigns.rules.deciding import zones_for
from campaigns.rules.vocabulary import SmsState
from campaigns.store import recipients, sms, suppressions
from campaigns.store.sms import SmsRow
from engine.apply import messages
from engine.apply.change import Change
from engine.apply.compliance import MANY_CONTACTS, objection_to_text
from engine.apply.contacts import contacts_until


@dataclass(frozen=True)
class Against:
    """Why it may not be sent now: it waits until `due_at`, or it `ends_as` failed or expired."""

    reason: str
    ends_as: SmsState | None = None
    due_at: datetime | None = None


def against(change: Change, message: SmsRow) -> Against | None:
    """What stands against sending the message now, or None."""
    if suppressions.among(change.connection, [message.phone]):
        return Against("the number is on the do-not-call list", SmsState.FAILED)
    policy = change.policy(message.campaign_id)
    row = recipients.get(change.connection, message.recipient_id)
    if policy.sms is None or row is None:
        return Against("its campaign has no modem any more", SmsState.FAILED)
    objection = objection_to_text(change, message)
    if objection is not None:
        return Against(objection, SmsState.FAILED)
    until = contacts_until(change, [row], besides=message.id).get(row.id)
    if until is not None:
        return Against(MANY_CONTACTS, due_at=until)
    zones = zones_for(policy.sms.window, row.person)
    permitted = next_permitted(policy.sms.window, zones, at=change.now)
    if permitted is None:
        return Against("no permitted hour is left", SmsState.EXPIRED)
    if permitted.at > change.now:
        return Against("waits for its permitted hours", due_at=permitted.at)
    return None


def may_text(change: Change, message: SmsRow) -> bool:
    """Whether it may be sent now; if not, it is put off or ended, with the reason."""
    found = against(change, message)
    if found is None:
        return True
    if found.ends_as is None:
        sms.save(change.connection, message.id, due_at=found.due_at, detail=found.reason)
    else:
        messages.become(change, message, found.ends_as, detail=f"not sent: {found.reason}")
    return False
