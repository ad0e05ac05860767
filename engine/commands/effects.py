"""What a person may ask of an effect that failed or is unclear: send it again, or say that LiraX has it."""

from functools import partial

from sqlalchemy import Connection

from campaigns.problems import Problem, WrongInput
from campaigns.rules.vocabulary import OPEN_EFFECTS, CampaignId, EffectId, EffectKind, EffectState
from campaigns.store import outbox
from campaigns.store.effect_views import Chosen, effect_views
from campaigns.store.outbox import EffectRow
from engine.apply.campaigns import transaction
from engine.apply.change import Change
from engine.effects.deal import MOVED_ON, keep_deal, ordered_deal
from engine.effects.gathering import gather
from engine.errors import Conflict, NotFound
from engine.house import House

SLICE = 200  # sent again in one transaction
LONGEST_ID = 20  # digits
SETTLED = "settled by hand: LiraX has it"
EMPTIED = "nothing is kept of effect {id}: its person was erased, or it is too old"


async def repeat_effect(house: House, effect_id: EffectId) -> None:
    """Send it once more. Raises Conflict where LiraX has it or it is under way, NotFound.

    Of one that is unclear LiraX may have done the first: who asks has looked, or takes it twice. A campaign
    that is finished stays so.
    """
    await house.database.write(partial(_repeat, house, effect_id))
    house.bells.performing.set()
    house.bells.changes.ring()


async def repeat_failed(house: House, campaign_id: CampaignId) -> int:
    """Send again all effects of the campaign that failed, which LiraX certainly has not done; how many."""
    chosen, after, repeated = Chosen(campaign_id=campaign_id, states=[EffectState.FAILED]), 0, 0
    while True:
        views = await house.database.read(partial(effect_views, chosen=chosen, after=after, limit=SLICE))
        if not views:
            break
        repeated += await house.database.write(partial(_repeat_some, house, [view.id for view in views]))
        after = views[-1].id
    house.bells.performing.set()
    house.bells.changes.ring()
    return repeated


async def confirm_effect(house: House, effect_id: EffectId, *, deal_id: str | None = None) -> None:
    """Settle an unclear one: somebody has looked, and LiraX has it. A new deal needs LiraX's id of it.

    Raises Conflict where it is not unclear, WrongInput for the id, NotFound.
    """

    def write(connection: Connection) -> None:
        with transaction(connection, house) as change:
            row = _found(change, effect_id)
            if row.state is not EffectState.UNKNOWN:
                raise Conflict(f"effect {effect_id} is {row.state}: only an unclear one can be settled")
            if not row.body:
                raise Conflict(EMPTIED.format(id=effect_id))
            _settle(change, row, deal_id=deal_id)

    await house.database.write(write)
    house.bells.changes.ring()


def _repeat_some(house: House, effect_ids: list[EffectId], connection: Connection) -> int:
    repeated = 0
    for effect_id in effect_ids:
        try:
            _repeat(house, effect_id, connection)
        except Conflict:
            continue
        repeated += 1
    return repeated


def _repeat(house: House, effect_id: EffectId, connection: Connection) -> None:
    with transaction(connection, house) as change:
        row = _found(change, effect_id)
        _check_may_repeat(change, row)
        outbox.save(
            connection,
            row.id,
            state=EffectState.QUEUED.value,
            due_at=change.now,
            repeats=row.repeats + 1,
            repeated_at=change.now,
            finished_at=None,
        )


def _found(change: Change, effect_id: EffectId) -> EffectRow:
    row = outbox.get_for_change(change.connection, effect_id)
    if row is None:
        raise NotFound(f"there is no effect {effect_id}")
    return row


def _check_may_repeat(change: Change, row: EffectRow) -> None:
    if row.state in OPEN_EFFECTS:
        raise Conflict(f"effect {row.id} is under way already")
    if not row.body:
        raise Conflict(EMPTIED.format(id=row.id))
    if row.state is EffectState.DONE:
        raise Conflict(f"effect {row.id} is done: it is not sent a second time")
    if row.kind is EffectKind.DEAL and outbox.is_overtaken(change.connection, row):
        raise Conflict(MOVED_ON)


def _settle(change: Change, row: EffectRow, *, deal_id: str | None) -> None:
    provider_id = row.provider_id
    if row.kind is EffectKind.DEAL:
        provider_id = _settle_deal(change, row, deal_id=deal_id)
    elif deal_id is not None:
        raise WrongInput(Problem(f"a {row.kind} has no id of a deal; leave it out", field="id_deal"))
    outbox.save(
        change.connection,
        row.id,
        state=EffectState.DONE.value,
        detail=SETTLED,
        provider_id=provider_id,
        finished_at=change.now,
    )


def _settle_deal(change: Change, row: EffectRow, *, deal_id: str | None) -> str:
    errand = gather(change, row)
    known = errand.deal.provider_id if errand.deal else None
    provider_id = (deal_id or "").strip() or known
    if provider_id is None:
        raise WrongInput(Problem("give the id that LiraX shows for the deal", field="id_deal"))
    if not (provider_id.isascii() and provider_id.isdigit() and len(provider_id) <= LONGEST_ID):
        raise WrongInput(Problem("expected the number that LiraX shows for the deal", field="id_deal"))
    if known not in (None, provider_id):
        raise WrongInput(Problem(f"this person's deal is {known}; leave the id out", field="id_deal"))
    if not outbox.is_overtaken(change.connection, row):
        keep_deal(change, errand=errand, deal=ordered_deal(errand, provider_id=provider_id))
    return provider_id
