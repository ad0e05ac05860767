"""What LiraX has, kept for each account: read it, read it anew, and check a definition against it."""

from collections.abc import Collection, Iterable, Mapping
from datetime import timedelta
from functools import partial

from sqlalchemy import Connection

from campaigns.definition import Definition
from campaigns.problems import WrongInput
from campaigns.rules.directories import Directories, Said
from campaigns.rules.vocabulary import AccountId, DirectoryKind
from campaigns.store import accounts, directories
from engine.directories import ask
from engine.errors import CannotDo
from engine.house import House
from engine.judging import PATIENCE, weigh

ALL = tuple(DirectoryKind)


async def directories_of(house: House, account_id: AccountId) -> Directories:
    """As they were last read."""
    return await house.database.read(partial(directories.read, account_id=account_id))


async def refresh(
    house: House,
    account_id: AccountId,
    *,
    kinds: Iterable[DirectoryKind] = ALL,
    patience: timedelta | None = None,
) -> Directories:
    """Ask LiraX for these lists and keep what it says; of a list that fails the reason is kept instead."""
    try:
        said = await ask(house.accounts.client(account_id), kinds, patience=patience)
    except CannotDo as error:
        said = dict.fromkeys(kinds, f"{error}")

    def write(connection: Connection) -> Directories:
        _keep(connection, house, account_id, said)
        return directories.read(connection, account_id)

    return await house.database.write(write)


async def check_names(house: House, definition: Definition) -> tuple[str, ...]:
    """Sentences on what is odd or could not be checked of the extensions and stages it names.

    LiraX is asked only for what is not known already. Raises WrongInput for what LiraX does not have.
    """
    find = partial(accounts.find, name=definition.policy.account)
    account_id = await house.database.read(find)
    if account_id is None:
        return ()  # whoever makes the campaign says so
    known = await directories_of(house, account_id)
    verdict = await weigh(definition.named, known, partial(_ask_again, house, account_id, known))
    if verdict.problems:
        raise WrongInput(*verdict.problems)
    return (*verdict.remarks, *verdict.doubts)


async def _ask_again(
    house: House, account_id: AccountId, known: Directories, kinds: Collection[DirectoryKind]
) -> Directories:
    """Not while the account is held: LiraX does not answer then."""
    row = await house.database.read(partial(accounts.get, account_id=account_id))
    if row.hold_reason is not None:
        return known.doubting(kinds, why=row.hold_reason)
    return await refresh(house, account_id, kinds=kinds, patience=PATIENCE)


def _keep(
    connection: Connection, house: House, account_id: AccountId, said: Mapping[DirectoryKind, Said]
) -> None:
    for kind, heard in said.items():
        if isinstance(heard, str):
            directories.fail(connection, account_id, kind, trouble=heard)
        else:
            directories.save(connection, account_id, kind, entries=heard, now=house.clock.now())
