"""The LiraX accounts to be examined, with what speaks for each; the environment's where there are none."""

from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

from campaigns.rules.vocabulary import AccountId
from engine.accounts import DEFAULT, AccountBook, AccountFacts, HistoryAccess
from engine.clock import Clock, SystemClock
from engine.database.address import sqlite_path
from engine.database.opening import open_database
from engine.database.port import Database
from engine.errors import DatabaseTrouble
from engine.lirax.client import LiraxClient
from engine.lirax.history import HistoryClient
from engine.secret_key import secret_key_of
from engine.secrets import Sealer
from engine.settings import Settings


@dataclass(frozen=True)
class Patient:
    """`client` and `history` are None where nobody told how to reach them; `database` where there is none."""

    facts: AccountFacts
    client: LiraxClient | None
    history: HistoryClient | None
    database: Database | None
    settings: Settings
    clock: Clock

    @property
    def webhook_url(self) -> str:
        name = self.facts.name
        return f"{self.settings.public_url}/lirax" + ("" if name == DEFAULT else f"/{name}")


@asynccontextmanager
async def patients_here(settings: Settings) -> AsyncIterator[Sequence[Patient]]:
    """Accounts that are not closed. Reads beside whoever works on the database. Raises CannotDo."""
    clock = SystemClock()
    async with AsyncExitStack() as stack:
        database = await _database(settings, stack)
        known = [] if database is None else await _patients(settings, clock, stack, database=database)
        yield known or [_patient_of_environment(settings, clock, stack)]


async def _database(settings: Settings, stack: AsyncExitStack) -> Database | None:
    """None where there is none yet, or where it cannot be used, which another finding tells."""
    path = sqlite_path(settings.database_url)
    if path is not None and not path.is_file():
        return None
    try:
        database = await open_database(settings.database_url, upgrade=False)
    except DatabaseTrouble:
        return None
    stack.push_async_callback(database.close)
    return database


async def _patients(
    settings: Settings, clock: Clock, stack: AsyncExitStack, *, database: Database
) -> list[Patient]:
    book = AccountBook(settings, sealer=Sealer(secret_key_of(settings)), clock=clock)
    stack.push_async_callback(book.close)
    await book.refresh(database)
    return [
        Patient(
            facts,
            book.client(facts.id) if facts.token else None,
            book.history(facts.id),
            database,
            settings,
            clock,
        )
        for facts in book.all()
        if facts.closed_at is None
    ]


def _patient_of_environment(settings: Settings, clock: Clock, stack: AsyncExitStack) -> Patient:
    facts = _facts_of(settings)
    client = history = None
    if facts.token:
        client = LiraxClient(facts.url, token=facts.token, timeout=settings.lirax_timeout, lines=1)
        stack.push_async_callback(client.close)
    if access := facts.history:
        history = HistoryClient(
            access.url,
            login=access.login,
            password=access.password,
            timezone=facts.timezone,
            timeout=settings.lirax_timeout,
            clock=clock,
        )
        stack.push_async_callback(history.close)
    return Patient(facts, client, history, None, settings, clock)


def _facts_of(settings: Settings) -> AccountFacts:
    url, login, password = settings.history_url, settings.history_login, settings.history_password
    return AccountFacts(
        id=AccountId(0),
        name=DEFAULT,
        url=settings.lirax_url,
        token=settings.lirax_token,
        webhook_token=settings.webhook_token,
        timezone=settings.account_timezone,
        lines=settings.lines,
        history=HistoryAccess(url, login, password) if url and login and password else None,
    )


def way_to_set(facts: AccountFacts, variable: str, *, otherwise: str) -> str:
    """How an operator gives the account what it lacks."""
    if facts.name == DEFAULT:
        return f"{variable} is not set"
    return f"`dzvin account {otherwise}` gives it one"
