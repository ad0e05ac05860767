"""`dzvin erase`: forget a person everywhere."""

import sys
from typing import TYPE_CHECKING, Any

import typer

from campaigns.problems import Problem, WrongInput
from web.cli.entering import through_door
from web.cli.talking import answer, answer_json, tell

if TYPE_CHECKING:
    from web.cli.door import Door


COUNTRY = "UA"  # as in `POST /api/v1/erasures`
WORDS = {
    "recipient": "list entries",
    "attempt": "calls",
    "sms": "messages",
    "effect": "orders to LiraX",
    "inbox": "webhooks",
    "consent": "consents",
    "crm_contact": "contacts",
    "deal": "deals",
    "employee_call": "calls by hand",
    "heard_call": "calls that LiraX told of",
    "idempotency": "kept answers of the API",
    "drift": "findings of reconciliation",
    "suppression": "reasons on the do-not-call list",
}
"""Of the tables that know people, for people."""


def add_to(parent: typer.Typer) -> None:
    parent.command("erase", rich_help_panel="Lists and results")(erase)


def erase(
    phone: str = typer.Argument(help="The number, in any usual spelling.", metavar="PHONE"),
    yes: bool = typer.Option(False, "--yes", help="Do not ask."),
    as_json: bool = typer.Option(False, "--json", help="Print what the API answers."),
) -> None:
    """Erase a person everywhere: calls, messages, list columns, webhooks. Figures of campaigns stay.

    Nobody calls or texts the number again; only a keyed hash of it is kept. This cannot be undone.
    """
    if not yes:
        _ask(_checked(phone))
    done = through_door(lambda door: _erase(door, phone))
    if as_json:
        answer_json(done)
        return
    if done["state"] == "waiting":
        until = f", until {done['until']} at most" if done["until"] else ""
        answer(f"{phone}: {done['waits_for']}{until}; it is erased by itself when that has ended")
        return
    answer(f"{phone} is erased: {_counted(done['rows'])}")
    if not done["scrubbed"]:
        tell(
            "The files of the database are in use and may still hold bytes of it; they are cleaned by itself."
        )
    tell("Dzvin cannot erase:")
    for each in done["unreachable"]:
        tell(f"- {each}")


def _checked(phone: str) -> str:
    from campaigns.lists.numbers import NumberError, read_number

    try:
        read_number(phone, country=COUNTRY)
    except NumberError as error:
        raise WrongInput(Problem(str(error), field="phone")) from error
    return phone


def _ask(phone: str) -> None:
    if not sys.stdin.isatty():
        raise WrongInput(Problem("nobody is there to ask: say --yes", field="--yes"))
    typer.confirm(f"Erase the person with {phone} everywhere? This cannot be undone.", abort=True, err=True)


async def _erase(door: "Door", phone: str) -> Any:
    return await door.post("/api/v1/erasures", {"phone": phone})


def _counted(rows: dict[str, int]) -> str:
    counted = (f"{WORDS.get(name, name)} {number}" for name, number in rows.items())
    return ", ".join(counted) or "nothing was kept of them"
