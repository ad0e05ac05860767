"""Calls that a test tells of in any order, and what is remembered of them afterwards."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Any, NamedTuple

from sqlalchemy import Connection, select

from campaigns.rules.vocabulary import AccountId, AttemptId, AttemptState, RecipientState
from campaigns.store import attempts
from engine.apply.campaigns import transaction
from engine.house import House
from engine.lirax.webhooks import read_webhook
from engine.passes.intake import Intake, receive
from engine.passes.placing import _take_in_early, _taken
from tests.builders import a_campaign, a_recipient, an_account, an_attempt, table

NAMES_OF_ROWS = ("id", "campaign_id", "recipient_id", "attempt_id", "account_id", "cause", "row")
"""Which row it is, not what it says."""


class Answer(NamedTuple):
    """The answer to the request of a call comes in."""

    call: int


class Told(NamedTuple):
    """A webhook about a call; in its fields {C1}, {C2}, {M} and {P} stand for the call's ids and number."""

    call: int
    fields: Mapping[str, str]


Step = Answer | Told


@dataclass
class Call:
    """One call of a campaign, with ids of its own, so that a database has room for many stories."""

    attempt_id: AttemptId
    phone: str
    number: int

    @property
    def words(self) -> dict[str, str]:
        ids = {name: f"{name}-{self.number:08}" for name in ("C1", "C2", "M")}
        plain = {f"{name}plain": word.replace("-", "") for name, word in ids.items()}
        return {**ids, **plain, "P": self.phone}

    def spelled(self, text: str) -> str:
        for name, word in self.words.items():
            text = text.replace("{" + name + "}", word)
        return text

    def unspelled(self, value: Any) -> Any:
        """The same with the names in the place of the ids."""
        if isinstance(value, str):
            for name, word in sorted(self.words.items(), key=lambda pair: -len(pair[1])):
                value = value.replace(word, "{" + name + "}")
        return value


@dataclass
class Teller:
    """Tells stories in one house, each in a campaign of its own."""

    house: House
    _numbers: Iterator[int] = field(default_factory=lambda: count(1))

    async def tell(
        self, definition: Mapping[str, Any], steps: Sequence[Step], *, calls: int, at_once: bool
    ) -> dict[str, Any]:
        """What is remembered once all of it has been told; `at_once`: applied in one go at the end."""
        number = next(self._numbers)
        made = await self.house.database.write(lambda writing: self._make(writing, definition, number, calls))
        intake = Intake(self.house)
        for step in steps:
            call = made[step.call]
            if isinstance(step, Answer):
                await self._answer(call)
            else:
                await self._hear(call, step.fields)
            if not at_once:
                await intake.run()
        await intake.run()
        return await self.house.database.read(lambda reading: remembered(reading, made))

    def _make(
        self, connection: Connection, definition: Mapping[str, Any], number: int, calls: int
    ) -> list[Call]:
        now = self.house.clock.now()
        campaign_id = a_campaign(connection, name=f"Story {number}", definition=definition)
        made = []
        for index in range(calls):
            place = number * 10 + index
            phone = f"38050{place:07}"
            recipient_id = a_recipient(
                connection, campaign_id, state=RecipientState.CALLING, calls=1, phone=phone, due_at=None
            )
            attempt_id = an_attempt(
                connection,
                recipient_id,
                state=AttemptState.PLACING,
                claimed_at=now,
                placed_at=None,
                deadline=now,
                epoch=self.house.epoch,
            )
            made.append(Call(AttemptId(attempt_id), phone, place))
        return made

    async def _answer(self, call: Call) -> None:
        now = self.house.clock.now()

        def write(connection: Connection) -> None:
            with transaction(connection, self.house) as change:
                attempt = attempts.get(connection, call.attempt_id)
                assert attempt is not None
                _taken(change, attempt, provider_id=call.words["M"], sent_at=now)
            _take_in_early(self.house, attempt.account_id, call.words["M"], connection)

        await self.house.database.write(write)

    async def _hear(self, call: Call, fields: Mapping[str, str]) -> None:
        body = {name: call.spelled(value) for name, value in fields.items()}
        account = await self.house.database.read(an_account)
        await receive(self.house, AccountId(account), webhook=read_webhook(body), body=body)


def remembered(connection: Connection, calls: Sequence[Call]) -> dict[str, Any]:
    """All that the database says of these calls, in words that do not depend on which rows they are."""
    ids = [call.attempt_id for call in calls]
    attempt_rows = _rows(connection, "attempt", "id", ids)
    people = [row["recipient_id"] for row in attempt_rows]
    campaign_id = attempt_rows[0]["campaign_id"]
    heard = _rows(connection, "heard_call", "attempt_id", ids)
    return {
        "attempts": [_plain(row, call) for row, call in zip(attempt_rows, calls, strict=True)],
        "recipients": [
            _plain(row, call)
            for row, call in zip(_rows(connection, "recipient", "id", people), calls, strict=True)
        ],
        "heard": sorted(
            str(_plain(row, call)) for call in calls for row in heard if row["attempt_id"] == call.attempt_id
        ),
        "counts": {
            (row["kind"], row["word"]): row["count"]
            for row in _rows(connection, "tally", "campaign_id", [campaign_id])
            if row["count"]
        },
        "effects": sorted(
            (str(row["kind"]), str(row["body"]))
            for row in _rows(connection, "effect", "campaign_id", [campaign_id])
        ),
        "suppressed": [bool(_rows(connection, "suppression", "phone", [call.phone])) for call in calls],
    }


def _rows(connection: Connection, name: str, column: str, values: Sequence[Any]) -> list[dict[str, Any]]:
    asked = table(name)
    found = connection.execute(select(asked).where(asked.c[column].in_(values))).mappings()
    return sorted((dict(row) for row in found), key=lambda row: values.index(row[column]))


def _plain(row: Mapping[str, Any], call: Call) -> dict[str, Any]:
    return {name: call.unspelled(value) for name, value in row.items() if name not in NAMES_OF_ROWS}
