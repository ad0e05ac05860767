"""Asks an account's call history: whether it lets us in, how it writes, and by which clock."""

from datetime import timedelta

from engine.lirax.errors import LiraxError
from engine.lirax.history import Export
from web.cli.doctor.findings import Finding, broken, fine, look
from web.cli.doctor.patients import Patient

BACK = timedelta(hours=6)
AHEAD = timedelta(hours=14)  # no zone that an account may be taken for is farther ahead
CLOCKS_APART = timedelta(minutes=5)


async def examine_history(patient: Patient) -> Finding:
    facts = patient.facts
    if facts.history is None or patient.history is None:
        return fine("history", "not set: a call whose fate LiraX does not report ends as unknown")
    now = patient.clock.now()
    try:
        export = await patient.history.export(since=now - BACK, until=now + AHEAD)
    except LiraxError as error:
        return broken("history", f"{facts.history.url}: {error.kind}: {error}")
    if export.trouble is not None:
        return broken("history", f"{facts.history.url}: an export is no good: {export.trouble}")
    says = f"{facts.history.url} lets us in: {_calls(export)}, as {export.form.words}"
    ahead = max((call.started_at - now for call in export.calls), default=timedelta(0))
    if ahead > CLOCKS_APART:
        minutes = ahead // timedelta(minutes=1)
        return look(
            "history", f"{says}; its calls lie up to {minutes} min ahead: is {facts.timezone} its zone?"
        )
    return fine("history", says)


def _calls(export: Export) -> str:
    number = len(export.calls)
    return f"{number} call{'' if number == 1 else 's'} of the last {BACK // timedelta(hours=1)} hours"
