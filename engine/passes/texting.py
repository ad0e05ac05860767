"""Sends SMS and asks for their delivery, at the pace of each modem, which both share.

Sending is no more repeatable than calling: the intent is committed first, 402 and 403 mean that nothing was
sent, and what nobody can tell ends as `unknown` (LiraX reference, section 4; reliability note, 2.4).
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial

import structlog
from sqlalchemy import Connection

from campaigns.rules.vocabulary import CampaignState, SmsState
from campaigns.store import accounts, custody, sms
from campaigns.store.sms import ModemRow, SmsRow
from engine.apply import messages
from engine.apply.campaigns import transaction
from engine.apply.change import Change
from engine.apply.may_text import against, may_text
from engine.database.port import Lane
from engine.database.trouble import is_of_the_database
from engine.errors import CannotDo
from engine.fences import ABORTED, Fence
from engine.house import House
from engine.lirax.answers import SmsDelivery
from engine.lirax.client import LiraxClient
from engine.lirax.errors import LiraxError, Refused, Unavailable
from engine.lirax.requests import CheckSms, SendSms
from engine.passes.apart import holding_up_nobody
from engine.passes.holds import heed
from engine.passes.insisting import write_for_sure

log = structlog.get_logger(__name__)

FIRST_CHECK = timedelta(minutes=2)
NEXT_CHECK = timedelta(hours=1)
LAST_CHECK = 72  # after three days LiraX will not tell any more
MODEM_OFF = timedelta(seconds=30)  # after 402
REST = timedelta(seconds=15)  # beyond the longest wait for an answer, an intent is given up as unclear
TOO_LATE = "not sent: its campaign was over before it could be"
LATER = timedelta(minutes=15)  # until a message that cannot be understood is looked at again
LOOKED_AT = 50  # messages put off in one go, because it is no hour for them


@dataclass(frozen=True)
class Turn:
    """What one modem does now: send `message`, or ask for its delivery. The modem is ours `until` then."""

    modem: ModemRow
    message: SmsRow
    until: datetime

    @property
    def sends(self) -> bool:
        return self.message.state is SmsState.SENDING


@dataclass(frozen=True)
class Ending:
    """What came of a turn: what to write of the message, and what troubles the modem, which rests so long."""

    apply: Callable[[Change], None]
    trouble: str | None = None
    rest: timedelta = timedelta(0)


class Texting:
    def __init__(self, house: House) -> None:
        self._house = house

    async def run(self) -> datetime | None:
        """When the next modem has something to do and is free to do it."""
        await self._house.database.write(self._give_up_unanswered)
        if self._house.custody.trouble is not None:
            return None
        modems = await self._house.database.read(sms.modems)
        await asyncio.gather(*(self._serve_apart(modem) for modem in modems))
        return await self._house.database.read(self._next)

    async def _serve_apart(self, modem: ModemRow) -> None:
        with holding_up_nobody("texting", modem=modem.number, account_id=modem.account_id):
            await self._serve(modem)

    async def _serve(self, modem: ModemRow) -> None:
        house = self._house
        # Made before the turn is taken: within its patience the modem is ours.
        patience = house.settings.lirax_timeout
        fence = Fence(house.clock, patience=patience, lease=house.lease, watch=house.watch)
        turn = await house.database.write(partial(self._take, modem), lane=Lane.PLACEMENT)
        if turn is None:
            return
        self._house.custody.worked()
        try:
            client = house.accounts.client(modem.account_id)
            ending = await (self._send(client, turn, fence) if turn.sends else self._ask(client, turn, fence))
        except Refused as error:
            ending = await self._refused(turn, error)
        except (Unavailable, CannotDo) as error:
            ending = await self._not_now(turn, error)
        except LiraxError as error:
            await heed(house, turn.modem.account_id, error)
            ending = self._unclear(turn, error)
        await write_for_sure(house, partial(self._conclude, turn, ending))
        house.bells.changes.ring()

    async def _send(self, client: LiraxClient, turn: Turn, fence: Fence) -> Ending:
        message = turn.message
        objection = partial(self._house.database.last_look, partial(self._objection, message))
        request = SendSms(ext=message.ext, provider=turn.modem.number, phone=message.phone, text=message.text)
        provider_id = (await client.send(request, before_send=fence.before_send(objection))).id_sms
        due_at = self._house.clock.now() + FIRST_CHECK
        return Ending(lambda change: messages.sent(change, message, provider_id=provider_id, due_at=due_at))

    def _objection(self, message: SmsRow, connection: Connection) -> str | None:
        """Why the message may not be sent any more, or None."""
        current = sms.get(connection, message.id)
        if current is None or (current.state, current.tries) != (SmsState.SENDING, message.tries):
            return "the message has been decided already"
        if custody.objection(connection) is not None:
            return "the database is in quarantine"
        if not accounts.at_work(connection, message.account_id):
            return "the account is held or closed"
        found = against(Change(connection, self._house, self._house.clock.now()), message)
        return None if found is None else found.reason

    async def _ask(self, client: LiraxClient, turn: Turn, fence: Fence) -> Ending:
        message = turn.message
        assert message.provider_id is not None
        request = CheckSms(ext=message.ext, provider=turn.modem.number, id_sms=message.provider_id)
        delivery = (await client.send(request, before_send=fence.before_send())).delivery
        return Ending(lambda change: _apply_delivery(change, message, delivery))

    async def _refused(self, turn: Turn, error: Refused) -> Ending:
        await heed(self._house, turn.modem.account_id, error)
        if error.kind == "invalid_token":
            return Ending(lambda change: _again(change, turn, at=change.now))
        if turn.sends:
            failed, detail = SmsState.FAILED, str(error)
            return Ending(lambda change: messages.become(change, turn.message, failed, detail=detail))
        return Ending(lambda change: _ask_later(change, turn.message))

    async def _not_now(self, turn: Turn, error: Exception) -> Ending:
        """Nothing was sent. A modem that is off or busy says so on the page until it works again."""
        pause = timedelta(0)
        if isinstance(error, Unavailable) and error.kind == ABORTED:
            return Ending(lambda change: _again(change, turn, at=change.now))
        if isinstance(error, Unavailable):
            await heed(self._house, turn.modem.account_id, error)
        if isinstance(error, Unavailable) and error.kind == "modem_not_connected":
            pause = MODEM_OFF
        at_once = Ending(lambda change: _again(change, turn, at=change.now + pause))
        return replace(at_once, trouble=str(error), rest=pause)

    def _unclear(self, turn: Turn, error: LiraxError) -> Ending:
        if turn.sends:
            unknown, detail = SmsState.UNKNOWN, str(error)
            return Ending(lambda change: messages.become(change, turn.message, unknown, detail=detail))
        return Ending(lambda change: _ask_later(change, turn.message))

    def _take(self, modem: ModemRow, connection: Connection) -> Turn | None:
        """The modem's next request, its turn taken and its intent written; None when it has none now."""
        may_act = self._house.lease.is_held() and not self._house.watch.objection()
        if not may_act or not accounts.at_work(connection, modem.account_id):
            return None
        settings = self._house.settings
        with transaction(connection, self._house) as change:
            message = self._next_message(change, modem)
            if message is None:
                return None
            until = change.now + settings.lirax_timeout + settings.sms_interval
            if not sms.take_turn(connection, modem.id, now=change.now, until=until):
                return None
            if message.state is SmsState.QUEUED:
                message = sms.claim(connection, message, now=change.now)
            return Turn(modem, message, until)

    def _next_message(self, change: Change, modem: ModemRow) -> SmsRow | None:
        for _ in range(LOOKED_AT):
            message = sms.next_to_send(change.connection, modem.id, now=change.now)
            if message is None:
                break
            if self._may_text(change, message):
                return message
        return sms.next_to_check(change.connection, modem.id, now=change.now)

    def _may_text(self, change: Change, message: SmsRow) -> bool:
        """One whose campaign or person cannot be read is put off, so that others have their turn."""
        try:
            with change.apart():
                return may_text(change, message)
        except Exception as error:  # the edge of the pass
            if is_of_the_database(error):
                raise
            log.exception("a message cannot be understood", sms_id=message.id)
            sms.save(change.connection, message.id, due_at=change.now + LATER)
            return False

    def _conclude(self, turn: Turn, ending: Ending, connection: Connection) -> None:
        """Write what came of it; the modem rests from the answer on, which is never before the request.

        What is out of date is not written: a modem that is another's by now, a message decided on since.
        """
        with transaction(connection, self._house) as change:
            free_at = change.now + max(self._house.settings.sms_interval, ending.rest)
            sms.end_turn(connection, turn.modem.id, until=turn.until, free_at=free_at, trouble=ending.trouble)
            if not turn.sends or sms.is_ours(connection, turn.message):
                ending.apply(change)

    def _give_up_unanswered(self, connection: Connection) -> None:
        before = self._house.clock.now() - self._house.settings.lirax_timeout - REST
        unanswered = sms.left_sending(connection, before=before)
        if not unanswered:
            return
        with transaction(connection, self._house) as change:
            for message in unanswered:
                detail = "the program stopped while this message was being sent"
                messages.become(change, message, SmsState.UNKNOWN, detail=detail)

    def _next(self, connection: Connection) -> datetime | None:
        if custody.objection(connection) is not None:
            return None
        held = {row.id for row in accounts.every(connection) if not row.is_at_work}
        moments: list[datetime] = []
        for modem in sms.modems(connection):
            due = sms.next_due(connection, modem.id)
            if due is not None and modem.account_id not in held:
                moments.append(max(due, modem.free_at))
        return min(moments, default=None)


def _again(change: Change, turn: Turn, *, at: datetime) -> None:
    """Nothing was sent: the message goes back to where it was.

    Who was frozen meanwhile may find that it was given up, and that its campaign ended with it.
    """
    over = change.campaign(turn.message.campaign_id).state is CampaignState.FINISHED
    if turn.sends and over:
        messages.become(change, turn.message, SmsState.FAILED, detail=TOO_LATE)
    elif turn.sends:
        back = {"state": SmsState.QUEUED.value, "due_at": at, "finished_at": None}
        sms.save(change.connection, turn.message.id, **back)
    elif _still_sent(change, turn.message):
        sms.save(change.connection, turn.message.id, due_at=at)


def _apply_delivery(change: Change, message: SmsRow, delivery: SmsDelivery) -> None:
    if not _still_sent(change, message):
        return
    match delivery:
        case SmsDelivery.DELIVERED:
            messages.become(change, message, SmsState.DELIVERED)
        case SmsDelivery.EXPIRED:
            messages.become(change, message, SmsState.EXPIRED, detail="its delivery time has run out")
        case _:
            _ask_later(change, message)


def _still_sent(change: Change, message: SmsRow) -> bool:
    """Whether nothing was told of the delivery while we asked for it."""
    current = sms.get(change.connection, message.id)
    return current is not None and current.state is SmsState.SENT


def _ask_later(change: Change, message: SmsRow) -> None:
    if not _still_sent(change, message):
        return
    checks = message.checks + 1
    due_at = change.now + NEXT_CHECK if checks < LAST_CHECK else None
    sms.save(change.connection, message.id, checks=checks, due_at=due_at)
