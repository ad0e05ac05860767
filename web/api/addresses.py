"""From what stands in an address to the thing it names, or 404."""

from functools import partial

from campaigns.rules.vocabulary import CampaignId, EffectId, RecipientId
from campaigns.store import campaigns
from campaigns.store.campaigns import CampaignRow
from campaigns.store.views import CampaignView, RecipientView, campaign_view, recipient_view
from engine.errors import NotFound
from engine.house import House

LARGEST_ID = 2**63 - 1  # what a key of the database can be


async def campaign_of(house: House, id: str) -> CampaignView:
    """The campaign as it is now."""
    number = CampaignId(_number(id, what="campaign"))
    view = await house.database.read(
        partial(campaign_view, campaign_id=number, now=house.clock.now(), policies=house.policies)
    )
    if view is None:
        raise NotFound(f"there is no campaign {id}")
    return view


async def campaign_row(house: House, id: str) -> CampaignRow:
    """The campaign without its counts, where only its state and id matter."""
    number = CampaignId(_number(id, what="campaign"))
    row = await house.database.read(partial(campaigns.get, campaign_id=number))
    if row is None:
        raise NotFound(f"there is no campaign {id}")
    return row


async def call_of(house: House, id: str) -> RecipientView:
    """The call as it is now."""
    number = RecipientId(_number(id, what="call"))
    view = await house.database.read(
        partial(recipient_view, recipient_id=number, now=house.clock.now(), policies=house.policies)
    )
    if view is None:
        raise NotFound(f"there is no call {id}")
    return view


def effect_id_of(id: str) -> EffectId:
    return EffectId(_number(id, what="effect"))


def _number(text: str, *, what: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 20 and 0 < int(text) <= LARGEST_ID):
        raise NotFound(f"there is no {what} {text[:40]!r}")
    return int(text)
