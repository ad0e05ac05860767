"""Who may use Dzvin: users with their sessions, API keys with their kept answers."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from campaigns.columns import Moment
from campaigns.tables.fields import document, key, moment, reference


class User(SQLModel, table=True):
    __tablename__ = "app_user"
    id: int | None = key()
    email: str = Field(unique=True)
    password_hash: str
    role: str
    disabled: bool = False
    created_at: datetime = Field(sa_type=Moment)


class Session(SQLModel, table=True):
    """A signed-in browser. Only the SHA-256 of its cookie is kept."""

    __tablename__ = "app_session"
    token_hash: str = Field(primary_key=True)
    user_id: int = reference("app_user.id", index=True)
    form_token: str
    created_at: datetime = Field(sa_type=Moment)
    seen_at: datetime = Field(sa_type=Moment)


class FirstRun(SQLModel, table=True):
    """The one-time link that creates the first administrator; only its SHA-256."""

    __tablename__ = "first_run"
    token_hash: str = Field(primary_key=True)
    created_at: datetime = Field(sa_type=Moment)


class ApiKey(SQLModel, table=True):
    __tablename__ = "api_key"
    id: int | None = key()
    name: str
    key_hash: str = Field(unique=True)
    prefix: str
    scope: str
    created_at: datetime = Field(sa_type=Moment)
    revoked_at: datetime | None = moment()


class Idempotency(SQLModel, table=True):
    """A kept answer of a POST. `status` is None while the first request is under way."""

    __table_args__ = (Index("idempotency_age", "created_at"),)
    key_id: int = reference("api_key.id", primary_key=True)
    key: str = Field(primary_key=True)
    body_hash: str
    status: int | None = None
    answer: dict[str, Any] | None = document()
    created_at: datetime = Field(sa_type=Moment)
