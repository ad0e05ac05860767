"""The section of an account's page where an employee's call can be tried."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from campaigns.store import employee_calls
from web.accounts import AccountShown
from web.pages.visit import Visit


async def calls(visit: Visit, account: AccountShown) -> Mapping[str, Any]:
    latest = partial(employee_calls.latest, account_id=account.id)
    return {"calls": await visit.house.database.read(latest)}
