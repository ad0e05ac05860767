"""Holds an account's dialling while LiraX will not take calls, or nobody can tell whether it does.

A held account keeps its campaigns `running`; the hold's sentence is their reason. `probing` lets it go on.
"""

from collections.abc import Callable
from datetime import timedelta

import structlog
from sqlalchemy import Connection

from campaigns.rules.breakers import CAREFUL_CALLS, Doubt, Hold, pause_before_probe, wait_asked
from campaigns.rules.durations import write_duration
from campaigns.rules.vocabulary import AccountId
from campaigns.store import accounts
from campaigns.store.accounts import AccountRow
from engine.accounts import DEFAULT, AccountFacts
from engine.accounts.book import how_to_give_a_key
from engine.database.port import Lane
from engine.house import House
from engine.lirax.errors import LiraxError, Refused

log = structlog.get_logger(__name__)

KEY_REFUSED, UNREACHABLE, NO_KEY = Hold.KEY_REFUSED, Hold.UNREACHABLE, Hold.NO_KEY
PROBE_EVERY = {
    KEY_REFUSED: timedelta(
        seconds=30
    ),  # dialling goes on within 90 s of the key working (contract, section 5)
    UNREACHABLE: timedelta(seconds=10),
    NO_KEY: timedelta(days=1),  # who gives us a key lifts the hold
}
CERTAIN = (KEY_REFUSED, UNREACHABLE, NO_KEY)
"""Of these it is known what is wrong: they are not replaced by a guess."""


async def hold(house: House, account_id: AccountId, *, kind: Hold, said: str = "") -> None:
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

    def needed(row: AccountRow) -> bool:
        just_given = kind == NO_KEY and row.lirax_token is not None  # and not noticed here yet
        return row.hold_kind != kind and not just_given

    await put_on(house, account_id, kind=kind, reason=reasons[kind], rest=PROBE_EVERY[kind], needed=needed)


async def put_on(
    house: House,
    account_id: AccountId,
    *,
    kind: Hold,
    reason: str,
    rest: timedelta | None,
    needed: Callable[[AccountRow], bool],
) -> None:
    """Write the hold down where it is `needed`, and tell everybody; it is looked at again after `rest`."""
    probe_at = None if rest is None else house.clock.now() + rest

    def write(connection: Connection) -> bool:
        wanted = needed(accounts.get(connection, account_id))
        if wanted:
            accounts.hold(connection, account_id, kind=kind, reason=reason, probe_at=probe_at)
        return wanted

    if await house.database.write(write, lane=Lane.PLACEMENT):
        log.warning("dialling held", account_id=account_id, kind=kind.value, reason=reason)
    house.bells.probing.set()
    house.bells.roll_calling.set()
    house.bells.changes.ring()


async def heed(house: House, account_id: AccountId, error: LiraxError) -> None:
    """Hold the account where the error says so: its key, its door, or that it wants us to wait."""
    wait = wait_asked(error.asked_to_wait, status=error.status)
    if isinstance(error, Refused) and error.kind == "invalid_token":
        await hold(house, account_id, kind=KEY_REFUSED)
    elif not error.ambiguous and error.kind == "network" and error.status is None:
        await hold(house, account_id, kind=UNREACHABLE, said=str(error))
    elif wait is not None:
        await wait_for_lirax(house, account_id, status=error.status or 0, wait=wait)


async def wait_for_lirax(house: House, account_id: AccountId, *, status: int, wait: timedelta) -> None:
    """LiraX asked us to wait; the longest it asked for counts."""
    facts = house.accounts.get(account_id)
    until = house.clock.now() + wait
    reason = (
        f"LiraX asked the account {facts.name} to wait for {write_duration(whole_seconds(wait))} ({status}); "
        "dialling goes on by itself after that."
    )

    def needed(row: AccountRow) -> bool:
        longer = row.hold_kind != Hold.BUSY or row.probe_at is None or row.probe_at < until
        return longer and row.hold_kind not in CERTAIN

    await put_on(house, account_id, kind=Hold.BUSY, reason=reason, rest=wait, needed=needed)


async def doubted(house: House, account_id: AccountId) -> None:
    """An unclear placement: too many of them, or one that was placed to see, stop the account."""
    row = await house.database.read(lambda reading: accounts.get(reading, account_id))
    found = house.answers.doubt(account_id)
    if found is None and row.hold_kind == Hold.CAREFUL:
        found = Doubt(1, 1)
    if found is None:
        return
    rest = pause_before_probe(house.answers.broken(account_id))
    reason = _told(found, house.accounts.get(account_id))

    def needed(row: AccountRow) -> bool:
        return row.hold_kind in (None, Hold.CAREFUL)

    await put_on(house, account_id, kind=Hold.UNCLEAR, reason=reason, rest=rest, needed=needed)


def careful_reason(facts: AccountFacts) -> str:
    return (
        f"LiraX answers the account {facts.name} again: one call at a time is placed, until it has answered "
        f"{CAREFUL_CALLS} of them clearly."
    )


def whole_seconds(duration: timedelta) -> timedelta:
    return timedelta(seconds=round(duration.total_seconds()))


def _told(found: Doubt, facts: AccountFacts) -> str:
    calls = f"{found.unclear} of the last {found.of} calls"
    if found.unclear == found.of:
        calls = "the last call" if found.of == 1 else f"the last {found.of} calls"
    return (
        f"It is not clear whether LiraX took {calls} of the account {facts.name}; nobody else is called "
        "until it answers again, and then one at a time at first."
    )
