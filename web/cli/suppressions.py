"""`dzvin suppress`: the do-not-call list."""

from dataclasses import replace
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import typer

from campaigns.problems import Problem, WrongInput
from web.cli.entering import through_door
from web.cli.syncing import sync
from web.cli.talking import answer, answer_json, answer_table

if TYPE_CHECKING:
    from web.cli.door import Door

app = typer.Typer(no_args_is_help=True, help="The do-not-call list: numbers never called or texted again.")

PATH = "/api/v1/suppressions"


def add_to(parent: typer.Typer) -> None:
    parent.add_typer(app, name="suppress", rich_help_panel="Lists and results")


@app.command()
def add(
    phones: list[str] = typer.Argument(
        help="One or more numbers, in any usual spelling.", metavar="PHONE..."
    ),
    reason: str | None = typer.Option(None, "--reason", help="Why, for those who read the list later."),
) -> None:
    """Put numbers on the list; calls not yet handed over never ring."""
    through_door(lambda door: _add(door, phones, reason))


@app.command()
def remove(phone: str = typer.Argument(help="The number.", metavar="PHONE")) -> None:
    """Take a number off the list."""
    through_door(lambda door: door.delete(f"{PATH}/{quote(phone, safe='')}"))
    answer(f"{phone} may be called again")


@app.command("list")
def list_them(as_json: bool = typer.Option(False, "--json", help="Print what the API answers.")) -> None:
    """All numbers on the list, the oldest first."""
    found = through_door(_all)
    if as_json:
        answer_json(found)
        return
    headers = ("phone", "reason", "source", "added_at")
    answer_table(headers, ([entry.get(header) for header in headers] for entry in found))


@app.command("sync")
def sync_with_lirax(
    account: str | None = typer.Option(
        None, "--account", help="Only with this LiraX account; else with each that has a key."
    ),
    dry_run: bool = typer.Option(False, "--dry-run", help="Say what would be done, and change nothing."),
) -> None:
    """Join the list with LiraX's own blacklist: each gets what it lacks, nothing is deleted."""
    through_door(lambda door: sync(door, account=account, dry_run=dry_run))


async def _add(door: "Door", phones: list[str], reason: str | None) -> None:
    """All that can be read; then raises WrongInput for the others."""
    problems: list[Problem] = []
    for phone in phones:
        try:
            entry = await door.post(PATH, {"phone": phone, "reason": reason})
        except WrongInput as error:
            problems += [replace(problem, field=phone) for problem in error.problems]
            continue
        answer(f"{entry['phone']} will not be called or texted again")
    if problems:
        raise WrongInput(*problems)


async def _all(door: "Door") -> list[dict[str, Any]]:
    return [entry async for entry in door.every(PATH)]
