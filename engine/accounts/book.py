"""Accounts by id and by name, with a client for each: what the database says, read again when it may differ.

What the environment sets is the account `default`, and wins over the database at every start.
"""

import asyncio
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace

import structlog
from sqlalchemy import Connection

from campaigns.definition.terms import AccountTerms
from campaigns.rules.breakers import Hold
from campaigns.rules.vocabulary import AccountId
from campaigns.store import accounts, lines, workers
from campaigns.store.accounts import AccountRow
from engine.accounts.facts import DEFAULT, AccountFacts, HistoryAccess, about, as_set, open_row
from engine.clock import Clock
from engine.database.port import Database
from engine.errors import CannotDo, NotFound
from engine.lirax.client import LiraxClient
from engine.lirax.history import HistoryClient
from engine.lirax.transport import Outward, by_sockets
from engine.secrets import Sealer
from engine.settings import Settings

log = structlog.get_logger(__name__)

LOOK_SECONDS = 5.0  # how soon a process notices what another one has changed


@dataclass(frozen=True)
class _Made:
    """A client with what it was made of."""

    of: tuple[str, str | None, int]
    client: LiraxClient


@dataclass(frozen=True)
class _History:
    of: tuple[HistoryAccess, str]
    client: HistoryClient


class AccountBook:
    def __init__(
        self, settings: Settings, *, sealer: Sealer, clock: Clock, outward: Outward = by_sockets
    ) -> None:
        self._settings = settings
        self._outward = outward
        self._clock = clock
        self._sealer = sealer
        self._rows: dict[AccountId, AccountRow] = {}
        self._facts: dict[AccountId, AccountFacts] = {}
        self._tokens: dict[str, tuple[AccountId, tuple[bytes, ...]]] = {}
        self._clients: dict[AccountId, _Made] = {}
        self._histories: dict[AccountId, _History] = {}
        self._looking: asyncio.Task[None] | None = None
        self._reading = asyncio.Lock()  # what is read later is kept later

    async def install(self, database: Database, *, write: bool) -> None:
        """Read all accounts; every start first writes the environment's account into the database."""
        missing = not any(row.name == DEFAULT for row in await database.read(accounts.every))
        if write or missing:
            await database.write(self._write_default)
        await self.refresh(database)

    async def refresh(self, database: Database) -> None:
        """Read all accounts again. Whose address, key or lines have changed gets a new client."""
        async with self._reading:
            await self._read(database)

    async def _read(self, database: Database) -> None:
        rows = {AccountId(row.id): row for row in await database.read(accounts.every)}
        if rows == self._rows:
            return
        self._facts = {
            id_: self._facts[id_] if self._rows.get(id_) == row else self._open(row)
            for id_, row in rows.items()
        }
        self._rows = rows
        self._tokens = {facts.name: (facts.id, _digests(facts)) for facts in self._facts.values()}
        for id_, made in list(self._clients.items()):
            if made.of != _made_of(self._facts[id_]):
                await self._clients.pop(id_).client.close()
        for id_, history in list(self._histories.items()):
            if history.of != _history_of(self._facts[id_]):
                await self._histories.pop(id_).client.close()

    def watch(self, database: Database) -> None:
        """Notice within seconds what other processes change; until `close`."""
        self._looking = asyncio.create_task(self._keep_looking(database), name="accounts")

    def all(self) -> list[AccountFacts]:
        return list(self._facts.values())

    def get(self, account_id: AccountId) -> AccountFacts:
        """Raises NotFound for an account that another process has added this very moment."""
        try:
            return self._facts[account_id]
        except KeyError:
            raise NotFound(f"there is no LiraX account with the id {account_id}") from None

    def find(self, name: str) -> AccountFacts:
        """The account of that name; raises NotFound."""
        for facts in self._facts.values():
            if facts.name == name:
                return facts
        raise NotFound(f"there is no LiraX account “{name}”; known here: {', '.join(self._tokens)}")

    def terms(self) -> dict[str, AccountTerms]:
        """By name, what definitions must know of each account."""
        return {
            row.name: replace(row.terms, timezone=self._facts[id_].timezone)
            for id_, row in self._rows.items()
        }

    def client(self, account_id: AccountId) -> LiraxClient:
        """The client of the account; raises CannotDo while the account has no key."""
        facts = self.get(account_id)
        if not facts.token:
            raise CannotDo(f"the LiraX account “{facts.name}” has no key: {how_to_give_a_key(facts.name)}")
        if account_id not in self._clients:
            client = LiraxClient(
                facts.url,
                token=facts.token,
                timeout=self._settings.lirax_timeout,
                lines=facts.lines,
                outward=self._outward,
            )
            self._clients[account_id] = _Made(_made_of(facts), client)
        return self._clients[account_id].client

    def history(self, account_id: AccountId) -> HistoryClient | None:
        """The client of the account's call history; None where nobody told how to read it."""
        facts = self.get(account_id)
        if facts.history is None:
            return None
        if account_id not in self._histories:
            client = HistoryClient(
                facts.history.url,
                login=facts.history.login,
                password=facts.history.password,
                timezone=facts.timezone,
                timeout=self._settings.lirax_timeout,
                clock=self._clock,
                outward=self._outward,
            )
            self._histories[account_id] = _History((facts.history, facts.timezone), client)
        return self._histories[account_id].client

    def webhook_tokens(self) -> Mapping[str, tuple[AccountId, tuple[bytes, ...]]]:
        """By account name the SHA-256 of each key LiraX may send: two while it is given a new one."""
        return self._tokens

    async def close(self) -> None:
        if self._looking is not None:
            self._looking.cancel()
            await asyncio.gather(self._looking, return_exceptions=True)
        for made in self._clients.values():
            await made.client.close()
        for history in self._histories.values():
            await history.client.close()
        self._clients.clear()
        self._histories.clear()

    async def _keep_looking(self, database: Database) -> None:
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            try:
                await self.refresh(database)
            except CannotDo as error:  # the database is away, or a secret was sealed under another key
                log.warning("accounts could not be read; trying again", reason=str(error))
            except Exception:  # the edge: whatever it was, the next look may find it mended
                log.exception("accounts could not be read; trying again")

    def _write_default(self, connection: Connection) -> None:
        settings = self._settings
        account_id = accounts.find_or_add(
            connection,
            DEFAULT,
            lirax_url=settings.lirax_url,
            timezone=settings.account_timezone,
            lines=settings.lines,
        )
        accounts.save(
            connection,
            account_id,
            lirax_token=self._seal(settings.lirax_token, account_id, "lirax_token"),
            webhook_token=self._seal(settings.webhook_token, account_id, "webhook_token"),
        )
        if self._is_rotated(accounts.get(connection, account_id)):
            accounts.save(connection, account_id, next_webhook_token=None)
        if self._lifts_holds(connection, account_id):
            accounts.release(connection, account_id)
        lines.resize(connection, account_id, settings.lines)

    def _lifts_holds(self, connection: Connection, account_id: AccountId) -> bool:
        """A start begins with full trust; but what stops engines at work is no affair of one more process."""
        if (
            connection.dialect.name == "sqlite"
            or accounts.get(connection, account_id).hold_kind == Hold.NO_KEY
        ):
            return True
        now = workers.clock(connection, self._clock.now())
        return workers.others(connection, besides="", now=now) == 0

    def _is_rotated(self, row: AccountRow) -> bool:
        """Whether the new webhook key has been put into the environment: no second one is good any more."""
        sealed = row.next_webhook_token
        if sealed is None or self._settings.webhook_token is None:
            return False
        opened = self._sealer.open(sealed, about=about(row.id, "next_webhook_token"))
        return opened == self._settings.webhook_token

    def _seal(self, token: str | None, account_id: AccountId, column: str) -> str | None:
        return self._sealer.seal(token, about=about(account_id, column)) if token else None

    def _open(self, row: AccountRow) -> AccountFacts:
        facts = open_row(row, self._sealer)
        return as_set(facts, self._settings) if row.name == DEFAULT else facts


def how_to_give_a_key(name: str) -> str:
    if name == DEFAULT:
        return "set DZVIN_LIRAX_TOKEN and start again"
    return f"give it one with `dzvin account set {name} --token-file FILE`"


def _made_of(facts: AccountFacts) -> tuple[str, str | None, int]:
    return facts.url, facts.token, facts.lines


def _history_of(facts: AccountFacts) -> tuple[HistoryAccess | None, str]:
    return facts.history, facts.timezone


def _digests(facts: AccountFacts) -> tuple[bytes, ...]:
    tokens = (facts.webhook_token, facts.next_webhook_token)
    return tuple(hashlib.sha256(token.encode()).digest() for token in tokens if token)
