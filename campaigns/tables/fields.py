"""Columns that tables have in common."""

from typing import Any

from sqlmodel import Field

from campaigns.columns import Document, Moment, RowId


def key() -> Any:
    return Field(default=None, primary_key=True, sa_type=RowId)


def reference(target: str, **more: Any) -> Any:
    return Field(foreign_key=target, sa_type=RowId, **more)


def optional_reference(target: str, **more: Any) -> Any:
    return Field(default=None, foreign_key=target, sa_type=RowId, **more)


def moment(**more: Any) -> Any:
    return Field(default=None, sa_type=Moment, **more)


def document(**more: Any) -> Any:
    return Field(default=None, sa_type=Document, **more)
