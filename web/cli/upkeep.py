"""`dzvin db upgrade`, `lirax` and `doctor`: for who looks after an installation."""

import typer

from campaigns.problems import Problem, WrongInput
from web.cli.ending import COULD_NOT, perform
from web.cli.entering import through_door
from web.cli.talking import answer, answer_json

db = typer.Typer(no_args_is_help=True, help="The database.")

PANEL = "Upkeep"


def add_to(app: typer.Typer) -> None:
    app.add_typer(db, name="db", rich_help_panel=PANEL)
    app.command(rich_help_panel=PANEL)(lirax)
    app.command(rich_help_panel=PANEL)(doctor)


@db.callback()
def _db() -> None:
    """The database."""


@db.command()
def upgrade() -> None:
    """Bring the database to the shape this program knows."""
    from web.cli.surroundings import settings_here
    from web.cli.upgrading import upgrade_database

    answer(perform(upgrade_database(settings_here())))


def lirax(
    command: str = typer.Argument(help="A command of LiraX, such as getShops.", metavar="COMMAND"),
    params: list[str] = typer.Argument(
        None, help="Its parameters; values go as they are.", metavar="param=value"
    ),
    account: str = typer.Option("default", help="The LiraX account to use."),
) -> None:
    """Send one LiraX command with the account's address and key, and print the answer as JSON."""
    asked = {"account": account, "command": command, "params": _params(params or [])}
    answer_json(through_door(lambda door: door.post("/local/lirax", asked)) or {})


def doctor(as_json: bool = typer.Option(False, "--json", help="Print the findings as JSON.")) -> None:
    """Tell whether database, LiraX, webhooks, clock and disk are in order."""
    from web.cli.doctor.examining import examine
    from web.cli.surroundings import settings_here

    findings = perform(examine(settings_here()))
    if as_json:
        answer_json([{"part": part.name, "state": part.state.value, "says": part.says} for part in findings])
    else:
        for part in findings:
            answer(f"{part.state.value:<8} {part.name:<10} {part.says}")
    if any(part.is_broken for part in findings):
        raise typer.Exit(COULD_NOT)


def _params(words: list[str]) -> dict[str, str]:
    problems: list[Problem] = []
    params: dict[str, str] = {}
    for word in words:
        name, mark, value = word.partition("=")
        if not mark or not name:
            problems.append(Problem(f"read {word!r}, expected param=value"))
        elif name in params:
            problems.append(Problem("is given twice", field=name))
        params[name] = value
    if problems:
        raise WrongInput(*problems)
    return params
