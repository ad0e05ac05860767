"""The LiraX accounts of this installation: what the engine and the webhook door must know of each.

What the environment sets is the account `default`, and wins over the database at every start.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from sqlalchemy import Connection

from campaigns.rules.vocabulary import AccountId
from campaigns.store import accounts, lines
from engine.database.port import Database
from engine.errors import CannotDo
from engine.lirax.client import LiraxClient
from engine.secrets import Sealer
from engine.settings import Settings

DEFAULT = "default"


@dataclass(frozen=True)
class AccountFacts:
    id: AccountId
    name: str
    url: str
    token: str | None = field(repr=False)
    webhook_token: str | None = field(repr=False)
    timezone: str


class AccountBook:
    """Accounts by id, and one client for each; read from the database, again whenever `refresh` is called."""

    def __init__(self, settings: Settings, *, sealer: Sealer) -> None:
        self._settings = settings
        self._sealer = sealer
        self._facts: dict[AccountId, AccountFacts] = {}
        self._clients: dict[AccountId, LiraxClient] = {}

    async def install(self, database: Database, *, write: bool) -> None:
        """Read all accounts; every start first writes the environment's account into the database."""
        missing = not any(row.name == DEFAULT for row in await database.read(accounts.every))
        if write or missing:
            await database.write(self._write_default)
        await self.refresh(database)

    async def refresh(self, database: Database) -> None:
        rows = await database.read(accounts.every)
        self._facts = {AccountId(row.id): self._open(row) for row in rows}

    def all(self) -> list[AccountFacts]:
        return list(self._facts.values())

    def get(self, account_id: AccountId) -> AccountFacts:
        return self._facts[account_id]

    def client(self, account_id: AccountId) -> LiraxClient:
        """The client of the account; raises CannotDo while the account has no key."""
        if account_id not in self._clients:
            facts = self._facts[account_id]
            if not facts.token:
                raise CannotDo(f"the LiraX account {facts.name!r} has no key: set DZVIN_LIRAX_TOKEN")
            self._clients[account_id] = LiraxClient(
                facts.url,
                token=facts.token,
                timeout=self._settings.lirax_timeout,
                lines=self._settings.lines,
            )
        return self._clients[account_id]

    def webhook_tokens(self) -> Mapping[str, tuple[AccountId, bytes]]:
        """Account names with the SHA-256 of the token LiraX must send, where there is one."""
        return {
            facts.name: (facts.id, hashlib.sha256(facts.webhook_token.encode()).digest())
            for facts in self._facts.values()
            if facts.webhook_token
        }

    async def close(self) -> None:
        for client in self._clients.values():
            await client.close()
        self._clients.clear()

    def _write_default(self, connection: Connection) -> None:
        settings = self._settings
        account_id = accounts.find_or_add(
            connection, DEFAULT, url=settings.lirax_url, timezone=settings.account_timezone
        )
        accounts.set_tokens(
            connection,
            account_id,
            lirax_token=self._seal(settings.lirax_token, account_id, "lirax_token"),
            webhook_token=self._seal(settings.webhook_token, account_id, "webhook_token"),
        )
        lines.resize(connection, account_id, settings.lines)

    def _seal(self, token: str | None, account_id: AccountId, column: str) -> str | None:
        return self._sealer.seal(token, about=f"account:{account_id}:{column}") if token else None

    def _open(self, row: accounts.AccountRow) -> AccountFacts:
        def opened(sealed: str | None, column: str) -> str | None:
            return self._sealer.open(sealed, about=f"account:{row.id}:{column}") if sealed else None

        facts = AccountFacts(
            id=AccountId(row.id),
            name=row.name,
            url=row.lirax_url,
            token=opened(row.lirax_token, "lirax_token"),
            webhook_token=opened(row.webhook_token, "webhook_token"),
            timezone=row.timezone,
        )
        return self._as_set(facts) if row.name == DEFAULT else facts

    def _as_set(self, facts: AccountFacts) -> AccountFacts:
        """The default account as our own environment says, which a single command does not write down."""
        settings = self._settings
        if settings.lirax_token:
            facts = replace(
                facts,
                url=settings.lirax_url,
                token=settings.lirax_token,
                timezone=settings.account_timezone,
            )
        return replace(facts, webhook_token=settings.webhook_token or facts.webhook_token)
