"""`dzvin backup`, `quarantine`, `release`: copies of the database, and what must happen before one dials."""

import getpass
from pathlib import Path
from typing import Any

import typer

from web.cli.entering import through_door
from web.cli.talking import answer, answer_json, tell

PANEL = "Upkeep"
PATH = "/local/quarantine"
PERSONAL = (
    "It holds personal data: numbers, names, what people pressed and were sent. Keep it as you keep those."
)


def add_to(app: typer.Typer) -> None:
    app.command(rich_help_panel=PANEL)(backup)
    app.command(rich_help_panel=PANEL)(quarantine)
    app.command(rich_help_panel=PANEL)(release)


def backup(
    file: Path = typer.Argument(help="The file to write.", metavar="FILE"),
    force: bool = typer.Option(False, "--force", help="Write over a file that is there."),
) -> None:
    """Copy the database to a file while everybody works; on PostgreSQL by pg_dump.

    The copy is examined before it takes its place. Whoever starts Dzvin with it finds it in quarantine.
    """
    from engine.clock import SystemClock
    from engine.commands.backing_up import back_up
    from web.cli.surroundings import settings_here

    made = back_up(settings_here(), file, force=force, clock=SystemClock())
    answer(f"{made.path}: {_size(made.size)}, copied and examined in {made.seconds:.1f} s")
    tell(PERSONAL)
    tell(
        f"The secret key is not in it, and without it no kept key of LiraX can be read: keep {made.key} too."
    )


def quarantine() -> None:
    """Let nothing be dialled, texted or sent to LiraX before call history was read and `dzvin release`.

    For what Dzvin cannot notice: a machine that was set back whole, its files together with the database.
    """
    found = through_door(lambda door: door.post(PATH))
    answer(found["reason"])


def release(
    without_history: bool = typer.Option(
        False,
        "--without-history",
        help="Although history is not taken in, or there is none: people may be rung a second time.",
    ),
    send_waiting: bool = typer.Option(
        False,
        "--send-waiting",
        help="Send what waited when the database was restored, although it may have been sent since.",
    ),
    show: bool = typer.Option(False, "--show", help="Only tell how the quarantine stands."),
    as_json: bool = typer.Option(False, "--json", help="Print it as JSON."),
) -> None:
    """Let a restored database dial again, once history has told whom it called meanwhile."""
    asked = {
        "by": f"{_who()} (command line)",
        "without_history": without_history,
        "send_waiting": send_waiting,
    }
    found = through_door(lambda door: door.get(PATH))
    if as_json:
        answer_json(found)
    else:
        _tell(found)
    if show:
        return
    released = through_door(lambda door: door.post(f"{PATH}/release", asked))
    tell(f"released at {released['released_at']} by {released['released_by']}: dialling goes on")


def _tell(found: dict[str, Any]) -> None:
    answer(found["reason"])
    for account in found["accounts"]:
        answer(f"{account['name']}: {_told(account, at=found['history_asked_at'])}")
    waiting = found["messages_waiting"], found["orders_waiting"]
    if any(waiting):
        answer(
            f"{waiting[0]} messages and {waiting[1]} orders to LiraX waited and may have been sent since: "
            "released, they become unknown, unless --send-waiting"
        )


def _told(account: dict[str, Any], *, at: str) -> str:
    if not account["with_history"]:
        return "no call history: nobody can tell whom it called meanwhile"
    if not account["taken"]:
        return account["trouble"] or f"history is asked at {at}, when calls of then must be over"
    return (
        f"{account['calls']} calls in history: {account['taken_in']} that nothing was known of taken in, "
        f"of {account['learned']} more was learned, {account['strangers']} are nobody's here"
    )


def _who() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return "somebody"


def _size(size: int) -> str:
    return f"{size / 1_000_000:.1f} MB" if size >= 100_000 else f"{size} bytes"
