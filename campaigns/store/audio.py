"""Sound files that we host for LiraX."""

from datetime import datetime

from sqlalchemy import Connection, insert, select

from campaigns.rules.vocabulary import CampaignId
from campaigns.tables import Audio

_table = Audio.__table__  # type: ignore[attr-defined]


def add(
    connection: Connection,
    campaign_id: CampaignId,
    *,
    name: str,
    content_type: str,
    body: bytes,
    now: datetime,
) -> None:
    connection.execute(
        insert(_table).values(
            name=name, campaign_id=campaign_id, content_type=content_type, body=body, created_at=now
        )
    )


def name_for(connection: Connection, campaign_id: CampaignId) -> str | None:
    """The unguessable name of the campaign's hosted file, or None when it hosts none."""
    found: str | None = connection.execute(
        select(_table.c.name).where(_table.c.campaign_id == campaign_id).limit(1)
    ).scalar()
    return found


def get(connection: Connection, name: str) -> tuple[str, bytes] | None:
    """(content type, bytes) of a hosted file, or None when there is no such name."""
    row = connection.execute(
        select(_table.c.content_type, _table.c.body).where(_table.c.name == name)
    ).first()
    return None if row is None else (row[0], row[1])
