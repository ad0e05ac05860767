"""`dzvin import` and `dzvin export`: lists in, results out."""

from enum import StrEnum
from pathlib import Path
from typing import Any

import typer

from campaigns.problems import Problem, WrongInput
from web.cli.ending import perform
from web.cli.entering import through_door
from web.cli.outputs import check_folder_of
from web.cli.surroundings import settings_here
from web.cli.talking import answer, answer_json, tell

PANEL = "Lists and results"


class Format(StrEnum):
    CSV = "csv"
    XLSX = "xlsx"


def add_to(app: typer.Typer) -> None:
    app.command("import", rich_help_panel=PANEL)(import_list)
    app.command("export", rich_help_panel=PANEL)(export_results)


def import_list(
    name: str = typer.Argument(help="The campaign's name or id.", metavar="NAME"),
    file: Path = typer.Argument(help="The list: csv, tsv or xlsx.", metavar="FILE"),
    phone_column: str | None = typer.Option(None, metavar="COLUMN", help="Guessed when left out."),
    rejected: Path | None = typer.Option(
        None, metavar="FILE", help="Write the rows left out here, with row number and reason."
    ),
    as_json: bool = typer.Option(False, "--json", help="Print what the API answers."),
) -> None:
    """Add a list to a campaign. Rows that cannot be called are listed with the reason and left out."""
    if rejected is not None:
        check_folder_of(rejected, field="--rejected")
    from web.cli.importing import Order, import_through

    order = Order(name, file.absolute(), phone_column, rejected.absolute() if rejected else None)
    result = through_door(lambda door: import_through(door, order))
    if as_json:
        answer_json(result)
        return
    rejected_count = result["rejected_count"]
    answer(f"accepted {result['accepted']}, duplicates {result['duplicates']}, rejected {rejected_count}")
    for row in result["rejected"]:
        answer(f"row {row['row']}: {row['phone'] or '(no number)'}: {row['reason']}")
    unlisted = rejected_count - len(result["rejected"])
    if unlisted > 0:
        tell(f"{unlisted} more rejected rows are not listed here: --rejected FILE writes all of them")
    _tell_warned(result.get("warned", []), count=result.get("warned_count", 0))


def _tell_warned(warned: list[dict[str, Any]], *, count: int) -> None:
    from campaigns.lists.preparing import Warned

    for row in warned:
        tell(str(Warned(**row)))
    if count > len(warned):
        tell(f"{count - len(warned)} more rows are taken in with such a remark")


def export_results(
    name: str = typer.Argument(help="The campaign's name or id.", metavar="NAME"),
    attempts: bool = typer.Option(False, "--attempts", help="A row an attempt instead of a row a person."),
    form: Format = typer.Option(Format.CSV, "--format", help="csv, or xlsx (with --out)."),
    out: Path | None = typer.Option(None, metavar="FILE", help="Where to; default: standard output."),
) -> None:
    """Write the results of a campaign as a table."""
    if out is not None:
        check_folder_of(out, field="--out")
    elif form is Format.XLSX:
        raise WrongInput(Problem("xlsx needs --out FILE: a workbook cannot be printed", field="--format"))
    from web.cli.exporting import export_table

    perform(export_table(settings_here(), name, attempts=attempts, xlsx=form is Format.XLSX, out=out))
    if out is not None:
        tell(f"written to {out}")
