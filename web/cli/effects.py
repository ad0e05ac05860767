"""`dzvin effects`: what followed from calls beside SMS, and what to do about what failed or is unclear."""

from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import typer

from campaigns.problems import Problem, WrongInput
from campaigns.rules.vocabulary import EffectState
from web.cli.entering import through_door
from web.cli.talking import answer, answer_json, answer_table

if TYPE_CHECKING:
    from web.cli.door import Door

app = typer.Typer(
    no_args_is_help=True,
    help="Tasks, notes, deals, messages and other orders of rules: what became of them.",
)

ID = typer.Argument(help="The effect's id, as `dzvin effects list` shows it.", metavar="ID")
HEADERS = ("id", "campaign", "phone", "kind", "state", "what LiraX said")


def add_to(parent: typer.Typer) -> None:
    parent.add_typer(app, name="effects", rich_help_panel="Lists and results")


@app.command("list")
def list_them(
    campaign: str | None = typer.Argument(None, help="Only of this campaign, by name or id."),
    state: EffectState | None = typer.Option(None, "--state", help="Only in this state."),
    account: str | None = typer.Option(None, "--account", help="Only of this LiraX account."),
    as_json: bool = typer.Option(False, "--json", help="Print what the API answers."),
) -> None:
    """What was ordered and what became of it, the oldest first."""
    if campaign is not None and account is not None:
        raise WrongInput(Problem("name a campaign or an account, not both", field="--account"))
    found = through_door(lambda door: _all(door, campaign, state=state, account=account))
    if as_json:
        answer_json(found)
    else:
        answer_table(HEADERS, (_row(effect) for effect in found))


@app.command()
def repeat(
    effect_id: str | None = typer.Argument(None, help=ID.help, metavar="ID"),
    failed_of: str | None = typer.Option(
        None, "--failed-of", help="All that failed of this campaign instead of one; what is unclear stays."
    ),
) -> None:
    """Send one again that failed or is unclear. Of an unclear one LiraX may then have two: look first."""
    if (effect_id is None) == (failed_of is None):
        raise WrongInput(Problem("name one effect by its id, or a campaign with --failed-of"))
    if failed_of is not None:
        number = through_door(lambda door: _repeat_failed(door, failed_of))
        answer(f"{number} sent again")
        return
    effect = through_door(lambda door: door.post(_path(str(effect_id), "repeat")))
    answer(f"effect {effect['id']} ({effect['kind']}) is sent again")


@app.command()
def confirm(
    effect_id: str = ID,
    id_deal: str | None = typer.Option(None, "--id-deal", help="What LiraX calls the deal it has made."),
) -> None:
    """Settle an unclear one: you have looked, and LiraX has it."""
    effect = through_door(lambda door: door.post(_path(effect_id, "confirm"), {"id_deal": id_deal}))
    answer(f"effect {effect['id']} ({effect['kind']}) is {effect['state']}")


async def _all(
    door: "Door", campaign: str | None, *, state: EffectState | None, account: str | None
) -> list[dict[str, Any]]:
    wanted = {"state": state, "account": account}
    asked = {name: value for name, value in wanted.items() if value is not None}
    path = "/api/v1/effects"
    if campaign is not None:
        path = f"/api/v1/campaigns/{(await door.campaign(campaign))['id']}/effects"
    return [effect async for effect in door.every(path, **asked)]


async def _repeat_failed(door: "Door", campaign: str) -> int:
    found = await door.campaign(campaign)
    said = await door.post(f"/api/v1/campaigns/{found['id']}/effects/repeat")
    return int(said["repeated"])


def _path(effect_id: str, action: str) -> str:
    return f"/api/v1/effects/{quote(effect_id, safe='')}/{action}"


def _row(effect: dict[str, Any]) -> tuple[Any, ...]:
    return (
        effect["id"],
        effect["campaign"] or f"account {effect['account']}",
        effect["phone"],
        effect["kind"],
        effect["state"],
        effect["detail"],
    )
