"""Calls and messages to one number counted together, where a compliance profile limits both (`ua-debt`)."""

from collections.abc import Sequence
from datetime import datetime

from campaigns.lists.zones import zones_of
from campaigns.rules.caps import ContactCaps, Rung, frees_at, lookback
from campaigns.rules.profiles import contacts_allowed
from campaigns.rules.vocabulary import RecipientId, SmsId
from campaigns.store import attempts, sms
from campaigns.store.called import rung
from campaigns.store.recipients import RecipientRow
from engine.apply.change import Change


def contacts_until(
    change: Change, rows: Sequence[RecipientRow], *, besides: SmsId | None = None
) -> dict[RecipientId, datetime]:
    """Of these people those who have had their contacts of the day, and when the next day begins for them.

    `besides` is the message that asks, which does not count for itself.
    """
    limits = {row.id: contacts_allowed(change.policy(row.campaign_id).profile, change.now) for row in rows}
    limited = [row for row in rows if limits[row.id] is not None]
    if not limited:
        return {}
    made = _contacts(change, [row.phone for row in limited], besides=besides)
    found = {}
    for row in limited:
        caps = ContactCaps(per_day=limits[row.id])
        until = frees_at(made.get(row.phone, []), caps, zones=whose_day(change, row), at=change.now)
        if until is not None:
            found[row.id] = until
    return found


def whose_day(change: Change, row: RecipientRow) -> tuple[str, ...]:
    """The zones whose days count: the person's own, else all that the number may lie in."""
    return row.person.zones or zones_of(row.phone) or (change.policy(row.campaign_id).account_timezone,)


def _contacts(change: Change, phones: Sequence[str], *, besides: SmsId | None) -> dict[str, list[Rung]]:
    """By number: its calls and its messages. A call that is open counts as of now, for messages:
    of a call that asks, the open one is itself."""
    since = change.now - lookback(ContactCaps(per_day=1))
    longest = change.house.settings.unclear_until
    made = rung(change.connection, phones, since=since, longest=longest)
    for phone in attempts.numbers_open(change.connection, phones) if besides is not None else ():
        made.setdefault(phone, []).append(Rung(change.now))
    for phone, at in sms.sent_since(change.connection, phones, since=since, besides=besides):
        made.setdefault(phone, []).append(Rung(at))
    return made
