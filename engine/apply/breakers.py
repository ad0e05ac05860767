"""A campaign whose requests LiraX calls invalid, one after the other, rests; one that is taken frees it.

The people of those requests stay `invalid`, as LiraX's word on each of them was (contract, section 5); but
nobody else is spent on a definition that cannot work, beyond one try after each pause.
"""

from campaigns.rules.breakers import REJECTS_IN_A_ROW, pause_before_try, rejects_in_a_row
from campaigns.rules.vocabulary import CampaignId
from campaigns.store import attempts, campaigns
from campaigns.store.campaigns import CampaignRow
from engine.apply.change import Change

REJECTS = "rejects"
LOOKED_BACK = 200  # requests: those that say something, and as many as lines that are being placed
REASON = (
    f"LiraX called the last {REJECTS_IN_A_ROW} calls of this campaign invalid (400), so it rests: check its "
    "from, call and variables. One call after each pause tries again by itself; resume it to go on at once."
)


def after_reject(change: Change, campaign_id: CampaignId) -> None:
    """Hold the campaign if LiraX has refused too many of its requests in a row."""
    states = attempts.latest_states(change.connection, campaign_id, limit=LOOKED_BACK)
    pause = pause_before_try(rejects_in_a_row(states))
    if pause is not None:
        campaigns.save(
            change.connection,
            campaign_id,
            hold_kind=REJECTS,
            hold_reason=REASON,
            probe_at=change.now + pause,
        )
        change.forget(campaign_id)


def after_taken(change: Change, campaign_id: CampaignId) -> None:
    """LiraX takes the campaign's requests: it goes on at full speed."""
    if change.campaign(campaign_id).hold_kind is not None:
        release(change, campaign_id)


def release(change: Change, campaign_id: CampaignId) -> None:
    campaigns.save(change.connection, campaign_id, hold_kind=None, hold_reason=None, probe_at=None)
    change.forget(campaign_id)


def may_try(change: Change, row: CampaignRow) -> bool:
    """Whether a campaign that rests may place the one call that tries again."""
    due = row.probe_at is None or row.probe_at <= change.now
    return due and not attempts.any_placing(change.connection, campaign_id=row.id)
