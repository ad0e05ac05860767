"""Sends SMS and asks for their delivery, at the pace of each modem, which both share.

Sending is no more repeatable than calling: the intent is committed first, 402 and 403 mean that nothing was
sent, and what nobody can tell ends as `unknown` (LiraX reference, section 4; reliability note, 2.4).
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import structlog
from sqlalchemy import Connection

from campaigns.rules.calling_hours import next_permitted
from campaigns.rules.deciding import zones_for
from campaigns.rules.vocabulary import SmsState
from campaigns.store import accounts, custody, recipients, sms, suppressions
from campaigns.store.sms import ModemRow, SmsRow
from engine.apply import messages
from engine.apply.campaigns import transaction
from engine.apply.change import Change
from engine.apply.compliance import may_text
from engine.database.port import Lane
from engine.errors import CannotDo
from engine.house import House
from engine.lirax.answers import SmsDelivery
from engine.lirax.client import LiraxClient
from engine.lirax.errors import LiraxError, Refused, Unavailable
from engine.lirax.requests import CheckSms, SendSms
from engine.passes.holds import heed
from engine.passes.insisting import write_for_sure

log = structlog.get_logger(__name__)

FIRST_CHECK = timedelta(minutes=2)
NEXT_CHECK = timedelta(hours=1)
LAST_CHECK = 72  # after three days LiraX will not tell any more
MODEM_OFF = timedelta(seconds=30)  # after 402
REST = timedelta(seconds=15)  # beyond the longest wait for an answer, an intent is given up as unclear
LOOKED_AT = 50  # messages put off in one go, because it is no hour for them


@dataclass(frozen=True)
class Turn:
    """What one modem does now: send `message`, or ask for its delivery."""

    modem: ModemRow
    message: SmsRow

    @property
    def sends(self) -> bool:
        return self.message.state is SmsState.QUEUED


class Texting:
    def __init__(self, house: House) -> None:
        self._house = house

    async def run(self) -> datetime | None:
        """When the next modem has something to do and is free to do it."""
        await self._house.database.write(self._give_up_unanswered)
        if self._house.custody.trouble is not None:
            return None
        modems = await self._house.database.read(sms.modems)
        await asyncio.gather(*(self._serve(modem) for modem in modems))
        return await self._house.database.read(self._next)

    async def _serve(self, modem: ModemRow) -> None:
        turn = await self._house.database.write(partial(self._take, modem), lane=Lane.PLACEMENT)
        if turn is None:
            return
        self._house.custody.worked()
        try:
            client = self._house.accounts.client(modem.account_id)
            apply = await (self._send(client, turn) if turn.sends else self._ask(client, turn))
        except Refused as error:
            apply = await self._refused(turn, error)
        except (Unavailable, CannotDo) as error:
            apply = await self._not_now(turn, error)
        except LiraxError as error:
            await heed(self._house, turn.modem.account_id, error)
            apply = self._unclear(turn, error)
        await write_for_sure(self._house, partial(self._conclude, turn, apply))
        self._house.bells.changes.ring()

    async def _send(self, client: LiraxClient, turn: Turn) -> Callable[[Change], None]:
        message = turn.message
        request = SendSms(ext=message.ext, provider=turn.modem.number, phone=message.phone, text=message.text)
        provider_id = (await client.send(request)).id_sms
        due_at = self._house.clock.now() + FIRST_CHECK
        return lambda change: messages.sent(change, message, provider_id=provider_id, due_at=due_at)

    async def _ask(self, client: LiraxClient, turn: Turn) -> Callable[[Change], None]:
        message = turn.message
        assert message.provider_id is not None
        request = CheckSms(ext=message.ext, provider=turn.modem.number, id_sms=message.provider_id)
        delivery = (await client.send(request)).delivery
        return lambda change: _apply_delivery(change, message, delivery)

    async def _refused(self, turn: Turn, error: Refused) -> Callable[[Change], None]:
        await heed(self._house, turn.modem.account_id, error)
        if error.kind == "invalid_token":
            return lambda change: _again(change, turn, at=change.now)
        if turn.sends:
            return lambda change: messages.become(change, turn.message, SmsState.FAILED, detail=str(error))
        return lambda change: _ask_later(change, turn.message)

    async def _not_now(self, turn: Turn, error: Exception) -> Callable[[Change], None]:
        """Nothing was sent. A modem that is off or busy says so on the page until it works again."""
        pause = timedelta(0)
        if isinstance(error, Unavailable):
            await heed(self._house, turn.modem.account_id, error)
        if isinstance(error, Unavailable) and error.kind == "modem_not_connected":
            pause = MODEM_OFF
        return lambda change: _again(change, turn, at=change.now + pause, trouble=str(error), rest=pause)

    def _unclear(self, turn: Turn, error: LiraxError) -> Callable[[Change], None]:
        if turn.sends:
            return lambda change: messages.become(change, turn.message, SmsState.UNKNOWN, detail=str(error))
        return lambda change: _ask_later(change, turn.message)

    def _take(self, modem: ModemRow, connection: Connection) -> Turn | None:
        """The modem's next request, its turn taken and its intent written; None when it has none now."""
        if self._house.watch.objection() or not accounts.at_work(connection, modem.account_id):
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
                sms.save(connection, message.id, state=SmsState.SENDING.value, due_at=change.now)
            return Turn(modem, message)

    def _next_message(self, change: Change, modem: ModemRow) -> SmsRow | None:
        for _ in range(LOOKED_AT):
            message = sms.next_to_send(change.connection, modem.id, now=change.now)
            if message is None:
                break
            if _may_text(change, message):
                return message
        return sms.next_to_check(change.connection, modem.id, now=change.now)

    def _conclude(self, turn: Turn, apply: Callable[[Change], None], connection: Connection) -> None:
        """Write what came of it; the modem rests from the answer on, which is never before the request."""
        with transaction(connection, self._house) as change:
            free_at = change.now + self._house.settings.sms_interval
            sms.save_modem(connection, turn.modem.id, free_at=free_at, trouble=None)
            apply(change)

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


def _may_text(change: Change, message: SmsRow) -> bool:
    """Whether this very message may be sent now; if not, it is put off or ended, with the reason."""
    if suppressions.among(change.connection, [message.phone]):
        detail = "not sent: the number is on the do-not-call list"
        messages.become(change, message, SmsState.FAILED, detail=detail)
        return False
    policy = change.policy(message.campaign_id)
    row = recipients.get(change.connection, message.recipient_id)
    if policy.sms is None or row is None:
        messages.become(
            change, message, SmsState.FAILED, detail="not sent: its campaign has no modem any more"
        )
        return False
    if not may_text(change, message, row):
        return False
    zones = zones_for(policy.sms.window, row.person)
    permitted = next_permitted(policy.sms.window, zones, at=change.now)
    if permitted is None:
        messages.become(change, message, SmsState.EXPIRED, detail="not sent: no permitted hour is left")
        return False
    if permitted.at > change.now:
        sms.save(change.connection, message.id, due_at=permitted.at, detail="waits for its permitted hours")
        return False
    return True


def _again(
    change: Change, turn: Turn, *, at: datetime, trouble: str | None = None, rest: timedelta = timedelta(0)
) -> None:
    """Nothing was sent: the message goes back to where it was."""
    if turn.sends:
        sms.save(change.connection, turn.message.id, state=SmsState.QUEUED.value, due_at=at)
    elif _still_sent(change, turn.message):
        sms.save(change.connection, turn.message.id, due_at=at)
    modem: dict[str, Any] = {"trouble": trouble}
    if rest:
        modem["free_at"] = change.now + rest
    sms.save_modem(change.connection, turn.modem.id, **modem)


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
