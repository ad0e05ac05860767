"""`dzvin consent`: who agreed to be called and texted."""

from dataclasses import replace
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import typer

from campaigns.problems import Problem, WrongInput
from web.cli.entering import through_door
from web.cli.talking import answer, answer_json, answer_table

if TYPE_CHECKING:
    from web.cli.door import Door

app = typer.Typer(
    no_args_is_help=True, help="Consent on record: profiles such as ua-marketing call nobody without it."
)

PATH = "/api/v1/consents"
PHONES = typer.Argument(help="One or more numbers, in any usual spelling.", metavar="PHONE...")


def add_to(parent: typer.Typer) -> None:
    parent.add_typer(app, name="consent", rich_help_panel="Lists and results")


@app.command()
def add(
    phones: list[str] = PHONES,
    source: str = typer.Option(..., "--source", help="Where it was given: a form, a contract, a call."),
    given: str | None = typer.Option(None, "--given", help="When: a day or a moment; else now."),
    proof: str | None = typer.Option(None, "--proof", help="Where it can be looked up."),
) -> None:
    """Record that these people agreed; who waited for it is called in the next permitted hour."""
    asked = {"source": source, "given_at": given, "proof": proof}
    through_door(lambda door: _add(door, phones, asked))


@app.command()
def withdraw(phones: list[str] = PHONES) -> None:
    """Withdraw consent; where a profile asks for it, the numbers are not called or texted any more."""
    through_door(lambda door: _withdraw(door, phones))


@app.command("list")
def list_them(as_json: bool = typer.Option(False, "--json", help="Print what the API answers.")) -> None:
    """All records, the oldest first; those withdrawn too."""
    found = through_door(_all)
    if as_json:
        answer_json(found)
        return
    headers = ("phone", "source", "given_at", "proof", "withdrawn_at")
    answer_table(headers, ([entry.get(header) for header in headers] for entry in found))


async def _add(door: "Door", phones: list[str], asked: dict[str, str | None]) -> None:
    """All that can be recorded; then raises WrongInput for the others."""
    problems: list[Problem] = []
    for phone in phones:
        try:
            entry = await door.post(PATH, {"phone": phone, **asked})
        except WrongInput as error:
            problems += [_of_phone(problem, phone) for problem in error.problems]
            continue
        kept = "was withdrawn later, and stays so" if entry["withdrawn_at"] else "is on record"
        answer(f"consent of {entry['phone']} {kept}")
    if problems:
        raise WrongInput(*problems)


async def _withdraw(door: "Door", phones: list[str]) -> None:
    problems: list[Problem] = []
    for phone in phones:
        try:
            await door.delete(f"{PATH}/{quote(phone, safe='')}")
        except WrongInput as error:
            problems += [_of_phone(problem, phone) for problem in error.problems]
            continue
        answer(f"consent of {phone} is withdrawn")
    if problems:
        raise WrongInput(*problems)


def _of_phone(problem: Problem, phone: str) -> Problem:
    return replace(problem, field=phone if problem.field == "phone" else problem.field)


async def _all(door: "Door") -> list[dict[str, Any]]:
    return [entry async for entry in door.every(PATH)]
