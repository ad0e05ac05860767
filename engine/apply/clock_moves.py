"""After the clock jumped: calls under way keep their length, who waits for hours is placed anew."""

from datetime import timedelta

import structlog
from sqlalchemy import Connection

from campaigns.rules.breakers import FIRST_TRY
from campaigns.rules.deciding import next_slot
from campaigns.rules.matching import UNLEARNED
from campaigns.rules.reasons import Waiting
from campaigns.rules.standing import Circumstances, Delayed, Person, Standing
from campaigns.rules.vocabulary import QUEUED_STATES, CampaignId, RecipientId, RecipientState
from campaigns.store import clock_moves, recipients, reconciliation, workers
from campaigns.store.clock_moves import Alike
from engine.apply.change import Change
from engine.apply.recipients import happen_to_all
from engine.clock_watch import Jump
from engine.house import House

log = structlog.get_logger(__name__)

SLICE = 2000  # people placed anew in one transaction
ONE_BY_ONE = 200
MODEMS_REST = timedelta(seconds=30)


def take_in(house: House, jump: Jump, connection: Connection) -> None:
    """Move the moments of what is under way along with the clock, once."""
    if not workers.take_jump(connection, house.epoch, jump.number):
        return
    clock_moves.move_calls(connection, jump.by, epoch=house.epoch)
    alone = house.lock is not None  # SQLite: nobody else's clock has written anything
    if alone:
        clock_moves.move_what_one_machine_wrote(connection, jump.by, epoch=house.epoch)
    reconciliation.our_clock_was_set(connection, jump.by, for_all=alone, unlearned=UNLEARNED)
    now = house.clock.now()
    free_at = now + max(MODEMS_REST, house.settings.sms_interval)
    clock_moves.soon(connection, now=now, modems_free_at=free_at, probes_at=now + FIRST_TRY)


def wrong_places(change: Change, campaign_id: CampaignId) -> list[tuple[Alike, Standing | None]]:
    """Places in the queue whose opening is another now, each with the right one, None where none is left."""
    found: list[tuple[Alike, Standing | None]] = []
    policy = change.policy(campaign_id)
    for alike in clock_moves.standing_alike(change.connection, campaign_id):
        zones = tuple(alike.zones.split("|")) if alike.zones else ()
        try:
            slot = next_slot(change.now, Circumstances(policy, Person(zones), change.min_gap, change.now))
        except Exception:  # damaged zones; who tries to call them puts them off
            log.exception("people cannot be placed anew", campaign_id=campaign_id, zones=alike.zones)
            continue
        waits = alike.due_at > change.now
        if slot is None:
            found.append((alike, None))
        elif slot[1] != alike.closes_at or (waits and slot[0] != alike.due_at):
            due_at, closes_at = slot
            opens_later = due_at > change.now
            found.append(
                (
                    alike,
                    Standing(
                        RecipientState.PENDING,
                        due_at=due_at if opens_later or waits else alike.due_at,  # its turn stays its turn
                        closes_at=closes_at,
                        wait_reason=Waiting.HOURS if opens_later else None,
                    ),
                )
            )
    return found


def move(change: Change, *, campaign_id: CampaignId, alike: Alike, standing: Standing | None) -> int:
    """Some of those who stand there get their new place, or are told that none is left; how many."""
    if standing is not None:
        return clock_moves.move_alike(change.connection, campaign_id, alike, standing=standing, limit=SLICE)
    ids = clock_moves.ids_alike(change.connection, campaign_id, alike, limit=ONE_BY_ONE)
    return look_again(change, ids)


def look_again(change: Change, ids: list[RecipientId]) -> int:
    """Each of them at their next permitted moment, or expired; how many."""
    found = [recipients.get_for_change(change.connection, recipient_id) for recipient_id in ids]
    queued = [row for row in found if row is not None and row.standing.state in QUEUED_STATES]
    happen_to_all(change, queued, Delayed(change.now, Waiting.HOURS))
    return len(ids)
