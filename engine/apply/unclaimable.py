"""Finds the campaigns and people that no call can be claimed for because what is stored of them is broken.

Looked for only after claiming has failed: each is tried by itself, and what the try did is undone.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import partial

import structlog
from sqlalchemy import Connection

from campaigns.rules.vocabulary import AccountId, RecipientId
from campaigns.store import campaigns, lines, recipients
from campaigns.store.campaigns import CampaignRow
from campaigns.store.recipients import RecipientRow
from engine.apply.breakers import may_try
from engine.apply.campaigns import transaction
from engine.apply.change import Change
from engine.apply.claiming import claim, claim_person
from engine.database.trouble import is_of_the_database
from engine.house import House

log = structlog.get_logger(__name__)

BROKEN = "broken"
PAUSE = timedelta(minutes=15)  # until what was put aside is tried once more
REASON = (
    "What is stored of this campaign cannot be used to call anybody (the log says why), so it rests: cancel "
    "it and create it anew. It is tried again every 15 minutes by itself; resume it to try at once."
)


def put_aside(house: House, connection: Connection, account_id: AccountId) -> int:
    """Let broken campaigns of the account rest, and put broken people off: all others go on. How many."""
    change = Change(connection, house, house.clock.now())
    running = campaigns.running(connection, account_id)
    rows = [row for row in running if row.hold_kind is None or may_try(change, row)]
    return sum(_put_aside(change, row) for row in rows)


def _put_aside(change: Change, campaign: CampaignRow) -> int:
    error = _fault(change, partial(claim, account_id=campaign.account_id, only=campaign.id))
    if error is None:
        return 0
    people = _broken_people(change, campaign)
    for row in people:
        log.error("a person cannot be called and is put off", recipient_id=row.id, reason=repr(error))
        later = replace(row.standing, due_at=change.now + PAUSE)
        recipients.save(change.connection, row.id, later)
    if not people:
        log.error("a campaign cannot be dialled and rests", campaign_id=campaign.id, exc_info=error)
        campaigns.save(
            change.connection,
            campaign.id,
            hold_kind=BROKEN,
            hold_reason=REASON,
            probe_at=change.now + PAUSE,
        )
    return max(1, len(people))


def _broken_people(change: Change, campaign: CampaignRow) -> list[RecipientRow]:
    """Those of the next people at fault; nobody where it is the campaign, with which all of them fail."""
    slots = lines.free(change.connection, campaign.account_id)
    due: list[RecipientRow] = []

    def read(tried: Change) -> None:
        tried.policy(campaign.id)
        due.extend(recipients.due(tried.connection, campaign.id, now=tried.now, limit=len(slots)))

    if _fault(change, read) is not None or not slots:
        return []
    broken: set[RecipientId] = set()
    for row in due:
        if _fault(change, partial(claim_person, row=row, campaign=campaign, slot_id=slots[0])) is not None:
            broken.add(row.id)
    all_alike = len(due) > 1 and len(broken) == len(due)
    return [] if all_alike else [row for row in due if row.id in broken]


def _fault(change: Change, deal: Callable[[Change], object]) -> Exception | None:
    """What goes wrong with it, or None; nothing of it stays."""
    savepoint = change.connection.begin_nested()
    try:
        with transaction(change.connection, change.house) as tried:
            deal(tried)
    except Exception as error:  # the edge of a pass
        if is_of_the_database(error):
            raise
        savepoint.rollback()
        return error
    savepoint.rollback()
    return None
