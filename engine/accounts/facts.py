"""What is known of one LiraX account: its row with the secrets open, and over it the environment's word."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from campaigns.rules.vocabulary import AccountId
from campaigns.store.accounts import AccountRow
from engine.secrets import Sealer
from engine.settings import Settings

DEFAULT = "default"


@dataclass(frozen=True)
class HistoryAccess:
    """Where the call history of an account is, and as whom we read it."""

    url: str
    login: str
    password: str = field(repr=False)


@dataclass(frozen=True)
class AccountFacts:
    """`extensions` and `modems` are those its campaigns may use; None means any."""

    id: AccountId
    name: str
    url: str
    token: str | None = field(repr=False)
    webhook_token: str | None = field(repr=False)
    timezone: str
    lines: int
    next_webhook_token: str | None = field(default=None, repr=False)  # as good as the other, while it is set
    extensions: tuple[str, ...] | None = None
    modems: tuple[str, ...] | None = None
    history: HistoryAccess | None = None
    pushes_suppressions: bool = False
    capabilities: Mapping[str, Any] | None = None
    closed_at: datetime | None = None


def about(account_id: int, column: str) -> str:
    """The place of a secret, to which it is sealed."""
    return f"account:{account_id}:{column}"


def open_row(row: AccountRow, sealer: Sealer) -> AccountFacts:
    """Raises CannotDo when a secret was sealed under another key."""

    def opened(sealed: str | None, column: str) -> str | None:
        return sealer.open(sealed, about=about(row.id, column)) if sealed else None

    return AccountFacts(
        id=AccountId(row.id),
        name=row.name,
        url=row.lirax_url,
        token=opened(row.lirax_token, "lirax_token"),
        webhook_token=opened(row.webhook_token, "webhook_token"),
        next_webhook_token=opened(row.next_webhook_token, "next_webhook_token"),
        timezone=row.timezone,
        lines=row.lines,
        extensions=None if row.extensions is None else tuple(row.extensions),
        modems=None if row.modems is None else tuple(row.modems),
        history=_history(
            row.history_url, row.history_login, opened(row.history_password, "history_password")
        ),
        pushes_suppressions=row.push_suppressions,
        capabilities=row.capabilities,
        closed_at=row.closed_at,
    )


def as_set(facts: AccountFacts, settings: Settings) -> AccountFacts:
    """The default account as our own environment says, which a single command does not write down."""
    if settings.lirax_token:
        facts = replace(
            facts,
            url=settings.lirax_url,
            token=settings.lirax_token,
            timezone=settings.account_timezone,
        )
    history = _history(settings.history_url, settings.history_login, settings.history_password)
    return replace(
        facts,
        webhook_token=settings.webhook_token or facts.webhook_token,
        history=history or facts.history,
    )


def _history(url: str | None, login: str | None, password: str | None) -> HistoryAccess | None:
    return HistoryAccess(url, login, password) if url and login and password else None
