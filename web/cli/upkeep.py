"""`dzvin db upgrade` and `doctor`: for who looks after an installation."""

import typer

from web.cli.ending import COULD_NOT, perform
from web.cli.talking import answer

db = typer.Typer(no_args_is_help=True, help="The database.")

PANEL = "Upkeep"


def add_to(app: typer.Typer) -> None:
    app.add_typer(db, name="db", rich_help_panel=PANEL)
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


def doctor(as_json: bool = typer.Option(False, "--json", help="Print the findings as JSON.")) -> None:
    """Tell whether database, disk, and each LiraX account with its webhooks and history are in order."""
    from web.cli.doctor.examining import examine
    from web.cli.doctor.telling import tell_findings
    from web.cli.surroundings import settings_here

    findings = perform(examine(settings_here()))
    tell_findings(findings, as_json=as_json)
    if any(part.is_broken for part in findings):
        raise typer.Exit(COULD_NOT)
