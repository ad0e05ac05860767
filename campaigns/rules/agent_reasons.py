"""Why a campaign that joins people with agents waits, or dials slower than it may: one sentence."""

from campaigns.rules.agents import CrewFacts


def waits_for_agents(crew: CrewFacts) -> str | None:
    """Why no further call is placed, where nobody at all is free; None while somebody is."""
    if not crew.heard:
        return _unheard(crew)
    if crew.free:
        return None
    if not crew.total:
        return "No agent is free: LiraX has told of no employee."
    return f"No agent is free ({_others(crew)})."


def waits_for_its_agent(crew: CrewFacts) -> str | None:
    """Why this person is not called yet; None where an agent is free for one more call."""
    nobody = waits_for_agents(crew)
    if nobody is not None:
        return nobody
    if crew.in_the_air + 1 > crew.free * crew.effective:
        calls = "1 call is" if crew.in_the_air == 1 else f"{crew.in_the_air} calls are"
        agents = "agent" if crew.free == 1 else "agents"
        return f"Waiting for a free agent: {calls} in the air for {crew.free} free {agents}."
    return None


def dials_slower(crew: CrewFacts) -> str | None:
    """That, and why, fewer calls are in the air than `pace.per_agent` allows; None while that is not so."""
    if crew.effective >= crew.per_agent or crew.max_abandoned is None:
        return None
    lately = crew.lately
    return (
        f"Dialling slower, {_ratio(crew.effective)} instead of {_ratio(crew.per_agent)} calls for each free "
        f"agent: {lately.abandoned} of the last {lately.answered} people who answered found nobody, "
        f"and at most {write_share(crew.max_abandoned)} may."
    )


def write_share(share: float) -> str:
    """`3%`, as a definition writes it."""
    return f"{share * 100:.2f}".rstrip("0").rstrip(".") + "%"


def _unheard(crew: CrewFacts) -> str:
    if crew.trouble:
        return f"Waiting for LiraX to tell who is free: {crew.trouble}"
    return "Waiting for LiraX to tell who is free."


def _others(crew: CrewFacts) -> str:
    """`2 of 5 busy, 3 not signed in`."""
    busy = f"{crew.busy} of {crew.total} busy" if crew.busy else ""
    if crew.away:
        away = f"{crew.away} not signed in" if busy else f"{crew.away} of {crew.total} not signed in"
    else:
        away = ""
    return ", ".join(part for part in (busy, away) if part)


def _ratio(number: float) -> str:
    return f"{number:.2f}".rstrip("0").rstrip(".")
