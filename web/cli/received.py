"""`dzvin received`: what LiraX sent us, and what to do about what could not be applied."""

from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import typer

from campaigns.problems import Problem, WrongInput
from web.cli.entering import through_door
from web.cli.talking import answer, answer_json, answer_table

if TYPE_CHECKING:
    from web.cli.door import Door

app = typer.Typer(no_args_is_help=True, help="Webhooks of LiraX: what came, and what could not be applied.")

ACCOUNT = typer.Option("default", "--account", help="Of which LiraX account.")
ID = typer.Argument(help="The webhook's id, as `dzvin received list` shows it.", metavar="ID")
HEADERS = ("id", "received", "webhook", "became", "tries", "error")
MOST_SHOWN = 500


def add_to(parent: typer.Typer) -> None:
    parent.add_typer(app, name="received", rich_help_panel="LiraX")


@app.command("list")
def list_them(
    orphans: bool = typer.Option(False, "--orphans", help="Those of calls that nobody knows, instead."),
    every: bool = typer.Option(False, "--all", help="Whatever came, instead."),
    account: str = ACCOUNT,
    as_json: bool = typer.Option(False, "--json", help="Print what the API answers."),
) -> None:
    """Webhooks that were set aside since they could not be applied, the newest first, at most 500."""
    among = "all" if every else "orphans" if orphans else "dead"
    path = _path(account)
    found = through_door(lambda door: door.get(path, among=among, limit=MOST_SHOWN))["items"]
    if as_json:
        answer_json(found)
    else:
        answer_table(HEADERS, (_row(webhook) for webhook in found))


@app.command()
def again(
    webhook_id: str | None = typer.Argument(None, help=ID.help, metavar="ID"),
    every: bool = typer.Option(False, "--all", help="All that were set aside, instead of one."),
    account: str = ACCOUNT,
) -> None:
    """Have one applied once more that was set aside, or whose call nobody knew."""
    if (webhook_id is None) is not every:
        raise WrongInput(Problem("name one webhook by its id, or all that were set aside with --all"))
    place = "" if webhook_id is None else f"/{_id(webhook_id)}"
    said = through_door(lambda door: door.post(f"{_path(account)}{place}/again"))
    answer(f"{said['again']} to be applied again")


@app.command()
def discard(webhook_id: str = ID, account: str = ACCOUNT) -> None:
    """Throw one away that was set aside, or whose call nobody knows: nothing follows from it."""
    through_door(lambda door: _discard(door, f"{_path(account)}/{_id(webhook_id)}/discard"))
    answer(f"webhook {webhook_id} is thrown away")


async def _discard(door: "Door", path: str) -> None:
    await door.post(path)


def _id(text: str) -> str:
    if not (text.isascii() and text.isdigit()):
        raise WrongInput(Problem(f"read {text!r}, expected the number that `dzvin received list` shows"))
    return text


def _path(account: str) -> str:
    return f"/api/v1/accounts/{quote(account, safe='')}/received"


def _row(webhook: dict[str, Any]) -> tuple[Any, ...]:
    became = "set aside" if webhook["set_aside"] else webhook["verdict"] or "waiting"
    return (
        webhook["id"],
        webhook["received_at"],
        webhook["cmd"],
        became,
        webhook["tries"],
        webhook["error"],
    )
