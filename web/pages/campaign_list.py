"""The list of campaigns, newest first, page by page."""

from datetime import datetime

from campaigns.store.views import latest_campaign_views
from engine.house import House
from web.pages.cards import Card, card_of

CAMPAIGNS_SHOWN = 50


async def campaign_cards(house: House, *, before: int | None, now: datetime) -> tuple[list[Card], int | None]:
    """The next campaigns, and the id the page after them begins below; None when there is none."""
    views = await house.database.read(
        lambda connection: latest_campaign_views(
            connection, now=now, policies=house.policies, before=before, limit=CAMPAIGNS_SHOWN + 1
        )
    )
    shown = [card_of(view) for view in views[:CAMPAIGNS_SHOWN]]
    return shown, shown[-1].view.id if len(views) > CAMPAIGNS_SHOWN else None
