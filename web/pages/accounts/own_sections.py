"""The sections an account's page always has: how it stands, its webhooks, its settings, closing it."""

from collections.abc import Mapping
from typing import Any

from engine.accounts import DEFAULT
from web.accounts import AccountShown
from web.pages.accounts.writing import written
from web.pages.visit import Visit

Values = Mapping[str, Any]


async def standing(visit: Visit, account: AccountShown) -> Values:
    troubles = {modem.number: modem.trouble for modem in account.standing.modems}
    listed = [(number, troubles.get(number)) for number in account.modems or ()]
    unlisted = [
        (number, trouble) for number, trouble in troubles.items() if number not in (account.modems or ())
    ]
    return {"modems": [*listed, *unlisted]}


async def webhooks(visit: Visit, account: AccountShown) -> Values:
    """`new_key` is filled in once, by the page that answers the making of it."""
    return {"new_key": None, "is_default": account.name == DEFAULT}


async def settings(visit: Visit, account: AccountShown) -> Values | None:
    if not visit.is_admin:
        return None
    return {"fields": written(account), "problems": {}, "fixed": account.from_environment}


async def closing(visit: Visit, account: AccountShown) -> Values | None:
    return {} if visit.is_admin else None
