"""Calls that a person orders by hand: from an employee to a number, and hanging up.

The intent is written down before anything is sent, and nothing is ever sent twice: what cannot be told stays
`unknown`. The do-not-call list and other calls to the number stand against it like against any call.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from functools import partial

from sqlalchemy import Connection

from campaigns.lists.numbers import NumberError, read_number
from campaigns.problems import Problem, WrongInput
from campaigns.rules.vocabulary import CampaignId, EmployeeCallId, EmployeeCallState
from campaigns.store import custody, employee_calls, lines, suppressions
from campaigns.store.employee_calls import EmployeeCallRow
from engine.accounts import AccountFacts
from engine.apply import by_hand
from engine.apply.campaigns import transaction
from engine.apply.change import Change
from engine.apply.numbers import COUNTRY
from engine.commands.may_call_by_hand import Order, at_this_hour, objection
from engine.errors import CannotDo, Conflict, NotFound
from engine.fences import Fence
from engine.house import House
from engine.lirax.client import BeforeSend, LiraxClient
from engine.lirax.errors import LiraxError, Refused, Unavailable
from engine.lirax.requests import KillCall, MakeCall
from engine.passes.insisting import write_for_sure

HUNG_UP = "hung up by {who}"
NOT_RUNNING = "LiraX says that it does not run any more"
NO_NAME = "LiraX has not named call {id} yet: it can be hung up once somebody has answered"


async def call_from_employee(
    house: House,
    account: str,
    *,
    ext: str,
    phone: str,
    shop: int | None,
    requested_by: str,
    any_hour: bool = False,
) -> EmployeeCallRow:
    """LiraX rings the employee, then the number (makeCall). How it goes on is told by webhooks.

    `any_hour` lets it ring before 08:00 and from 20:00 on. Raises NotFound, WrongInput, or Conflict where the
    number may not be called now. What LiraX answers is no error here: it stands in the call.
    """
    facts = house.accounts.find(account)
    digits = number_given(phone)
    check_extension(facts, ext)
    client = client_of(house, facts)
    night = at_this_hour(digits, timezone=facts.timezone, now=house.clock.now())
    if night is not None and not any_hour:
        raise Conflict(night)
    fence = fence_of(house)
    order = Order(facts.id, digits)
    call_id = await intend(house, order, ext=ext, campaign_id=None, requested_by=requested_by)
    request = MakeCall(from_ext=ext, to=digits, idshop=shop)

    async def send(before_send: BeforeSend) -> str:
        return (await client.send(request, before_send=before_send)).id_makecall

    return await place(house, call_id, fence=fence, send=send)


async def hang_up(house: House, call_id: EmployeeCallId, *, requested_by: str) -> EmployeeCallRow:
    """End a call ordered by hand (killCall). Raises NotFound, Conflict, or LiraxError."""
    call = await find_call(house, call_id)
    if call.ended_at is not None:
        raise Conflict(f"call {call_id} is over already")
    names = [name for name in (call.call_id, call.callid) if name]
    if not names:
        raise Conflict(NO_NAME.format(id=call_id))
    was_running = await kill(house.accounts.client(call.account_id), names)
    detail = HUNG_UP.format(who=requested_by) if was_running else NOT_RUNNING
    await _write(house, call_id, partial(by_hand.hung_up, detail=detail))
    return await find_call(house, call_id)


async def kill(client: LiraxClient, names: Sequence[str]) -> bool:
    """Whether LiraX ended a call of one of these ids; a 400 says that none of them runs (C16)."""
    for name in dict.fromkeys(names):
        try:
            await client.send(KillCall(call_id=name))
        except Refused as error:
            if error.kind == "invalid_token":
                raise
        else:
            return True
    return False


async def find_call(house: House, call_id: EmployeeCallId) -> EmployeeCallRow:
    found = await house.database.read(partial(_peek, call_id))
    if found is None:
        raise NotFound(f"there is no call {call_id} ordered by hand")
    return found


def number_given(phone: str) -> str:
    """The number as we keep it; raises WrongInput."""
    try:
        return read_number(phone, country=COUNTRY).digits
    except NumberError as error:
        raise WrongInput(Problem(str(error), field="phone")) from error


def check_extension(facts: AccountFacts, ext: str) -> None:
    if not (ext.isascii() and ext.isdigit() and len(ext) <= 10):
        raise WrongInput(Problem(f"read “{ext}”, expected a short number such as 101", field="ext"))
    if facts.extensions is not None and ext not in facts.extensions:
        known = ", ".join(facts.extensions) or "none"
        raise WrongInput(Problem(f"{ext} is no extension of this account; its own: {known}", field="ext"))


def client_of(house: House, facts: AccountFacts) -> LiraxClient:
    if facts.closed_at is not None:
        raise Conflict(f"the LiraX account “{facts.name}” is closed: nobody calls through it")
    return house.accounts.client(facts.id)


def fence_of(house: House) -> Fence:
    """Made before the call is written down: it counts from then on."""
    return Fence(house.clock, patience=house.settings.lirax_timeout)


async def intend(
    house: House,
    order: Order,
    *,
    ext: str,
    campaign_id: CampaignId | None,
    requested_by: str,
) -> EmployeeCallId:
    """Write the call down, durably, before it is sent; raises Conflict where it may not be made."""

    def write(connection: Connection) -> EmployeeCallId:
        now = house.clock.now()
        lines.lock(connection)
        reason = objection(connection, order, now=now, min_gap=house.settings.min_gap)
        if reason is not None:
            raise Conflict(reason)
        return employee_calls.add(
            connection,
            account_id=order.account_id,
            campaign_id=campaign_id,
            ext=ext,
            phone=order.phone,
            requested_by=requested_by,
            created_at=now,
            deadline=now + house.settings.unclear_until,
        )

    call_id = await house.database.write(write)
    await house.custody.advance()
    return call_id


async def place(
    house: House,
    call_id: EmployeeCallId,
    *,
    fence: Fence,
    send: Callable[[BeforeSend], Awaitable[str]],
) -> EmployeeCallRow:
    """Send the request of a call that is written down, once, and write down what came of it."""
    try:
        objects = partial(house.database.last_look, partial(_objection, call_id))
        provider_id = await send(fence.before_send(objects))
    except (Refused, Unavailable, CannotDo) as error:
        await _write(house, call_id, partial(by_hand.failed, detail=str(error)))
    except (LiraxError, asyncio.CancelledError) as error:
        await _write(
            house, call_id, partial(by_hand.unclear, detail=str(error) or "the request was cut short")
        )
        if isinstance(error, asyncio.CancelledError):
            raise
    else:
        await _write(house, call_id, partial(by_hand.taken, provider_id=provider_id))
    return await find_call(house, call_id)


async def _write(
    house: House, call_id: EmployeeCallId, apply: Callable[[Change, EmployeeCallRow], None]
) -> None:
    def job(connection: Connection) -> None:
        with transaction(connection, house) as change:
            call = employee_calls.get(connection, call_id)
            assert call is not None
            apply(change, call)

    await write_for_sure(house, job)
    house.bells.after_change()


def _objection(call_id: EmployeeCallId, connection: Connection) -> str | None:
    """Why the call may not be sent any more, or None."""
    call = employee_calls.peek(connection, call_id)
    if call is None or call.state is not EmployeeCallState.PLACING:
        return "the call has been decided already"
    if custody.objection(connection) is not None:
        return "the database is in quarantine"
    if suppressions.among(connection, [call.phone]):
        return "the number is on the do-not-call list"
    return None


def _peek(call_id: EmployeeCallId, connection: Connection) -> EmployeeCallRow | None:
    return employee_calls.peek(connection, call_id)
