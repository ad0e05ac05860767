"""`dzvin call`: a call from an employee to a number, by hand, and hanging it up."""

from typing import Any

import typer

from campaigns.problems import Problem, WrongInput
from web.cli.ending import COULD_NOT
from web.cli.entering import through_door
from web.cli.talking import answer, answer_json

PANEL = "LiraX"
HANG_UP, SHOW = "hangup", "show"


def add_to(app: typer.Typer) -> None:
    app.command(rich_help_panel=PANEL)(call)


def call(
    ext: str = typer.Argument(help="The employee's short number, such as 101.", metavar="EXT"),
    phone: str = typer.Argument(help="The number to call once the employee has answered.", metavar="PHONE"),
    account: str = typer.Option("default", metavar="NAME", help="The LiraX account to use."),
    shop: int | None = typer.Option(None, metavar="ID", help="The shop the call is made from."),
    any_hour: bool = typer.Option(
        False, "--any-hour", help="Also where it is before 08:00, or 20:00 and later."
    ),
    as_json: bool = typer.Option(False, "--json", help="Print all that is known of the call, as JSON."),
) -> None:
    """Call a number from an employee's phone: LiraX rings the employee first, then the number.

    `dzvin call show ID` tells how it went on, `dzvin call hangup ID` ends it.
    """
    if ext in (HANG_UP, SHOW):
        number = _number(phone)
        path = f"/local/calls/{number}"
        hanging_up = ext == HANG_UP
        found = through_door(lambda door: door.post(f"{path}/{HANG_UP}") if hanging_up else door.get(path))
    else:
        asked = {"ext": ext, "phone": phone, "account": account, "shop": shop, "any_hour": any_hour}
        found = through_door(lambda door: door.post("/local/calls", asked))
    tell_call(found, as_json=as_json)


def tell_call(call: dict[str, Any], *, as_json: bool) -> None:
    """Ends with exit code 1 where nobody was called, or nobody can tell."""
    if as_json:
        answer_json(call)
    else:
        answer(f"call {call['id']} from {call['ext']} to {call['phone']}: {call['told']}")
    if call["state"] in ("failed", "unknown"):
        raise typer.Exit(COULD_NOT)


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 19):
        raise WrongInput(Problem(f"read “{text}”, expected the number of a call", field="ID"))
    return int(text)
