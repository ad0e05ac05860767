"""The deal of a person: made by the first order, moved by every later one."""

from collections.abc import Mapping
from functools import partial
from types import MappingProxyType

from campaigns.rules.errands import whole_sum
from campaigns.store import crm
from campaigns.store.crm import DealRow
from engine.apply.change import Change
from engine.effects.errand import Errand, Told
from engine.errors import CannotDo
from engine.lirax.client import Sender
from engine.lirax.errors import Refused
from engine.lirax.requests import CreateDeal, DealStatus, UpdateDeal

STATUSES: Mapping[str, DealStatus] = MappingProxyType(
    {"active": DealStatus.ACTIVE, "won": DealStatus.WON, "lost": DealStatus.LOST}
)
MAY_BE_THERE = (
    "not sent: an earlier order may have made this person's deal already; look into LiraX, settle that order "
    "(give its deal's id, or send it again), then send this one again"
)

MOVED_ON = "a later order has made or moved this person's deal already: nothing is left to send"


def has_deal(errand: Errand) -> bool:
    """Moving a deal may be repeated; making one may not."""
    return errand.deal is not None


async def make_or_move_deal(client: Sender, errand: Errand) -> Told:
    if errand.moved_on:
        raise CannotDo(MOVED_ON)
    if errand.deal is not None:
        return await _move(client, errand, errand.deal)
    if errand.unclear_deal:
        raise CannotDo(MAY_BE_THERE)
    return await _make(client, errand)


def ordered_deal(errand: Errand, *, provider_id: str) -> DealRow:
    """The deal as the order wants it. Raises CannotDo where its sum is none."""
    body = errand.effect.body
    try:
        amount = whole_sum(str(body["sum"]))
    except ValueError as error:
        raise CannotDo(f"not sent: the sum {error}") from error
    status = STATUSES[str(body.get("status", "active"))]
    return DealRow(provider_id, errand.ext, str(body["name"]), amount, int(body["stage"]), status)


async def _make(client: Sender, errand: Errand) -> Told:
    """A new deal is active: where the order closes it at once, that is a second request."""
    wanted = ordered_deal(errand, provider_id="")
    request = CreateDeal(
        ext=wanted.ext, ani=errand.phone, name=wanted.name, sum=wanted.sum, stage=wanted.stage
    )
    answer = await client.send(request)
    made = wanted._replace(provider_id=answer.id_deal, status=DealStatus.ACTIVE)
    return Told(
        detail=f"deal {made.provider_id} was made",
        provider_id=made.provider_id,
        keep=partial(keep_deal, errand=errand, deal=made),
        once_more=wanted.status != DealStatus.ACTIVE,
    )


async def _move(client: Sender, errand: Errand, known: DealRow) -> Told:
    wanted = ordered_deal(errand, provider_id=known.provider_id)
    detail = f"deal {known.provider_id} was moved"
    request = UpdateDeal(
        ext=wanted.ext,
        ani=errand.phone,
        id_deal=wanted.provider_id,
        name=wanted.name,
        sum=wanted.sum,
        stage=wanted.stage,
        status=DealStatus(wanted.status),
    )
    try:
        await client.send(request)
    except Refused as error:
        # LiraX says 400 too when nothing is left to change (C30).
        nothing_new = wanted == known or errand.may_have_been_sent
        if error.status is None or error.kind == "invalid_token" or not nothing_new:
            raise
        detail = f"deal {known.provider_id} was so already: LiraX found nothing to change"
    keep = partial(keep_deal, errand=errand, deal=wanted)
    return Told(detail=detail, provider_id=known.provider_id, keep=keep)


def keep_deal(change: Change, *, errand: Errand, deal: DealRow) -> None:
    effect = errand.effect
    assert effect.recipient_id is not None, "a deal is ordered for a person"
    crm.save_deal(
        change.connection, effect.recipient_id, account_id=effect.account_id, deal=deal, now=change.now
    )
