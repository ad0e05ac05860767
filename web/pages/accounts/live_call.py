"""The section of what a live call has shown of this LiraX: shown once one was made."""

from collections.abc import Mapping
from typing import Any

from engine.lirax.capabilities import Capabilities
from engine.lirax.capability_words import objections, sentences
from web.accounts import AccountShown
from web.pages.visit import Visit


async def live_call(visit: Visit, account: AccountShown) -> Mapping[str, Any] | None:
    shown = Capabilities.read(account.capabilities)
    if shown.looked_at is None:
        return None
    return {"made_at": shown.looked_at, "wrong": objections(shown), "told": sentences(shown)}
