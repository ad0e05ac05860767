"""Asks LiraX again and again whether it takes calls: one harmless command, and the first good answer frees.

After doubt, or when LiraX had asked us to wait, dialling goes on carefully, one call at a time.
"""

from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import Connection

from campaigns.rules.breakers import SHORTEST_PROBE, Hold, wait_asked
from campaigns.rules.vocabulary import AccountId
from campaigns.store import accounts
from campaigns.store.accounts import AccountRow
from engine.database.port import Lane
from engine.errors import CannotDo
from engine.house import House
from engine.lirax.errors import LiraxError, Refused, Unavailable
from engine.lirax.requests import GetShops
from engine.passes.holds import PROBE_EVERY, careful_reason

CAREFUL_AFTER = (Hold.UNCLEAR, Hold.BUSY)


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
        account_id, kind = AccountId(row.id), Hold(row.hold_kind or Hold.UNREACHABLE)
        if not await self._is_our_turn(row, kind):
            return
        again = await self._again(row, kind)

        def write(connection: Connection) -> None:
            if accounts.get(connection, account_id).hold_kind != kind:
                return  # another one has come meanwhile
            if again is not None:
                probe_at = self._house.clock.now() + again
                accounts.hold(
                    connection, account_id, kind=kind, reason=row.hold_reason or "", probe_at=probe_at
                )
            elif kind in CAREFUL_AFTER:
                reason = careful_reason(self._house.accounts.get(account_id))
                accounts.hold(connection, account_id, kind=Hold.CAREFUL, reason=reason, probe_at=None)
            else:
                accounts.release(connection, account_id)

        await self._house.database.write(write, lane=Lane.PLACEMENT)
        if again is None:
            self._house.bells.dialing.set()
            self._house.bells.texting.set()
            self._house.bells.performing.set()
            self._house.bells.roll_calling.set()
            self._house.bells.changes.ring()

    async def _again(self, row: AccountRow, kind: Hold) -> timedelta | None:
        """None when the account may go on, else when it is looked at again."""
        if kind is Hold.CLOCK:  # whoever held it would have let it go long ago
            return None
        return PROBE_EVERY[kind] if kind is Hold.NO_KEY else await self._ask(row, kind)

    async def _is_our_turn(self, row: AccountRow, kind: Hold) -> bool:
        """Of several engines one asks."""
        assert row.probe_at is not None, "whoever holds an account says when to try it again"
        next_at = self._house.clock.now() + PROBE_EVERY.get(kind, SHORTEST_PROBE)
        take = partial(
            accounts.take_probe, account_id=AccountId(row.id), due_at=row.probe_at, next_at=next_at
        )
        return await self._house.database.write(take, lane=Lane.PLACEMENT)

    async def _ask(self, row: AccountRow, kind: Hold) -> timedelta | None:
        """None when LiraX takes our key, else when to ask again.

        An answer that only shows that it does not know the command will do.
        """
        usual = PROBE_EVERY.get(kind, SHORTEST_PROBE)
        try:
            await self._house.accounts.client(AccountId(row.id)).send(GetShops())
        except Refused as error:
            return usual if error.kind == "invalid_token" else None
        except Unavailable as error:
            return wait_asked(error.asked_to_wait, status=error.status) or usual
        except LiraxError as error:
            return None if error.status is not None and error.status < 500 else usual
        except CannotDo:
            return usual
        return None
