"""What a campaign becomes when its people, calls and messages have changed: paused, finished."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection

from campaigns.rules.vocabulary import OPEN_STATES, CampaignId, CampaignState
from campaigns.store import attempts, campaigns, effects, sms
from engine.apply.blacklists import order_pushes
from engine.apply.change import Change, change
from engine.house import House


@contextmanager
def transaction(connection: Connection, house: House) -> Iterator[Change]:
    """A change that settles every campaign it touched when it ends, and orders what else it calls for."""
    with change(connection, house, settle=settle) as under_way:
        yield under_way
        order_pushes(under_way)


def settle(under_way: Change, campaign_id: CampaignId) -> None:
    """Let the campaign become `paused` or `finished` if all that it waited for is over."""
    if settled_state(under_way, campaign_id) is None:
        return
    under_way.lock(campaign_id)  # somebody may just have been added to it: with the lock we see them
    state = settled_state(under_way, campaign_id)
    if state is not None:
        become(under_way, campaign_id, state)


def settled_state(under_way: Change, campaign_id: CampaignId) -> CampaignState | None:
    """What the campaign becomes now by itself, or None."""
    state = under_way.campaign(campaign_id).state
    if state is CampaignState.PAUSING and not attempts.how_many_open(under_way.connection, campaign_id):
        return CampaignState.PAUSED
    if state is CampaignState.RUNNING and _is_over(under_way, campaign_id):
        return CampaignState.FINISHED
    return None


def become(under_way: Change, campaign_id: CampaignId, state: CampaignState) -> None:
    ended = state in (CampaignState.FINISHED, CampaignState.CANCELLED)
    more = {"finished_at": under_way.now} if ended else {}
    campaigns.save(under_way.connection, campaign_id, state=state.value, **more)
    under_way.forget(campaign_id)


def _may_stay_open(under_way: Change, campaign_id: CampaignId) -> bool:
    """One whose definition cannot be read stays as it is: dialling tells of it."""
    try:
        return under_way.policy(campaign_id).open
    except Exception:  # nothing but what is stored of it was looked at, and its row is read already
        return True


def _is_over(under_way: Change, campaign_id: CampaignId) -> bool:
    """Everybody final and every effect settled; an open campaign, or one that never had anybody, goes on."""
    row = under_way.campaign(campaign_id)
    expired = row.end_at is not None and row.end_at <= under_way.now
    if not expired and (not row.had_recipients or _may_stay_open(under_way, campaign_id)):
        return False
    counts = campaigns.counts(under_way.connection, campaign_id, campaigns.STATE)
    if any(counts.get(state.value, 0) for state in OPEN_STATES):
        return False
    return not (
        sms.how_many_open(under_way.connection, campaign_id)
        or effects.how_many_open(under_way.connection, campaign_id)
    )
