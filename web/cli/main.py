"""The command line: `dzvin` and all its words.

Commands import what they need when they run, so that `dzvin --help` answers at once.
"""

import sys

import typer

from web.cli import (
    accounts,
    blacklists,
    by_hand,
    campaigns,
    consents,
    custody,
    definitions,
    directories,
    effects,
    erasing,
    lirax,
    lists,
    people,
    profiles,
    received,
    reconciling,
    servers,
    suppressions,
    upkeep,
)
from web.cli.ending import end_of
from web.cli.talking import answer

EPILOG = "Exit codes: 0 done, 1 it could not be done, 2 wrong input. Settings: see .env.example."


def make_app() -> typer.Typer:
    app = typer.Typer(
        name="dzvin",
        help="Dzvin: the dialer campaign engine for LiraX telephone exchanges.",
        epilog=EPILOG,
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        rich_markup_mode="rich",
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    app.callback()(_options)
    for group in (
        servers,
        definitions,
        profiles,
        campaigns,
        lists,
        suppressions,
        consents,
        erasing,
        effects,
        lirax,
        by_hand,
        accounts,
        directories,
        blacklists,
        received,
        reconciling,
        upkeep,
        custody,
        people,
    ):
        group.add_to(app)
    return app


def _show_version(asked: bool) -> None:
    if asked:
        from importlib.metadata import PackageNotFoundError, version

        try:
            answer(f"dzvin {version('dzvin')}")
        except PackageNotFoundError:
            answer("dzvin, not installed: it runs from its source")
        raise typer.Exit


def _options(
    debug: bool = typer.Option(False, "--debug", help="Show the traceback of what went wrong."),
    version: bool = typer.Option(
        False, "--version", help="Show the version and exit.", is_eager=True, callback=_show_version
    ),
) -> None:
    """`--debug` is heeded by `end_of`, wherever it stands."""


def main() -> None:
    command = typer.main.get_command(make_app())
    sys.exit(
        end_of(
            lambda words: command.main(words or ["--help"], prog_name="dzvin", standalone_mode=False),
            sys.argv[1:],
        )
    )


if __name__ == "__main__":
    main()
