"""Joins our do-not-call list with the blacklist of an account's LiraX. Nothing is deleted on either side."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import NamedTuple

from campaigns.store import suppressions
from engine.accounts import AccountFacts
from engine.blacklists import put_on, read_theirs
from engine.commands.suppressing import suppress
from engine.errors import CannotDo
from engine.house import House
from engine.lirax.client import LiraxClient
from engine.lirax.errors import LiraxError

SOURCE = "lirax"
SLICE = 20  # numbers sent between two looks at the clock and at our own list
TAKEN_AT_ONCE = 1000  # numbers taken over between two looks at the clock
TURN = timedelta(seconds=20)  # of one round; what is left then is for the next one


@dataclass(frozen=True)
class Joined:
    """What one round did, or would do. `left` numbers are still to be joined: another round goes on.

    `unreadable` are entries of theirs that are no numbers; `refused` are ours that LiraX does not take;
    `trouble` says why the round ended early.
    """

    taken_over: int
    sent: int
    on_both: int
    unreadable: Sequence[str] = ()
    refused: Sequence[str] = ()
    left: int = 0
    trouble: str | None = None


def joinable(house: House, name: str | None) -> list[AccountFacts]:
    """The account of that name; without one, every open account that has a key. Raises NotFound, CannotDo."""
    if name is not None:
        return [house.accounts.find(name)]
    found = [account for account in house.accounts.all() if account.token and account.closed_at is None]
    if not found:
        raise CannotDo("no LiraX account has a key: set DZVIN_LIRAX_TOKEN")
    return found


async def sync(house: House, account: AccountFacts, *, dry_run: bool = False) -> Joined:
    """One round. Raises LiraxError when their list cannot be read whole; then nothing is changed."""
    client = house.accounts.client(account.id)
    theirs = await read_theirs(client, timezone=account.timezone)
    ours = await house.database.read(suppressions.phones)
    taken = sorted(theirs.spellings.keys() - ours)
    lacking = sorted(ours - theirs.spellings.keys())
    both = len(ours & theirs.spellings.keys())
    if dry_run:
        return Joined(len(taken), len(lacking), both, theirs.unreadable)
    ends_at = house.clock.elapsed() + TURN.total_seconds()
    new, untaken = await _take_over(house, taken, account=account, ends_at=ends_at)
    outcome = await _send(house, client, lacking, timezone=account.timezone, ends_at=ends_at)
    left = untaken + outcome.left
    return Joined(new, outcome.sent, both, theirs.unreadable, outcome.refused, left, outcome.trouble)


async def sync_all(house: House, accounts: Sequence[AccountFacts], *, dry_run: bool) -> Mapping[str, Joined]:
    """A round for each account, by its name. What fails for one of several is told as its trouble."""
    if len(accounts) == 1:
        return {accounts[0].name: await sync(house, accounts[0], dry_run=dry_run)}
    done: dict[str, Joined] = {}
    for account in accounts:
        try:
            done[account.name] = await sync(house, account, dry_run=dry_run)
        except (LiraxError, CannotDo) as error:
            done[account.name] = Joined(0, 0, 0, trouble=str(error))
    return done


async def _take_over(
    house: House, phones: Sequence[str], *, account: AccountFacts, ends_at: float
) -> tuple[int, int]:
    """How many are new on our list, and how many are left because the turn is over."""
    reason = f"on LiraX's own blacklist ({account.name})"
    new = 0
    for start in range(0, len(phones), TAKEN_AT_ONCE):
        if house.clock.elapsed() >= ends_at:
            return new, len(phones) - start
        some = phones[start : start + TAKEN_AT_ONCE]
        new += await suppress(house, some, reason=reason, source=SOURCE, told_by=account.id)
    return new, 0


class _Outcome(NamedTuple):
    sent: int
    left: int
    refused: Sequence[str] = ()
    trouble: str | None = None


async def _send(
    house: House, client: LiraxClient, lacking: Sequence[str], *, timezone: str, ends_at: float
) -> _Outcome:
    """One after another, until all are sent, LiraX fails, or the turn is over."""
    refused: list[str] = []
    for start in range(0, len(lacking), SLICE):
        if house.clock.elapsed() >= ends_at:
            return _Outcome(start - len(refused), len(lacking) - start, tuple(refused))
        some = lacking[start : start + SLICE]
        try:
            still_ours = await house.database.read(partial(suppressions.among, phones=some))
            refused += await put_on(client, sorted(still_ours), timezone=timezone)
        except LiraxError as error:
            return _Outcome(start - len(refused), len(lacking) - start, tuple(refused), str(error))
    return _Outcome(len(lacking) - len(refused), 0, tuple(refused))
