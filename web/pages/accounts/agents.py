"""The section of an account's page that shows how its employees stand."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection

from campaigns.rules.agents import Presence
from campaigns.store.agents import RollCallRow, calls_up, roll_call
from campaigns.store.crews import AgentShown, agents_shown
from web.accounts import AccountShown
from web.pages.visit import Visit


async def agents(visit: Visit, account: AccountShown) -> Mapping[str, Any] | None:
    """None where LiraX has told of nobody and is not asked."""

    def read(connection: Connection) -> tuple[list[AgentShown], RollCallRow | None, int]:
        up = calls_up(connection, account.id)
        in_calls = len({call.agent for call in up if call.agent is not None})
        return agents_shown(connection, account.id), roll_call(connection, account.id), in_calls

    found, called, in_calls = await visit.house.database.read(read)
    if not found and called is None:
        return None
    counted = Counter(agent.presence for agent in found)
    return {
        "agents": found,
        "roll_call": called,
        "in_calls": in_calls,
        "free": counted[Presence.FREE],
        "busy": counted[Presence.BUSY],
        "away": counted[Presence.AWAY],
    }
