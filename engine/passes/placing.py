"""Places one claimed call: fence → one POST → what came of it. The only place where a phone is made to ring.

At most one request ever leaves for an attempt: it is sent by the task that its claim started, and by nobody
else; whatever cannot be told afterwards is held as unclear (reliability note, 2.2).
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from functools import partial

import structlog
from sqlalchemy import Connection

from campaigns.rules.calling_hours import opening_at, whole_hours
from campaigns.rules.deciding import zones_for
from campaigns.rules.policy import Policy
from campaigns.rules.vocabulary import AccountId, AttemptState, CampaignId, CampaignState
from campaigns.store import attempts, audio, custody, inbox, recipients, suppressions
from campaigns.store.attempts import AttemptRow
from campaigns.store.recipients import RecipientRow
from engine.apply import breakers, calls
from engine.apply.apart import apply_apart
from engine.apply.campaigns import transaction
from engine.apply.caps import capped_until
from engine.apply.change import Change
from engine.apply.claiming import Intent, may_call
from engine.apply.compliance import objection_to_call
from engine.apply.webhooks import apply_call_finished
from engine.errors import CannotDo, DatabaseTrouble
from engine.fences import ABORTED, Fence
from engine.house import House
from engine.lirax.errors import LiraxError, Refused, Unavailable
from engine.lirax.requests import MakeTwoCalls
from engine.passes.holds import doubted, heed
from engine.passes.insisting import write_for_sure

log = structlog.get_logger(__name__)

REUSED = "LiraX answered with the id {id}, which an earlier call has already"
REST_UNSENT = timedelta(seconds=5)  # what was not sent for a reason of ours is not claimed again at once


@dataclass(frozen=True)
class Sheet:
    """All that is needed to place one call."""

    attempt: AttemptRow
    request: MakeTwoCalls


class Placer:
    """Calls that are being placed right now, each in a task of its own."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._under_way: set[asyncio.Task[None]] = set()

    def start(self, intent: Intent, fence: Fence) -> None:
        """`fence` was made before the claim: it counts from then on."""
        task = asyncio.create_task(self._place(intent, fence), name=f"place-{intent.attempt_id}")
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)

    async def settle(self) -> None:
        """Wait until every request that was sent is answered, or given up, and written down."""
        while self._under_way:
            await asyncio.wait(self._under_way)

    async def _place(self, intent: Intent, fence: Fence) -> None:
        try:
            await self._send(intent, fence)
        except DatabaseTrouble as error:
            log.warning("what came of a request could not be kept", reason=str(error), **asdict(intent))
        except Exception:  # the edge of the pass: one call that fails takes no other with it
            log.exception("placing failed", **asdict(intent))

    async def _send(self, intent: Intent, fence: Fence) -> None:
        house = self._house
        sent_at = house.clock.now()
        try:
            sheet = await house.database.read(partial(self._sheet, intent))
            client = house.accounts.client(intent.account_id)
            objection = partial(house.database.last_look, partial(self._objection, intent))
            check = fence.before_send(objection)
            provider_id = await client.make_two_calls(sheet.request, before_send=check)
        except Refused as error:
            await self._refused(intent, error)
        except (Unavailable, CannotDo, DatabaseTrouble) as error:  # the fence was not passed
            await self._never_sent(intent, error)
        except LiraxError as error:
            house.answers.unclear(intent.account_id)
            await _if_possible(doubted(house, intent.account_id))
            await _if_possible(heed(house, intent.account_id, error))
            await self._write(intent, partial(calls.unclear, sent_at=sent_at, detail=str(error)))
            house.bells.reconciling.set()
        else:
            house.answers.clear(intent.account_id)
            await self._write(
                intent,
                partial(_taken, provider_id=provider_id, sent_at=sent_at),
                then=partial(_take_in_early, self._house, intent.account_id, provider_id),
            )

    async def _refused(self, intent: Intent, error: Refused) -> None:
        self._house.answers.clear(intent.account_id)
        await _if_possible(heed(self._house, intent.account_id, error))
        if error.kind == "invalid_token":
            await self._write(intent, partial(calls.unplaced, detail="LiraX refused the key (401)"))
        else:
            await self._write(intent, partial(_rejected, detail=str(error)))

    async def _never_sent(self, intent: Intent, error: Exception) -> None:
        if isinstance(error, LiraxError):
            await _if_possible(heed(self._house, intent.account_id, error))
        await self._write(intent, partial(calls.unplaced, detail=str(error), rest=REST_UNSENT))

    def _objection(self, intent: Intent, connection: Connection) -> str | None:
        """Why this call may not be placed any more, or None."""
        change = Change(connection, self._house, self._house.clock.now())
        attempt = attempts.peek(connection, intent.attempt_id)
        if attempt is None or attempt.state is not AttemptState.PLACING:
            return "the attempt has been decided already"
        if attempt.epoch != self._house.epoch:
            return "another engine has taken over"
        if custody.objection(connection) is not None:
            return "the database is in quarantine"
        campaign = change.campaign(intent.campaign_id)
        if campaign.state is not CampaignState.RUNNING:
            return "the campaign is not running any more"
        if campaign.account_closed_at is not None:
            return "the account has been closed"
        if suppressions.among(connection, [attempt.phone]):
            return "the number is on the do-not-call list"
        row = recipients.get(connection, attempt.recipient_id)
        if row is None or not may_call(change, row):
            return "calling hours are over"
        if capped_until(change, [row]):
            return "the number has been called as often as its contact caps allow"
        return objection_to_call(change, row)

    def _sheet(self, intent: Intent, connection: Connection) -> Sheet:
        """The request to send; raises Unavailable where there is none, Refused where its values are wrong."""
        change = Change(connection, self._house, self._house.clock.now())
        attempt = attempts.peek(connection, intent.attempt_id)
        row = None if attempt is None else recipients.get(connection, attempt.recipient_id)
        if attempt is None or row is None:
            raise Unavailable("not sent: the attempt is gone", kind=ABORTED)
        policy = change.policy(intent.campaign_id)
        hours = _hours(policy, row, now=change.now)
        target = policy.call.connect or sound_address(
            self._house, connection, intent.campaign_id, policy=policy
        )
        if hours is None or target is None:
            reason = "calling hours are over" if hours is None else "the campaign's sound file is gone"
            raise Unavailable(f"not sent: {reason}", kind=ABORTED)
        return Sheet(attempt, _request(policy, row, to2=target, hours=hours))

    async def _write(
        self,
        intent: Intent,
        apply: Callable[[Change, AttemptRow], None],
        *,
        then: Callable[[Connection], None] | None = None,
    ) -> None:
        """Write what came of the request, and what follows; then ring the bells."""

        def job(connection: Connection) -> None:
            with transaction(connection, self._house) as change:
                attempt = attempts.get(connection, intent.attempt_id)
                assert attempt is not None
                apply(change, attempt)
            if then is not None:
                then(connection)

        await write_for_sure(self._house, job)
        self._house.bells.after_change()


async def _if_possible(holding: Awaitable[None]) -> None:
    """An account that cannot be held now is held by a later answer; what this one said must be kept first."""
    try:
        await holding
    except DatabaseTrouble as error:
        log.warning("the account could not be held", reason=str(error))


def sound_address(
    house: House, connection: Connection, campaign_id: CampaignId, *, policy: Policy
) -> str | None:
    """Where LiraX finds what the campaign plays; None where it is gone."""
    play = policy.call.play or ""
    if play.startswith(("http://", "https://")):
        return play
    name = audio.name_for(connection, campaign_id)
    return None if name is None else f"{house.settings.public_url.rstrip('/')}/audio/{name}"


def _hours(policy: Policy, row: RecipientRow, *, now: datetime) -> tuple[str, str] | None:
    if policy.request_hours is not None:
        return policy.request_hours
    opening = opening_at(policy.window, zones_for(policy.window, row.person), at=now)
    if opening is None:
        return None
    return whole_hours(opening, at=now, timezone=policy.account_timezone)


def _request(policy: Policy, row: RecipientRow, *, to2: str, hours: tuple[str, str]) -> MakeTwoCalls:
    variables = row.variables or {}
    return MakeTwoCalls(
        from_ext=policy.from_ext,
        to1=row.phone,
        to2=to2,
        successtime=int(policy.call.success_after.total_seconds()),
        notbefore=hours[0],
        notafter=hours[1],
        vmoney=variables.get("money"),
        vdate=variables.get("date"),
        vtime=variables.get("time"),
    )


def _rejected(change: Change, attempt: AttemptRow, *, detail: str) -> None:
    calls.rejected(change, attempt, detail=detail)
    breakers.after_reject(change, attempt.campaign_id)


def _take_in_early(house: House, account_id: AccountId, provider_id: str, connection: Connection) -> None:
    """Apply the finished webhook that overtook the answer. The answer is kept, whatever comes of that."""
    for row in inbox.orphans(connection, account_id, cmd=inbox.FINISHED, subject=provider_id):
        apply_apart(house, connection, row, partial(apply_call_finished, row=row), late=True)


def _taken(change: Change, attempt: AttemptRow, *, provider_id: str, sent_at: datetime) -> None:
    """LiraX took it, unless its answer names a call that we know under that id."""
    other = attempts.with_provider_id(change.connection, attempt.account_id, provider_id)
    if other is not None and other.id != attempt.id:
        log.error("LiraX gave an id for the second time", attempt_id=attempt.id, earlier_id=other.id)
        calls.unclear(change, attempt, sent_at=sent_at, detail=REUSED.format(id=provider_id))
        return
    calls.taken(change, attempt, provider_id=provider_id, sent_at=sent_at)
    breakers.after_taken(change, attempt.campaign_id)
