"""`dzvin key` and `dzvin user`: who may come in."""

import sys

import typer

from campaigns.problems import Problem, WrongInput
from campaigns.rules.vocabulary import Role, Scope
from web.cli.entering import through_door
from web.cli.talking import answer, tell

keys = typer.Typer(no_args_is_help=True, help="Keys of the HTTP API.")
users = typer.Typer(no_args_is_help=True, help="People who sign in on the pages.")


def add_to(parent: typer.Typer) -> None:
    parent.add_typer(keys, name="key", rich_help_panel="Upkeep")
    parent.add_typer(users, name="user", rich_help_panel="Upkeep")


@keys.callback()
def _keys() -> None:
    """Keys of the HTTP API."""


@users.callback()
def _users() -> None:
    """People who sign in on the pages."""


@keys.command("create")
def create_key(
    name: str = typer.Argument(help="What it is for, such as `billing`.", metavar="NAME"),
    scope: Scope = typer.Option(Scope.READ, help="read: every GET; trigger: also /calls; admin: everything."),
) -> None:
    """Make an API key. It stands alone on standard output and is shown this once."""
    made = through_door(lambda door: door.post("/local/keys", {"name": name, "scope": scope.value}))
    tell(f"API key “{name}” with scope {scope.value}; it cannot be shown again:")
    answer(made["key"])


@users.command("create")
def create_user(
    email: str = typer.Argument(help="The address to sign in with.", metavar="EMAIL"),
    role: Role = typer.Option(Role.ADMIN, help="viewer: looks; marketer: runs campaigns; admin: everything."),
) -> None:
    """Make a user. Asks for the password, or reads it from standard input."""
    asked = {"email": email, "password": _password(), "role": role.value}
    through_door(lambda door: door.post("/local/users", asked))
    tell(f"{email} may sign in as {role.value}")


def _password() -> str:
    if sys.stdin.isatty():
        return str(typer.prompt("Password", hide_input=True, confirmation_prompt=True, err=True))
    password = sys.stdin.readline().rstrip("\r\n")
    if not password:
        raise WrongInput(
            Problem("expected the password on standard input, and found nothing", field="password")
        )
    return password
