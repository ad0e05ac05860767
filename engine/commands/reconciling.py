"""What a person may ask of call history: decide now what it can, or compare what the sources told."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from campaigns.rules.vocabulary import AccountId, AttemptId
from campaigns.store import drift
from campaigns.store.drift import CallNamed
from engine.accounts import AccountFacts
from engine.house import House
from engine.reconciliation.comparing import Report, compare
from engine.reconciliation.deciding import decide
from engine.reconciliation.looking import Plan, plan
from engine.reconciliation.seeking import client_of, waits_of
from engine.reconciliation.telling import Word

NOT_ASKED = "call history is not asked: its address and login are not set"


@dataclass(frozen=True)
class Decision:
    """`believed_from` is when absence from history may be believed, for a call that still waits."""

    call: CallNamed
    word: Word
    believed_from: datetime | None


@dataclass(frozen=True)
class Looked:
    """`trouble` says why history could not be asked or believed."""

    account: str
    decisions: tuple[Decision, ...]
    trouble: str | None = None


def accounts_to_ask(house: House, name: str | None) -> list[AccountFacts]:
    """The account of that name, or every one. Raises NotFound."""
    return house.accounts.all() if name is None else [house.accounts.find(name)]


async def look_now(house: House, facts: AccountFacts) -> Looked:
    """Looks for every call that is unclear or overdue, and for those given up a short while ago."""
    client = client_of(house, facts.id)
    if client is None:
        return Looked(facts.name, (), NOT_ASKED)
    planned = await house.database.read(partial(plan, house, facts.id))
    if not planned.cases:
        return Looked(facts.name, ())
    decided = await decide(house, client, planned, due=[case for _, case in planned.cases])
    words = {told.attempt_id: told.word for told in decided.told}
    known = await house.database.read(
        partial(drift.named, attempt_ids=[attempt.id for attempt, _ in planned.cases])
    )
    return Looked(facts.name, tuple(_decisions(house, planned, words, known)), decided.trouble)


def _decisions(
    house: House, planned: Plan, words: dict[AttemptId, Word], known: dict[int, CallNamed]
) -> list[Decision]:
    wait = waits_of(house.settings).before_absence
    found = []
    for attempt, case in planned.cases:
        word = words.get(attempt.id, Word.WAITING)
        if attempt.id in known and (case.is_open or word is Word.FOUND):
            believed = case.since + wait if word is Word.WAITING else None
            found.append(Decision(known[attempt.id], word, believed))
    return found


async def report_now(house: House, facts: AccountFacts, *, back: timedelta) -> Report:
    """Compares the sources of that much time until now."""
    now = house.clock.now()
    return await compare(house, AccountId(facts.id), since=now - back, until=now)
