"""The section of what LiraX refused, or may have done: shown only where there is something to look after."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from campaigns.store.effect_views import COUNTED, UNSETTLED, Chosen, effect_views, unsettled_of_account
from web.accounts import AccountShown
from web.pages.visit import Visit

SHOWN = 20


async def errands(visit: Visit, account: AccountShown) -> Mapping[str, Any] | None:
    read = visit.house.database.read
    chosen = Chosen(account=account.name, states=UNSETTLED)
    found = await read(partial(effect_views, chosen=chosen, limit=SHOWN))
    if not found:
        return None
    unsettled = await read(
        partial(unsettled_of_account, account_id=visit.house.accounts.find(account.name).id)
    )
    return {"effects": found, "unsettled": unsettled, "capped": unsettled >= COUNTED}
