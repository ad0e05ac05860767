"""Calls the roll: has LiraX tell how all employees stand, by `staton` webhooks.

At every start of the engine, since nobody listened before; when an account's hold is lifted; and now and then
while a campaign needs agents, because a webhook may be lost. Between, LiraX tells what changes by itself.
Of several engines the one that began goes on; when it ends, another begins anew.
Source: LiraX reference, section 3 (`initStatuses`) and C53.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import NamedTuple

import structlog
from sqlalchemy import Connection

from campaigns.problems import WrongInput
from campaigns.rules.vocabulary import AccountId, CampaignState
from campaigns.store import accounts, agents, campaigns, workers
from campaigns.store.agents import RollCallRow
from campaigns.store.campaigns import CampaignRow
from engine.apply.change import policy_for
from engine.database.port import Lane
from engine.errors import CannotDo
from engine.house import House
from engine.lirax.errors import LiraxError, Refused
from engine.lirax.requests import InitStatuses

log = structlog.get_logger(__name__)

AGAIN_EVERY = timedelta(minutes=5)  # what a lost webhook got wrong stands no longer than this
FIRST_REST = timedelta(seconds=5)  # after a failure; twice as long after each further one …
LONGEST_REST = timedelta(seconds=60)  # … up to this: within 90 s of the key working all goes on
REFUSED = "LiraX refuses the key of account {name} (401): check DZVIN_LIRAX_TOKEN."


class Look(NamedTuple):
    """`held` or closed; a campaign needs agents (`wanted`); the roll call that is believed (`called_as`).

    `by_another` engine, which is at work: it is the one that goes on with it.
    """

    held: bool
    wanted: bool
    called_as: str | None
    by_another: bool


@dataclass
class Turn:
    """Where this run of the engine is with one account."""

    name: str
    failures: int = 0
    asked_at: datetime | None = None


class RollCalling:
    def __init__(self, house: House) -> None:
        self._house = house
        self._turns: dict[AccountId, Turn] = {}
        self._begun = 0

    async def run(self) -> datetime | None:
        """When the next account is to be asked."""
        moments = [await self._see_to(each.id) for each in self._house.accounts.all() if each.token]
        return min((moment for moment in moments if moment is not None), default=None)

    async def _see_to(self, account_id: AccountId) -> datetime | None:
        look = await self._house.database.read(partial(self._look, account_id))
        if look.held:
            self._turns.pop(account_id, None)  # what happens meanwhile may never be told: begin anew
            return None
        turn = self._turns.get(account_id)
        if turn is None or turn.name != look.called_as:
            turn = None if look.by_another else await self._begin(account_id, instead_of=look.called_as)
            if turn is None:
                self._turns.pop(account_id, None)
                return self._house.clock.now() + AGAIN_EVERY
            self._turns[account_id] = turn
        due = self._due(turn, wanted=look.wanted)
        if due is not None and due <= self._house.clock.now():
            await self._ask(account_id, turn)
            due = self._due(turn, wanted=look.wanted)
        return due

    def _look(self, account_id: AccountId, connection: Connection) -> Look:
        held = not accounts.at_work(connection, account_id)
        rows = campaigns.in_states(connection, [CampaignState.RUNNING])
        mine = [row for row in rows if row.account_id == account_id]
        wanted = any(_asks_agents(self._house, row) for row in mine)
        roll_call = agents.roll_call(connection, account_id)
        called_as = None if roll_call is None else roll_call.name
        return Look(held, wanted, called_as, by_another=self._is_by_another(connection, called_as))

    def _is_by_another(self, connection: Connection, called_as: str | None) -> bool:
        epoch = (called_as or "").partition(".")[0]
        now = workers.clock(connection, self._house.clock.now())
        return epoch != self._house.epoch and workers.has_lease(connection, epoch, now=now)

    async def _begin(self, account_id: AccountId, *, instead_of: str | None) -> Turn | None:
        """From now on, and not before, what LiraX tells is believed; None where another engine was first."""
        self._begun += 1
        turn = Turn(f"{self._house.epoch}.{self._begun}")
        row = RollCallRow(turn.name, since=self._house.clock.now(), told_at=None, trouble=None)
        begin = partial(agents.begin_roll_call, account_id=account_id, row=row, instead_of=instead_of)
        return turn if await self._house.database.write(begin, lane=Lane.PLACEMENT) else None

    def _due(self, turn: Turn, *, wanted: bool) -> datetime | None:
        if turn.asked_at is None:
            return self._house.clock.now()
        if turn.failures:
            rest: timedelta = min(FIRST_REST * 2 ** min(turn.failures - 1, 8), LONGEST_REST)
            return turn.asked_at + rest
        return turn.asked_at + AGAIN_EVERY if wanted else None

    async def _ask(self, account_id: AccountId, turn: Turn) -> None:
        turn.asked_at = self._house.clock.now()
        trouble = await self._trouble(account_id)
        turn.failures = 0 if trouble is None else turn.failures + 1
        told_at = turn.asked_at if trouble is None else None
        await self._house.database.write(
            lambda connection: agents.note_roll_call(connection, account_id, told_at=told_at, trouble=trouble)
        )
        if trouble is not None:
            log.warning("the roll could not be called", account_id=account_id, reason=trouble)
        self._house.bells.changes.ring()

    async def _trouble(self, account_id: AccountId) -> str | None:
        """Why LiraX did not take it, a sentence; None when it did."""
        try:
            await self._house.accounts.client(account_id).send(InitStatuses())
        except Refused as error:
            name = self._house.accounts.get(account_id).name
            return REFUSED.format(name=name) if error.kind == "invalid_token" else str(error)
        except (LiraxError, CannotDo) as error:
            return str(error)
        return None


def _asks_agents(house: House, row: CampaignRow) -> bool:
    """Not one whose definition cannot be read; dialling tells of it."""
    try:
        return policy_for(house, row).agents is not None
    except WrongInput:
        return False
