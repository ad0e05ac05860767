"""`dzvin reconcile`: ask call history now what it can tell, or compare what the three sources told."""

from datetime import timedelta
from typing import Any

import typer

from campaigns.problems import Problem, WrongInput
from campaigns.rules.durations import parse_duration
from web.cli.comparing import tell_report
from web.cli.entering import through_door
from web.cli.talking import answer, answer_json, complain

PATH = "/local/reconcile"
USUAL, LONGEST = timedelta(days=1), timedelta(days=31)
WORDS = {
    "found": "found in call history",
    "unplaced": "never rang: call history does not show it",
    "unknown": "nobody can tell",
    "waiting": "not decided yet",
}


def add_to(app: typer.Typer) -> None:
    app.command(rich_help_panel="LiraX")(reconcile)


def reconcile(
    report: bool = typer.Option(
        False, "--report", help="Compare what webhooks, events and call history told instead."
    ),
    since: str | None = typer.Option(
        None, "--since", metavar="DURATION", help="For --report: so far back; 1d when left out."
    ),
    account: str | None = typer.Option(None, "--account", help="Only this LiraX account."),
    as_json: bool = typer.Option(False, "--json", help="Print the answer as JSON."),
) -> None:
    """Look into call history now for every call that is unclear, and tell what was decided."""
    back = _back(since, report=report)
    asked: dict[str, Any] = {} if account is None else {"account": account}
    if report:
        seconds = back.total_seconds()
        found = through_door(lambda door: door.post(f"{PATH}/report", {**asked, "seconds": seconds}))
    else:
        found = through_door(lambda door: door.post(PATH, asked))
    if as_json:
        answer_json(found)
    else:
        for item in found["items"]:
            tell_report(item) if report else _tell_looked(item)
    if any(_failed(item, report=report) for item in found["items"]):
        raise typer.Exit(1)


def _back(since: str | None, *, report: bool) -> timedelta:
    if since is None:
        return USUAL
    if not report:
        raise WrongInput(
            Problem("means nothing without --report: what is unclear is looked for", field="--since")
        )
    try:
        back = parse_duration(since)
    except ValueError as error:
        raise WrongInput(Problem(str(error), field="--since")) from error
    if not timedelta(0) < back <= LONGEST:
        raise WrongInput(Problem(f"{since} is no time to look back: 1m to 31d", field="--since"))
    return back


def _failed(item: dict[str, Any], *, report: bool) -> bool:
    if report:
        return item["history"]["trouble"] is not None
    return item["trouble"] is not None


def _tell_looked(item: dict[str, Any]) -> None:
    if item["trouble"]:
        complain(f"{item['account']}: {item['trouble']}")
    elif not item["calls"]:
        answer(f"{item['account']}: no call is unclear")
    for call in item["calls"]:
        later = f", absence counts from {call['believed_from']}" if call["believed_from"] else ""
        result = f" ({call['result']})" if call["decided"] == "found" and call["result"] else ""
        answer(
            f"{item['account']}: {call['phone']} in {call['campaign']}, called {call['claimed_at']}: "
            f"{WORDS[call['decided']]}{result}{later}"
        )
