"""`dzvin reconcile`: ask call history now what it can tell, or compare what the three sources told."""

from datetime import timedelta
from typing import Any

import typer

from campaigns.problems import Problem, WrongInput
from campaigns.rules.durations import parse_duration
from web.cli.entering import through_door
from web.cli.talking import answer, answer_json, answer_table, complain

PATH = "/local/reconcile"
LONGEST = timedelta(days=31)
EXAMPLES = ("phone", "campaign", "called at", "result")
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
    since: str = typer.Option("1d", "--since", metavar="DURATION", help="For --report: so far back."),
    account: str | None = typer.Option(None, "--account", help="Only this LiraX account."),
    as_json: bool = typer.Option(False, "--json", help="Print the answer as JSON."),
) -> None:
    """Look into call history now for every call that is unclear, and tell what was decided."""
    back = _back(since)
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
            _tell_report(item) if report else _tell_looked(item)
    if any(_failed(item, report=report) for item in found["items"]):
        raise typer.Exit(1)


def _back(since: str) -> timedelta:
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


def _tell_report(item: dict[str, Any]) -> None:
    answer(f"{item['account']}, from {item['since']} to {item['until']}")
    for sentence in item["sentences"]:
        answer(f"  {sentence}")
    for name, title in (
        ("webhooks", "No finished webhook came"),
        ("events", "No event came"),
        ("history", "Call history does not show it"),
        ("late", "The finished webhook came late"),
        ("healed", "Only call history told of it"),
    ):
        examples = item[name]["examples"]
        if examples:
            answer(f"{title}:")
            answer_table(EXAMPLES, (_example(each) for each in examples))
    for name, title in (("webhooks", "Finished webhooks"), ("history", "Outgoing calls in history")):
        examples = item["orphaned"][name]["examples"]
        if examples:
            answer(f"{title} of no call of ours:")
            answer_table(("at", "what"), ((each["at"], each["what"]) for each in examples))


def _example(example: dict[str, Any]) -> tuple[Any, ...]:
    return example["phone"], example["campaign"], example["claimed_at"], example["result"]
