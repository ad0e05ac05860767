"""`dzvin lirax`: one command of LiraX, by hand."""

from typing import Any

import typer
from typer.core import TyperCommand

from campaigns.problems import Problem, WrongInput
from web.cli.entering import through_door
from web.cli.talking import answer_json

PANEL = "LiraX"
WORDS = "lirax.words"  # what stood on the command line, for the help


class _ExplainingAll(TyperCommand):
    """Its help goes on with every command of LiraX, or with the one that is named before `--help`."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        ctx.meta[WORDS] = tuple(args)
        return super().parse_args(ctx, args)

    def format_help(self, ctx: Any, formatter: Any) -> None:
        from web.cli.lirax_help import explain_all, explain_one, named_in

        kind = named_in(ctx.meta.get(WORDS, ()))
        if kind is not None:
            explain_one(kind)
            return
        super().format_help(ctx, formatter)
        explain_all()


def add_to(app: typer.Typer) -> None:
    app.command(rich_help_panel=PANEL, cls=_ExplainingAll)(lirax)


def lirax(
    command: str = typer.Argument(help="A command of LiraX, such as getShops.", metavar="COMMAND"),
    params: list[str] = typer.Argument(
        None, help="Its parameters; values go as they are.", metavar="param=value"
    ),
    account: str = typer.Option("default", metavar="NAME", help="The LiraX account to use."),
) -> None:
    """Send one LiraX command with the account's address and key, and print the answer as JSON."""
    asked = {"account": account, "command": command, "params": _params(params or [])}
    answer_json(through_door(lambda door: door.post("/local/lirax", asked)) or {})


def _params(words: list[str]) -> dict[str, str]:
    problems: list[Problem] = []
    params: dict[str, str] = {}
    for word in words:
        name, mark, value = word.partition("=")
        if not mark or not name:
            problems.append(Problem(f"read {word!r}, expected param=value"))
        elif name in params:
            problems.append(Problem("is given twice", field=name))
        params[name] = value
    if problems:
        raise WrongInput(*problems)
    return params
