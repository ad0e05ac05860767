"""Contact caps at work: who may not be called yet, because the number was called as often as is allowed."""

from collections.abc import Sequence
from datetime import datetime

from campaigns.rules.caps import NO_CAPS, ContactCaps, caps_of, frees_at, lookback, merge_caps
from campaigns.rules.profiles import caps_at
from campaigns.rules.vocabulary import CampaignId, RecipientId
from campaigns.store.called import rung
from campaigns.store.recipients import RecipientRow
from engine.apply.change import Change
from engine.apply.contacts import contacts_until, whose_day


def caps_for(change: Change, campaign_id: CampaignId) -> ContactCaps:
    """What holds for calls of the campaign: the strictest of its own, its account's and its profile's."""
    policy = change.policy(campaign_id)
    account = caps_of(change.campaign(campaign_id).account_caps)
    return merge_caps(policy.caps, account, *caps_at(policy.profile, change.now))


def capped_until(change: Change, rows: Sequence[RecipientRow]) -> dict[RecipientId, datetime]:
    """Of these people those who may not be called now, and when their cap frees; one query for all."""
    caps = {campaign_id: caps_for(change, campaign_id) for campaign_id in {row.campaign_id for row in rows}}
    capped = [row for row in rows if caps[row.campaign_id] != NO_CAPS]
    if not capped:
        return {}
    found = contacts_until(change, capped)
    since = change.now - max(lookback(each) for each in caps.values())
    longest = change.house.settings.unclear_until
    calls = rung(change.connection, [row.phone for row in capped], since=since, longest=longest)
    for row in capped:
        made = calls.get(row.phone)
        if made is None:
            continue
        free = frees_at(made, caps[row.campaign_id], zones=whose_day(change, row), at=change.now)
        if free is not None:
            found[row.id] = max(free, found.get(row.id, free))
    return found
