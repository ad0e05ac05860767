"""Tries a campaign's own call on a number, such as one's own, and hangs up calls of campaigns.

A try is one make2Calls with what the campaign plays or joins with. It is no call of the campaign: nothing of
it is counted, no rule follows from it, and it is never repeated.
"""

from dataclasses import dataclass
from functools import partial

from sqlalchemy import Connection

from campaigns.lists.zones import zones_of
from campaigns.rules.calling_hours import opening_at, whole_hours
from campaigns.rules.deciding import zones_for
from campaigns.rules.policy import Policy
from campaigns.rules.standing import Person
from campaigns.rules.vocabulary import OPEN_ATTEMPTS, AccountId, AttemptId, CampaignId
from campaigns.store import attempts, campaigns, heard_calls
from campaigns.store.employee_calls import EmployeeCallRow
from campaigns.store.trying import variables_to_try
from engine.apply.change import Change
from engine.commands.calling_by_hand import client_of, fence_of, intend, kill, number_given, place
from engine.commands.may_call_by_hand import Order
from engine.errors import Conflict, NotFound
from engine.house import House
from engine.lirax.client import BeforeSend
from engine.lirax.requests import MakeTwoCalls
from engine.passes.placing import sound_address

WHOLE_DAY = ("00", "23")  # 23 stands for "to midnight" too (C19)
NOT_NOW = "{name} does not call at this hour; confirm that your own telephone may ring all the same"
NO_SOUND = "the sound file of this campaign is gone: it cannot be tried"
NO_NAME = "LiraX has not told which call this is, so it cannot be hung up; it ends by itself"
HUNG_UP = "LiraX has hung up"
NOT_HUNG_UP = "LiraX did not hang up: the call is over, or this LiraX cannot hang up a campaign's calls"


@dataclass(frozen=True)
class _Prepared:
    account_id: AccountId
    request: MakeTwoCalls


async def try_campaign(
    house: House, campaign_id: CampaignId, *, phone: str, any_hour: bool, requested_by: str
) -> EmployeeCallRow:
    """The call, as LiraX took it or did not. Raises NotFound, WrongInput, or Conflict: not to be called now.

    `any_hour` lets it ring outside the campaign's calling hours.
    """
    digits = number_given(phone)
    prepared = await house.database.read(
        partial(_prepare, house, campaign_id, phone=digits, any_hour=any_hour)
    )
    client = client_of(house, house.accounts.get(prepared.account_id))
    fence = fence_of(house)
    call_id = await intend(
        house,
        Order(prepared.account_id, digits, own=True),
        ext=prepared.request.from_ext,
        campaign_id=campaign_id,
        requested_by=requested_by,
    )

    async def send(before_send: BeforeSend) -> str:
        return await client.make_two_calls(prepared.request, before_send=before_send)

    return await place(house, call_id, fence=fence, send=send)


async def hang_up_attempt(house: House, campaign_id: CampaignId, attempt_id: AttemptId) -> str:
    """Asks LiraX to end a campaign's call; the sentence tells what it answered. The result comes by webhook.

    Raises NotFound, Conflict where there is nothing to hang up, or LiraxError.
    """
    account_id, names = await house.database.read(partial(_names_of, campaign_id, attempt_id))
    was_running = await kill(house.accounts.client(account_id), names)
    return HUNG_UP if was_running else NOT_HUNG_UP


def _prepare(
    house: House, campaign_id: CampaignId, connection: Connection, *, phone: str, any_hour: bool
) -> _Prepared:
    row = campaigns.get(connection, campaign_id)
    if row is None:
        raise NotFound(f"there is no campaign {campaign_id}")
    change = Change(connection, house, house.clock.now())
    policy = change.policy(campaign_id)
    hours = _hours(policy, phone, change=change)
    if hours is None and not any_hour:
        raise Conflict(NOT_NOW.format(name=f"campaign {row.name!r}"))
    target = policy.call.connect or sound_address(house, connection, campaign_id, policy=policy)
    if target is None:
        raise Conflict(NO_SOUND)
    spoken = variables_to_try(connection, campaign_id, phone=phone)
    request = MakeTwoCalls(
        from_ext=policy.from_ext,
        to1=phone,
        to2=target,
        successtime=int(policy.call.success_after.total_seconds()),
        notbefore=(hours or WHOLE_DAY)[0],
        notafter=(hours or WHOLE_DAY)[1],
        vmoney=spoken.get("money"),
        vdate=spoken.get("date"),
        vtime=spoken.get("time"),
    )
    return _Prepared(row.account_id, request)


def _hours(policy: Policy, phone: str, *, change: Change) -> tuple[str, str] | None:
    """The hours to send along; None while the campaign would not call that number."""
    zones = zones_for(policy.window, Person(zones_of(phone)))
    opening = opening_at(policy.window, zones, at=change.now)
    if opening is None or change.now >= opening.last_request_at:
        return None
    return whole_hours(opening, at=change.now, timezone=policy.account_timezone)


def _names_of(
    campaign_id: CampaignId, attempt_id: AttemptId, connection: Connection
) -> tuple[AccountId, list[str]]:
    attempt = attempts.peek(connection, attempt_id)
    if attempt is None or attempt.campaign_id != campaign_id:
        raise NotFound(f"there is no call {attempt_id} in campaign {campaign_id}")
    if attempt.state not in OPEN_ATTEMPTS:
        raise Conflict(f"the call to {attempt.phone} is over already")
    legs = heard_calls.legs_of(connection, attempt_id)
    names = [name for name in (attempt.callid, *(leg.callid for leg in legs)) if name]
    if not names:
        raise Conflict(NO_NAME)
    return attempt.account_id, names
