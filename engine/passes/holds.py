"""Holds an account's dialling while LiraX will not take calls, and lets it go on by itself when it will.

A held account keeps its campaigns `running`; the hold's sentence is their reason. One harmless command
asks again and again; the first good answer lifts the hold.
"""

from datetime import datetime, timedelta

from sqlalchemy import Connection

from campaigns.rules.vocabulary import AccountId
from campaigns.store import accounts
from campaigns.store.accounts import AccountRow
from engine.accounts import DEFAULT
from engine.accounts.book import how_to_give_a_key
from engine.database.port import Lane
from engine.errors import CannotDo
from engine.house import House
from engine.lirax.errors import LiraxError, Refused, Unavailable
from engine.lirax.requests import GetShops

KEY_REFUSED, UNREACHABLE, NO_KEY = "key_refused", "unreachable", "no_key"
PROBE_EVERY = {
    KEY_REFUSED: timedelta(
        seconds=30
    ),  # dialling goes on within 90 s of the key working (contract, section 5)
    UNREACHABLE: timedelta(seconds=10),
    NO_KEY: timedelta(days=1),  # who gives us a key lifts the hold
}


async def hold(house: House, account_id: AccountId, *, kind: str, said: str = "") -> None:
    """Hold the account's dialling; it stays held until a probe succeeds."""
    facts = house.accounts.get(account_id)
    key = "DZVIN_LIRAX_TOKEN" if facts.name == DEFAULT else f"the key of {facts.name}"
    why = said.removeprefix("LiraX cannot be reached: ").rstrip(".")
    reasons = {
        KEY_REFUSED: f"LiraX refuses the key of account {facts.name} (401): check {key}; "
        "dialling goes on by itself once the key works.",
        UNREACHABLE: f"LiraX cannot be reached at {facts.url} ({why}); dialling goes on by itself "
        "once it answers.",
        NO_KEY: f"The LiraX account {facts.name} has no key: {how_to_give_a_key(facts.name)}.",
    }
    probe_at = house.clock.now() + PROBE_EVERY[kind]

    def write(connection: Connection) -> None:
        row = accounts.get(connection, account_id)
        just_given = kind == NO_KEY and row.lirax_token is not None  # and not noticed here yet
        if row.hold_kind != kind and not just_given:
            accounts.hold(connection, account_id, kind=kind, reason=reasons[kind], probe_at=probe_at)

    await house.database.write(write, lane=Lane.PLACEMENT)
    house.bells.probing.set()
    house.bells.roll_calling.set()
    house.bells.changes.ring()


class Probing:
    """Asks LiraX whether it takes calls again."""

    def __init__(self, house: House) -> None:
        self._house = house

    async def run(self) -> datetime | None:
        """When the next probe is due; None while no account is held."""
        for row in await self._held():
            if row.probe_at is not None and row.probe_at <= self._house.clock.now():
                await self._probe(row)
        return min((row.probe_at for row in await self._held() if row.probe_at is not None), default=None)

    async def _held(self) -> list[AccountRow]:
        rows = await self._house.database.read(accounts.every)
        return [row for row in rows if row.hold_kind is not None and row.closed_at is None]

    async def _probe(self, row: AccountRow) -> None:
        account_id, kind = AccountId(row.id), row.hold_kind or UNREACHABLE
        works = kind != NO_KEY and await self._answers(account_id)
        probe_at = self._house.clock.now() + PROBE_EVERY[kind]

        def write(connection: Connection) -> None:
            if works:
                accounts.release(connection, account_id)
            else:
                accounts.hold(
                    connection, account_id, kind=kind, reason=row.hold_reason or "", probe_at=probe_at
                )

        await self._house.database.write(write, lane=Lane.PLACEMENT)
        if works:
            self._house.bells.dialing.set()
            self._house.bells.texting.set()
            self._house.bells.performing.set()
            self._house.bells.roll_calling.set()
            self._house.bells.changes.ring()

    async def _answers(self, account_id: AccountId) -> bool:
        """Whether LiraX takes our key; an answer that only shows it does not know the command will do."""
        try:
            await self._house.accounts.client(account_id).send(GetShops())
        except Refused as error:
            return error.kind != "invalid_token"
        except Unavailable:
            return False
        except LiraxError as error:
            return error.status is not None and error.status < 500
        except CannotDo:
            return False
        return True
