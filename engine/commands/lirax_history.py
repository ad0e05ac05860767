"""Asks call history in LiraX's own words for a person: `historyAuth` and `historyExport`."""

from collections.abc import Mapping
from dataclasses import asdict, replace
from typing import Any

from engine.accounts import AccountFacts, HistoryAccess
from engine.errors import CannotDo
from engine.house import House
from engine.lirax.history import Export, HistoryCall, HistoryClient
from engine.lirax.requests import HistoryAuth

ALWAYS = {"action": "show", "call_export": "1"}  # unless a person says otherwise


async def ask_history(
    house: House, facts: AccountFacts, name: str, params: Mapping[str, str]
) -> dict[str, Any]:
    """What history answered: `{}` to a login, the calls to an export. Raises LiraxError, CannotDo."""
    if facts.history is None:
        raise CannotDo(f"the LiraX account “{facts.name}” has no call history: set its address and login")
    if name == HistoryAuth.cmd:
        await _log_in(house, facts, access=_told(facts.history, params))
        return {}
    client = house.accounts.history(facts.id)
    assert client is not None  # it has an address and a login
    return _as_json(await client.ask(ALWAYS | dict(params)))


async def _log_in(house: House, facts: AccountFacts, *, access: HistoryAccess) -> None:
    """With a client of its own: a login that fails must not disturb the engine's session."""
    client = HistoryClient(
        access.url,
        login=access.login,
        password=access.password,
        timezone=facts.timezone,
        timeout=house.settings.lirax_timeout,
        clock=house.clock,
    )
    try:
        await client.log_in()
    finally:
        await client.close()


def _told(access: HistoryAccess, params: Mapping[str, str]) -> HistoryAccess:
    return replace(
        access,
        login=params.get("USER_LOGIN", access.login),
        password=params.get("USER_HASH", access.password),
    )


def _as_json(export: Export) -> dict[str, Any]:
    return {
        "calls": [_call(call) for call in export.calls],
        "form": asdict(export.form),
        "trouble": export.trouble,
    }


def _call(call: HistoryCall) -> dict[str, Any]:
    moments = {"started_at": call.started_at, "or_started_at": call.or_started_at}
    told = {name: value.isoformat() for name, value in moments.items() if value is not None}
    return {**asdict(replace(call, extra=dict(call.extra))), "or_started_at": None, **told}
