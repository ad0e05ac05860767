"""`dzvin account`: the LiraX accounts of this installation. Keys are never words of the command line."""

from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import typer

from web.cli.account_words import SECRETS, AccountWords, lines_of, secrets_asked
from web.cli.entering import through_door
from web.cli.talking import answer, answer_json, answer_table, tell

if TYPE_CHECKING:
    from web.cli.door import Door

app = typer.Typer(no_args_is_help=True, help="The LiraX accounts of this installation.")

PATH = "/api/v1/accounts"
NAME = typer.Argument(help="What campaigns call it in `account`.", metavar="NAME")
JSON = typer.Option(False, "--json", help="Print what the API answers.")
URL = typer.Option(None, "--url", metavar="URL", help="The address that takes LiraX's commands.")
TIMEZONE = typer.Option(None, "--timezone", metavar="ZONE", help="IANA name, such as Europe/Kyiv.")
LINES = typer.Option(None, "--lines", metavar="N", help="Calls at once, over all campaigns.")
EXTENSIONS = typer.Option(
    None, "--extensions", metavar="LIST", help="Extensions its campaigns may use: 101,102; `any` for all."
)
MODEMS = typer.Option(None, "--modems", metavar="LIST", help="SIM numbers of its GSM modems; `any` for all.")
HISTORY_URL = typer.Option(None, "--history-url", metavar="URL", help="Call history; `none` ends it.")
HISTORY_LOGIN = typer.Option(None, "--history-login", metavar="LOGIN", help="Its login.")
PUSHES = typer.Option(
    None,
    "--push-suppressions/--no-push-suppressions",
    help="Tell LiraX's blacklist of the do-not-call list.",
)
PER_DAY = typer.Option(
    None, "--per-day", metavar="N", help="Calls to one number a day, over all campaigns; `none` for any."
)
PER_WEEK = typer.Option(None, "--per-week", metavar="N", help="The same in any 7 days.")
TOKEN = typer.Option(False, "--token", help="Ask for LiraX's key, or read it from standard input.")
TOKEN_FILE = typer.Option(None, "--token-file", metavar="FILE", help="Read LiraX's key from this file.")
PASSWORD = typer.Option(False, "--history-password", help="Ask for it, or read it from standard input.")
PASSWORD_FILE = typer.Option(None, "--history-password-file", metavar="FILE", help="Read it from this file.")


def add_to(parent: typer.Typer) -> None:
    parent.add_typer(app, name="account", rich_help_panel="LiraX")


@app.command("list")
def list_them(as_json: bool = JSON) -> None:
    """All accounts, the oldest first."""
    found = through_door(_all)
    if as_json:
        answer_json(found)
        return
    headers = ("name", "state", "lines_busy", "lines", "campaigns_running", "last_webhook_at", "hold")
    answer_table(headers, ([account[header] for header in headers] for account in found))


@app.command()
def show(name: str = NAME, as_json: bool = JSON) -> None:
    """One account: its settings without its secrets, and how it stands."""
    _tell(through_door(lambda door: door.get(_path(name))), as_json=as_json)


@app.command()
def add(
    name: str = NAME,
    url: str = typer.Option(..., "--url", metavar="URL", help="The address that takes LiraX's commands."),
    token_file: Path | None = TOKEN_FILE,
    timezone: str | None = TIMEZONE,
    lines: str | None = LINES,
    extensions: str | None = EXTENSIONS,
    modems: str | None = MODEMS,
    history_url: str | None = HISTORY_URL,
    history_login: str | None = HISTORY_LOGIN,
    history_password_file: Path | None = PASSWORD_FILE,
    push_suppressions: bool | None = PUSHES,
    per_day: str | None = PER_DAY,
    per_week: str | None = PER_WEEK,
    as_json: bool = JSON,
) -> None:
    """Add an account. Asks for LiraX's key, and prints the key LiraX is to send us, which is shown once."""
    words = AccountWords(
        url,
        timezone,
        lines,
        extensions,
        modems,
        history_url,
        history_login,
        push_suppressions,
        per_day,
        per_week,
    )
    files = {"token": token_file, "history_password": history_password_file}
    asked = [secret for secret in SECRETS if files[secret] is None and _needed(secret, history_url)]
    body = {"name": name, **words.values(), **secrets_asked(files, asked)}
    made = through_door(lambda door: door.post(PATH, body))
    if as_json:
        answer_json(made)
        return
    tell(f"account {name} added; LiraX sends its webhooks to {made['webhook_url']} with this key,")
    tell("which cannot be shown again:")
    answer(made["webhook_token"])


@app.command("set")
def change(
    name: str = NAME,
    url: str | None = URL,
    token: bool = TOKEN,
    token_file: Path | None = TOKEN_FILE,
    timezone: str | None = TIMEZONE,
    lines: str | None = LINES,
    extensions: str | None = EXTENSIONS,
    modems: str | None = MODEMS,
    history_url: str | None = HISTORY_URL,
    history_login: str | None = HISTORY_LOGIN,
    history_password: bool = PASSWORD,
    history_password_file: Path | None = PASSWORD_FILE,
    push_suppressions: bool | None = PUSHES,
    per_day: str | None = PER_DAY,
    per_week: str | None = PER_WEEK,
    as_json: bool = JSON,
) -> None:
    """Change what is named; the rest stays. What the environment sets of `default` is changed there."""
    words = AccountWords(
        url,
        timezone,
        lines,
        extensions,
        modems,
        history_url,
        history_login,
        push_suppressions,
        per_day,
        per_week,
    )
    files = {"token": token_file, "history_password": history_password_file}
    asked = [secret for secret, wanted in zip(SECRETS, (token, history_password), strict=True) if wanted]
    body = {**words.values(), **secrets_asked(files, asked)}
    _tell(through_door(lambda door: door.patch(_path(name), body)), as_json=as_json)


@app.command("rotate-webhook")
def rotate_webhook(
    name: str = NAME,
    finish: bool = typer.Option(False, "--finish", help="End the old key: LiraX sends the new one now."),
) -> None:
    """Make a new key for LiraX's webhooks, good beside the old one. It stands alone on standard output."""
    told = through_door(lambda door: door.post(f"{_path(name)}/rotate-webhook", {"finish": finish}))
    if finish:
        tell(f"account {name}: only the new webhook key is good now")
        return
    tell(f"account {name}: both webhook keys are good now; give LiraX the new one, then end the old one")
    if name == "default":
        tell("by putting it into DZVIN_WEBHOOK_TOKEN and starting again. It cannot be shown again:")
    else:
        tell(f"with `dzvin account rotate-webhook {name} --finish`. It cannot be shown again:")
    answer(told["webhook_token"])


@app.command()
def close(name: str = NAME) -> None:
    """No new campaigns and no calls through it from now on; open calls end by themselves."""
    _tell(through_door(lambda door: door.post(f"{_path(name)}/close")), as_json=False)


@app.command()
def reopen(name: str = NAME) -> None:
    """Let its campaigns call again."""
    _tell(through_door(lambda door: door.post(f"{_path(name)}/reopen")), as_json=False)


def _tell(account: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        answer_json(account)
        return
    for line in lines_of(account):
        answer(line)


def _needed(secret: str, history_url: str | None) -> bool:
    """Without an address there is no history to have a password for."""
    return secret == "token" or history_url is not None  # noqa: S105 - the name of a field


def _path(name: str) -> str:
    return f"{PATH}/{quote(name, safe='')}"


async def _all(door: "Door") -> list[dict[str, Any]]:
    return [account async for account in door.every(PATH)]
