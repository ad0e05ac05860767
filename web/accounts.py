"""LiraX accounts as the API and the pages show them: everything but their secrets."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Connection

from campaigns.rules.caps import ContactCaps, caps_in_words, caps_of
from campaigns.rules.vocabulary import AccountId
from campaigns.store import accounts
from campaigns.store.account_standings import Standing, standings
from campaigns.store.accounts import AccountRow
from engine.accounts import AccountFacts
from engine.accounts.environment import set_by_environment
from engine.errors import NotFound
from engine.house import House


@dataclass(frozen=True)
class AccountShown:
    """`from_environment` has the variable of each field that can only be changed there."""

    id: AccountId
    name: str
    url: str
    timezone: str
    lines: int
    extensions: Sequence[str] | None
    modems: Sequence[str] | None
    history_url: str | None
    history_login: str | None
    push_suppressions: bool
    caps: ContactCaps
    has_token: bool
    has_webhook_token: bool
    has_next_webhook_token: bool
    has_history_password: bool
    capabilities: Mapping[str, Any] | None
    closed_at: datetime | None
    webhook_url: str
    from_environment: Mapping[str, str]
    standing: Standing

    @property
    def state(self) -> Literal["open", "closed"]:
        return "open" if self.closed_at is None else "closed"

    @property
    def caps_in_words(self) -> str | None:
        """How often its campaigns may call one number; None without caps."""
        return caps_in_words(self.caps)


async def accounts_shown(house: House) -> list[AccountShown]:
    """Every account as it is this moment, the oldest first."""
    await house.accounts.refresh(house.database)
    rows, standing = await house.database.read(_read)
    return [
        _shown(house, house.accounts.get(AccountId(row.id)), row, standing[AccountId(row.id)]) for row in rows
    ]


async def account_shown(house: House, name: str) -> AccountShown:
    """Raises NotFound."""
    for account in await accounts_shown(house):
        if account.name == name:
            return account
    raise NotFound(f"there is no LiraX account “{name[:40]}”")


def _read(connection: Connection) -> tuple[Sequence[AccountRow], dict[AccountId, Standing]]:
    return accounts.every(connection), standings(connection)


def _shown(house: House, facts: AccountFacts, row: AccountRow, standing: Standing) -> AccountShown:
    history = facts.history
    return AccountShown(
        id=facts.id,
        name=facts.name,
        url=facts.url,
        timezone=facts.timezone,
        lines=facts.lines,
        extensions=facts.extensions,
        modems=facts.modems,
        history_url=history.url if history else row.history_url,
        history_login=history.login if history else row.history_login,
        push_suppressions=facts.pushes_suppressions,
        caps=caps_of(row.caps),
        has_token=bool(facts.token),
        has_webhook_token=bool(facts.webhook_token),
        has_next_webhook_token=bool(facts.next_webhook_token),
        has_history_password=bool(history or row.history_password),
        capabilities=facts.capabilities,
        closed_at=facts.closed_at,
        webhook_url=f"{house.settings.public_url.rstrip('/')}/lirax/{facts.name}",
        from_environment=set_by_environment(facts.name, house.settings),
        standing=standing,
    )
