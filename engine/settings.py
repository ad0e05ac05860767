"""The settings: one frozen object, read once at start (contract, section 2)."""

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True)
class Settings:
    """What the environment asks for; `read_settings` makes it. Field names are those of `.env.example`."""

    database_url: str = "sqlite:///dzvin.db"
    host: str = "127.0.0.1"
    port: int = 8000
    public_url: str = "http://127.0.0.1:8000"
    secret_key: str | None = None
    lirax_url: str = "https://lira.voip.com.ua:8482/general"
    lirax_token: str | None = None
    webhook_token: str | None = None
    account_timezone: str = "Europe/Kyiv"
    lines: int = 10
    history_url: str | None = None
    history_login: str | None = None
    history_password: str | None = None
    lirax_timeout: timedelta = timedelta(seconds=20)
    ambiguity_wait: timedelta = timedelta(minutes=10)
    max_call: timedelta = timedelta(minutes=15)
    unknown_after: timedelta = timedelta(hours=24)
    min_gap: timedelta = timedelta(minutes=15)
    sms_interval: timedelta = timedelta(seconds=5)
    callback_allow: tuple[str, ...] = ()

    @property
    def unclear_until(self) -> timedelta:
        """How long after its request an attempt may stay unclear (contract, section 2)."""
        return max(self.ambiguity_wait, self.max_call)
