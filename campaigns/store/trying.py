"""What a try of a campaign's call speaks: the values of one of its people."""

from collections.abc import Mapping

from sqlalchemy import Connection, select

from campaigns.rules.vocabulary import CampaignId
from campaigns.store.finding import recipient_ids
from campaigns.tables import Recipient

_recipient = Recipient.__table__.c  # type: ignore[attr-defined]


def variables_to_try(connection: Connection, campaign_id: CampaignId, *, phone: str) -> Mapping[str, str]:
    """Of who has that number in the campaign, else of the first of the list; empty where there is nobody."""
    of_phone = select(_recipient.variables).where(
        _recipient.phone == phone, _recipient.campaign_id == campaign_id
    )
    found = connection.execute(of_phone.order_by(_recipient.round.desc()).limit(1)).first()
    if found is None:
        first = recipient_ids(connection, campaign_id, limit=1)
        found = connection.execute(select(_recipient.variables).where(_recipient.id.in_(first))).first()
    return (found[0] if found else None) or {}
