"""What `dzvin campaigns show` says of a campaign with agents."""

from typing import Any

from web.cli.campaigns import lines_of

CAMPAIGN: dict[str, Any] = {
    "id": 2,
    "name": "Agents",
    "state": "running",
    "counts": {"total": 3, "pending": 0, "done": 3},
    "outcomes": {},
    "calls": {"placed": 3, "answered": 3, "in_flight": 0, "abandoned": 1},
    "agents": {"free": 1, "busy": 2, "away": 0, "in_the_air": 4},
    **dict.fromkeys(("reason", "eta", "created_at", "started_at", "finished_at")),
}


def test_agents_and_people_who_found_nobody_are_told() -> None:
    said = lines_of(CAMPAIGN)
    assert "calls: 3 placed, 3 answered, 0 in flight, 1 abandoned" in said
    assert "agents: 1 free, 2 busy, 0 not signed in; calls in the air: 4" in said
    assert not any("agents" in line for line in lines_of({**CAMPAIGN, "name": "X", "agents": None}))
