"""`dzvin db upgrade` and `doctor`: for who looks after an installation."""

import typer

from web.cli.ending import COULD_NOT, perform
from web.cli.talking import answer

db = typer.Typer(no_args_is_help=True, help="The database.")

PANEL = "Upkeep"


def add_to(app: typer.Typer) -> None:
    app.add_typer(db, name="db", rich_help_panel=PANEL)
    app.command(rich_help_panel="LiraX")(doctor)


@db.callback()
def _db() -> None:
    """The database."""


@db.command()
def upgrade() -> None:
    """Bring the database to the shape this program knows."""
    from web.cli.surroundings import settings_here
    from web.cli.upgrading import upgrade_database

    answer(perform(upgrade_database(settings_here())))


def doctor(
    as_json: bool = typer.Option(False, "--json", help="Print the findings as JSON."),
    live: str | None = typer.Option(
        None,
        "--live",
        metavar="PHONE",
        help="Make one real call to this number, yours, and see what LiraX does.",
    ),
    account: str = typer.Option("default", help="For --live: the LiraX account."),
    from_ext: str | None = typer.Option(
        None,
        "--from",
        metavar="EXT",
        help="For --live: the extension it is placed for, else the first LiraX has.",
    ),
    play: str | None = typer.Option(
        None, metavar="URL", help="For --live: the mp3 or wav to play, else tones of ours."
    ),
    connect: str | None = typer.Option(None, metavar="EXT", help="For --live: whom you are joined with."),
    any_hour: bool = typer.Option(False, "--any-hour", help="For --live: also outside 08:00-20:00."),
    outside_hours: bool = typer.Option(
        False,
        "--outside-hours",
        help="For --live: then a second request, with hours that are closed; it may ring when they begin.",
    ),
    patience: str = typer.Option(
        "2m", metavar="DURATION", help="For --live: how long history may take to list the call."
    ),
    yes: bool = typer.Option(False, "--yes", help="For --live: do not ask before calling."),
) -> None:
    """Tell whether database, disk, and each LiraX account with its webhooks and history are in order."""
    from web.cli.doctor.examining import examine
    from web.cli.doctor.ordering import live_order
    from web.cli.doctor.telling import tell_findings, tell_live
    from web.cli.surroundings import settings_here

    settings = settings_here()
    if live is None:
        findings = perform(examine(settings))
        tell_findings(findings, as_json=as_json)
    else:
        order = live_order(
            live,
            account=account,
            from_ext=from_ext,
            play=play,
            connect=connect,
            any_hour=any_hour,
            outside_hours=outside_hours,
            patience=patience,
        )
        findings = list(tell_live(settings, order, yes=yes, as_json=as_json))
    if any(part.is_broken for part in findings):
        raise typer.Exit(COULD_NOT)
