"""`dzvin campaigns`: operate on what is in the database."""

from typing import TYPE_CHECKING, Any

import typer

from web.cli.by_hand import tell_call
from web.cli.entering import through_door
from web.cli.talking import answer, answer_json, answer_table

if TYPE_CHECKING:
    from web.cli.door import Door

app = typer.Typer(no_args_is_help=True, help="Operate on the campaigns in the database.")

NAME = typer.Argument(help="The campaign's name or id.", metavar="NAME")
JSON = typer.Option(False, "--json", help="Print what the API answers.")


def add_to(parent: typer.Typer) -> None:
    parent.add_typer(app, name="campaigns", rich_help_panel="Lists and results")


@app.command("list")
def list_them(as_json: bool = JSON) -> None:
    """All campaigns, the oldest first."""
    found = through_door(_all)
    if as_json:
        answer_json(found)
        return
    headers = ("id", "name", "state", "people", "final", "placed", "answered", "reason")
    answer_table(headers, (_row(campaign) for campaign in found))


@app.command()
def show(name: str = NAME, as_json: bool = JSON) -> None:
    """One campaign: its state, its counts, and why it is (not) dialling now."""
    found = through_door(lambda door: door.campaign(name))
    if as_json:
        answer_json(found)
        return
    for line in lines_of(found):
        answer(line)


@app.command()
def start(name: str = NAME) -> None:
    """Start a campaign."""
    _tell_state(through_door(lambda door: _change(door, name, "start")))


@app.command()
def pause(name: str = NAME) -> None:
    """No new calls from now on; open calls end by themselves."""
    _tell_state(through_door(lambda door: _change(door, name, "pause")))


@app.command()
def resume(name: str = NAME) -> None:
    """Go on with a paused campaign."""
    _tell_state(through_door(lambda door: _change(door, name, "resume")))


@app.command()
def cancel(name: str = NAME) -> None:
    """Call it off for good: whoever has not been called yet never will be."""
    _tell_state(through_door(lambda door: _change(door, name, "cancel")))


@app.command()
def test(
    name: str = NAME,
    phone: str = typer.Argument(help="The number that rings, such as your own.", metavar="PHONE"),
    any_hour: bool = typer.Option(
        False, "--any-hour", help="Let it ring outside the campaign's calling hours too."
    ),
    as_json: bool = JSON,
) -> None:
    """Make the campaign's call to one number, once. It is not counted, and no rule follows from it."""
    asked = {"campaign": name, "phone": phone, "any_hour": any_hour}
    tell_call(through_door(lambda door: door.post("/local/tries", asked)), as_json=as_json)


def lines_of(campaign: dict[str, Any]) -> list[str]:
    """What a person wants to know of a campaign, a line each."""
    counts = {word: number for word, number in campaign["counts"].items() if number}
    calls = campaign["calls"]
    lines = [
        f"{campaign['name']} (id {campaign['id']}): {campaign['state']}",
        "people: " + (", ".join(f"{number} {word}" for word, number in counts.items()) or "none yet"),
        f"calls: {calls['placed']} placed, {calls['answered']} answered, {calls['in_flight']} in flight"
        + (f", {calls['abandoned']} abandoned" if calls["abandoned"] else ""),
    ]
    outcomes = ", ".join(f"{number} {word}" for word, number in campaign["outcomes"].items() if number)
    told = {
        "agents": _agents(campaign.get("agents")),
        "outcomes": outcomes,
        "reason": campaign["reason"],
        "expected end": campaign["eta"],
        "created": campaign["created_at"],
        "started": campaign["started_at"],
        "finished": campaign["finished_at"],
    }
    return lines + [f"{word}: {value}" for word, value in told.items() if value]


def _agents(crew: dict[str, Any] | None) -> str:
    if crew is None:
        return ""
    standing = f"{crew['free']} free, {crew['busy']} busy, {crew['away']} not signed in"
    return f"{standing}; calls in the air: {crew['in_the_air']}"


def _row(campaign: dict[str, Any]) -> tuple[Any, ...]:
    counts = campaign["counts"]
    still_open = counts["pending"] + counts["waiting"] + counts["calling"]
    return (
        campaign["id"],
        campaign["name"],
        campaign["state"],
        counts["total"],
        counts["total"] - still_open,
        campaign["calls"]["placed"],
        campaign["calls"]["answered"],
        campaign["reason"],
    )


def _tell_state(campaign: dict[str, Any]) -> None:
    reason = f" ({campaign['reason']})" if campaign["reason"] else ""
    answer(f"{campaign['name']}: {campaign['state']}{reason}")


async def _all(door: "Door") -> list[dict[str, Any]]:
    return [campaign async for campaign in door.every("/api/v1/campaigns")]


async def _change(door: "Door", name: str, verb: str) -> dict[str, Any]:
    campaign = await door.campaign(name)
    changed: dict[str, Any] = await door.post(f"/api/v1/campaigns/{campaign['id']}/{verb}")
    return changed
