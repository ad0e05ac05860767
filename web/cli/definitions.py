"""`dzvin check` and `dzvin run`: a definition file, examined or performed."""

from pathlib import Path

import typer

from web.cli.ending import COULD_NOT, end_on_signals, perform
from web.cli.holding import check_file_is_free
from web.cli.outputs import check_folder_of
from web.cli.surroundings import settings_here

PANEL = "Campaigns from a file"


def add_to(app: typer.Typer) -> None:
    app.command(rich_help_panel=PANEL)(check)
    app.command(rich_help_panel=PANEL)(run)


def check(file: Path = typer.Argument(help="A definition, YAML or JSON.", metavar="FILE.yaml")) -> None:
    """All problems of a definition and its list, or what it would do. Nobody is called."""
    from web.cli.checking import check_file

    perform(check_file(settings_here(), file))


def run(
    file: Path = typer.Argument(help="A definition, YAML or JSON.", metavar="FILE.yaml"),
    results: Path | None = typer.Option(None, metavar="FILE.csv", help="Write the results here at the end."),
) -> None:
    """Create the campaign or go on with it, dial until it is finished, and print the summary.

    Serves pages, API and webhooks meanwhile. Interrupt it at any time: run again, it goes on where it was.
    """
    from web.cli.reading import definition_and_list_in

    settings = settings_here()
    definition = perform(definition_and_list_in(file, settings))
    if results is not None:
        check_folder_of(results, field="--results")
    check_file_is_free(settings)
    end_on_signals(COULD_NOT)
    from web.cli.running import run_definition  # heavy: only once nothing stands against it

    run_definition(settings, definition, results=results)
