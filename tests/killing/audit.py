"""What must hold after the fire, judged by what the simulator knows; our own rows are only compared."""

import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection, select, text

from engine.database.opening import open_database
from tests.builders import table
from tests.killing.answers_audit import broken_answers
from tests.killing.calls_audit import broken_calls, most_at_once
from tests.killing.pausing import Pause, broken_pauses
from tests.killing.texts_audit import broken_texts
from tests.killing.told import FINISHED, Known, Row, Told
from tests.promises import broken_figures

FINAL = {"done", "exhausted", "suppressed", "invalid", "cancelled", "expired"}
People = Mapping[str, set[str]]
"""By campaign, who was taken in."""


class Audit(NamedTuple):
    broken: list[str]
    figures: dict[str, int]


def audit(url: str, *, truth: Mapping[str, Any], people: People, pauses: Sequence[Pause]) -> Audit:
    known = asyncio.run(_read(url))
    told = Told(truth, known.attempts)
    return Audit(judge(known, told, people=people, pauses=pauses), _figures(known, told, people, pauses))


def judge(known: Known, told: Told, *, people: People, pauses: Sequence[Pause]) -> list[str]:
    """A sentence for each thing that does not hold."""
    return [
        *known.broken,
        *broken_calls(told, people),
        *broken_answers(known, told),
        *broken_texts(known, told),
        *broken_pauses(told, pauses),
        *_everybody(known.recipients, people),
    ]


def _everybody(recipients: Sequence[Row], people: People) -> list[str]:
    """All that were taken in are there once, and final."""
    came = sum(map(len, people.values()))
    lost = [f"{len(recipients)} people are in the database, {came} came"] if len(recipients) != came else []
    left = [person for person in recipients if person["state"] not in FINAL]
    return [*lost, *(f"{person['phone']} is left {person['state']}" for person in left)]


def _figures(known: Known, told: Told, people: People, pauses: Sequence[Pause]) -> dict[str, int]:
    results = Counter(f"attempts that ended as {attempt['result']}" for attempt in known.attempts)
    texts = Counter(f"messages that ended as {row['state']}" for row in known.messages)
    orphans = [row for row in known.inbox if row["cmd"] == FINISHED and row["verdict"] == "orphan"]
    return {
        "people": sum(len(each) for each in people.values()),
        "attempts": len(known.attempts),
        "requests that reached LiraX": len(told.posts),
        "phones that rang": sum(ring["rang"] for ring in told.rings),
        "calls at once, by the lines they hold": most_at_once(told),
        "calls at once, by LiraX": told.most_calls,
        "webhooks sent": len(told.webhooks),
        "webhooks answered 200": sum(each["answer"] == 200 for each in told.webhooks),
        "finished webhooks of no known call": len(orphans),
        "requests to modems": len(told.modem_requests),
        "pauses answered": len(pauses),
        **dict(sorted(results.items())),
        **dict(sorted(texts.items())),
    }


async def _read(url: str) -> Known:
    database = await open_database(url, upgrade=False)
    try:
        return await database.read(_rows_of)
    finally:
        await database.close()


def _rows_of(connection: Connection) -> Known:
    broken = list(broken_figures(connection))
    if connection.dialect.name == "sqlite":
        for check in ("integrity_check", "foreign_key_check"):
            found = [str(row) for row in connection.execute(text(f"PRAGMA {check}"))]
            broken += [f"{check}: {row}" for row in found if row != "('ok',)"]
    return Known(
        attempts=_all(connection, "attempt"),
        recipients=_all(connection, "recipient"),
        inbox=_all(connection, "inbox"),
        messages=_all(connection, "sms"),
        stopped=frozenset(connection.execute(select(table("suppression").c.phone)).scalars()),
        broken=broken,
    )


def _all(connection: Connection, name: str) -> list[Row]:
    of_table = table(name)
    return [dict(row) for row in connection.execute(select(of_table).order_by(of_table.c.id)).mappings()]
