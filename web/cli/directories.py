"""`dzvin directory`: what LiraX has, which definitions may name: employees, shops, deal stages, statuses."""

from typing import Any
from urllib.parse import quote

import typer

from web.cli.entering import through_door
from web.cli.talking import answer, answer_json, answer_table

app = typer.Typer(
    no_args_is_help=True, help="What LiraX has: employees' extensions, shops, deal stages, user statuses."
)

ACCOUNT = typer.Option("default", "--account", help="Of which LiraX account.")
AS_JSON = typer.Option(False, "--json", help="Print what the API answers.")
TITLES = {
    "users": "Employees",
    "shops": "Shops",
    "stages": "Deal stages",
    "statuses": "User statuses",
}


def add_to(parent: typer.Typer) -> None:
    parent.add_typer(app, name="directory", rich_help_panel="LiraX")


@app.command()
def show(account: str = ACCOUNT, as_json: bool = AS_JSON) -> None:
    """What was last read. The engine reads it at its start and daily."""
    _tell(through_door(lambda door: door.get(_path(account))), as_json=as_json)


@app.command()
def refresh(account: str = ACCOUNT, as_json: bool = AS_JSON) -> None:
    """Ask LiraX now. Ends with 1 when a list could not be read."""
    found = through_door(lambda door: door.post(f"{_path(account)}/refresh"))
    _tell(found, as_json=as_json)
    if any(found[kind]["trouble"] for kind in TITLES):
        raise typer.Exit(1)


def _path(account: str) -> str:
    return f"/api/v1/accounts/{quote(account, safe='')}/directory"


def _tell(found: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        answer_json(found)
        return
    for kind, title in TITLES.items():
        _tell_list(title, found[kind])


def _tell_list(title: str, listed: dict[str, Any]) -> None:
    read = f"read {listed['fetched_at']}" if listed["fetched_at"] else "never read"
    answer(f"{title} ({read})")
    if listed["trouble"]:
        answer(f"could not be read anew: {listed['trouble']}")
    entries = listed["entries"]
    if entries:
        answer_table(tuple(entries[0]), ([_cell(value) for value in entry.values()] for entry in entries))


def _cell(value: Any) -> Any:
    return {True: "yes", False: "no"}.get(value, value) if isinstance(value, bool) else value
