"""The compliance profile at the moment of sending: what a window alone cannot say.

Hours, days and holidays of a profile are part of every window under it, each day by the version then in
force (`CallingWindow.law`), so whoever looks at the window keeps them. Consent and the number of contacts
are looked up here, for calls when they are claimed and again right before the request leaves.
"""

from collections.abc import Sequence
from datetime import timedelta

from campaigns.rules.profiles import asks_consent, texts_allowed
from campaigns.rules.reasons import Waiting
from campaigns.rules.standing import Delayed
from campaigns.rules.vocabulary import RecipientId
from campaigns.store import consents, sms
from campaigns.store.recipients import RecipientRow
from campaigns.store.sms import SmsRow
from engine.apply.change import Change
from engine.apply.recipients import happen

LOOKED_AT_AGAIN = timedelta(
    days=1
)  # consent that is recorded is acted on at once; this is for what was missed
MANY_CONTACTS = "waits for the next day: the number has had the calls and SMS that its profile allows"
NO_CONSENT = "no consent of this person is on record"


def without_consent(change: Change, rows: Sequence[RecipientRow]) -> set[RecipientId]:
    """Those of these people who may not be called now, because their profile asks for consent."""
    asked = [row for row in rows if asks_consent(change.policy(row.campaign_id).profile, change.now)]
    if not asked:
        return set()
    given = consents.among(change.connection, [row.phone for row in asked], now=change.now)
    return {row.id for row in asked if row.phone not in given}


def wait_for_consent(change: Change, row: RecipientRow) -> None:
    """Back into the queue; it is taken up when consent is recorded."""
    happen(change, row, Delayed(change.now + LOOKED_AT_AGAIN, Waiting.CONSENT))


def objection_to_call(change: Change, row: RecipientRow) -> str | None:
    """Why the profile does not let this person be called at this moment, or None."""
    return NO_CONSENT if without_consent(change, [row]) else None


def objection_to_text(change: Change, message: SmsRow) -> str | None:
    """Why the profile does not let this message be sent at all, or None."""
    profile = change.policy(message.campaign_id).profile
    if profile is None or consents.among(change.connection, [message.phone], now=change.now):
        return None
    if asks_consent(profile, change.now):
        return NO_CONSENT
    allowed = texts_allowed(profile, change.now)
    if allowed is None or sms.how_many_sent(change.connection, message.phone, besides=message.id) < allowed:
        return None
    return f"{NO_CONSENT}, and without it the profile {profile.name} allows {allowed} SMS to a number"
