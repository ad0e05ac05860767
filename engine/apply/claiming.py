"""Takes lines for those whose turn it is: one transaction writes the attempt before anything is sent.

Every condition is looked at once more here; who may not be called now goes back with the reason.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta

from campaigns.rules.calling_hours import opening_at
from campaigns.rules.deciding import zones_for
from campaigns.rules.pacing import RATE_WINDOW, Candidate, requests_allowed, share_lines
from campaigns.rules.reasons import Waiting
from campaigns.rules.standing import (
    Claimed,
    Delayed,
    Expired,
    Suppressed,
)
from campaigns.rules.vocabulary import AccountId, AttemptId, CampaignId
from campaigns.store import attempts, called, campaigns, employee_calls, lines, recipients, suppressions
from campaigns.store.campaigns import CampaignRow
from campaigns.store.recipients import RecipientRow
from engine.apply.agents import free_agents
from engine.apply.breakers import may_try
from engine.apply.caps import capped_until
from engine.apply.change import Change
from engine.apply.compliance import wait_for_consent, without_consent
from engine.apply.recipients import happen

ROUNDS = 20  # how often one transaction looks for others in the place of those it had to put back
REST = timedelta(seconds=15)  # beyond the longest wait for an answer, an intent is given up as unclear
OVERDUE = timedelta(seconds=5)  # a call past its deadline holds its number until it is cleared up
PUT_OFF = 2000  # people put off to the next opening with one statement


@dataclass(frozen=True)
class Intent:
    """A call that is written down and may now be placed."""

    attempt_id: AttemptId
    campaign_id: CampaignId
    account_id: AccountId


@dataclass(frozen=True)
class Claims:
    """`again_at` is when the pace allows more, where only the pace held something back."""

    intents: tuple[Intent, ...]
    more: bool  # some were put back and others may stand behind them
    again_at: datetime | None


def claim(
    change: Change, account_id: AccountId, *, most: int | None = None, only: CampaignId | None = None
) -> Claims:
    """Fill the account's free lines, or `most` of them, fairly between its campaigns, or for `only` one."""
    free = list(lines.free(change.connection, account_id))[:most]
    running = campaigns.running(change.connection, account_id) if free else ()
    running = [row for row in running if only in (None, row.id)]
    rows = {row.id: row for row in running if row.hold_kind is None or may_try(change, row)}
    if rows:
        lines.lock(change.connection)
        by_hand = employee_calls.how_many_open(change.connection, account_id, now=change.now)
        del free[: min(by_hand, len(free))]  # calls ordered by hand take lines too
    intents: list[Intent] = []
    again_at: datetime | None = None
    for _ in range(ROUNDS):
        if not free or not rows:
            return Claims(tuple(intents), more=False, again_at=again_at)
        chosen, again_at = _chosen(change, account_id, rows, free=len(free))
        if not chosen:
            return Claims(tuple(intents), more=False, again_at=again_at)
        fit = {row.id for row in _fit_to_call(change, chosen)}
        unused: Counter[CampaignId] = Counter()
        for row in chosen:
            intent = row.id in fit and _take_line(change, row, rows[row.campaign_id], slot_id=free[0])
            if intent:
                intents.append(intent)
                del free[0]
                if rows[row.campaign_id].hold_kind is not None:
                    del rows[row.campaign_id]  # that one call is its try
            else:
                unused[row.campaign_id] += 1
        _keep_credit(
            change, rows, {id_: rows[id_].credit + amount for id_, amount in unused.items() if id_ in rows}
        )
    return Claims(tuple(intents), more=True, again_at=again_at)


def claim_person(change: Change, row: RecipientRow, campaign: CampaignRow, *, slot_id: int) -> None:
    """Take the line for this person, if a call may be placed now."""
    for fit in _fit_to_call(change, [row]):
        _take_line(change, fit, campaign, slot_id=slot_id)


def _chosen(
    change: Change, account_id: AccountId, rows: dict[CampaignId, CampaignRow], *, free: int
) -> tuple[list[RecipientRow], datetime | None]:
    """Who is due, as many of each campaign as its share of the free lines; and when the pace allows more."""
    in_use = lines.in_use(change.connection, account_id)
    queues: dict[CampaignId, list[RecipientRow]] = {}
    candidates: list[Candidate] = []
    held_until: list[datetime] = []
    for campaign_id, row in rows.items():
        pace = change.policy(campaign_id).pace
        room = free if pace.lines is None else min(free, pace.lines - in_use.get(campaign_id, 0))
        room = room if row.hold_kind is None else min(room, 1)
        due = recipients.due(change.connection, campaign_id, now=change.now, limit=room) if room > 0 else []
        allowed, next_at = _allowed(change, campaign_id, pace.per_minute)
        if due and next_at is not None:
            held_until.append(next_at)
        queues[campaign_id] = due
        candidates.append(
            Candidate(campaign_id, due=len(due), weight=pace.weight, credit=row.credit, requests=allowed)
        )
    shares = share_lines(candidates, free=free, agents=free_agents(change, account_id, rows))
    _keep_credit(change, rows, {campaign_id: share.credit for campaign_id, share in shares.items()})
    chosen = [row for campaign_id, share in shares.items() for row in queues[campaign_id][: share.lines]]
    return chosen, min(held_until, default=None)


def _allowed(
    change: Change, campaign_id: CampaignId, per_minute: int | None
) -> tuple[int | None, datetime | None]:
    """Requests the campaign may still send in this minute (None: any), and when the next may leave."""
    if per_minute is None:
        return None, None
    sent = attempts.requests_since(change.connection, campaign_id, since=change.now - RATE_WINDOW)
    return requests_allowed(sent, per_minute=per_minute, now=change.now)


def _keep_credit(
    change: Change, rows: dict[CampaignId, CampaignRow], credits_: dict[CampaignId, float]
) -> None:
    for campaign_id, credit in credits_.items():
        if credit != rows[campaign_id].credit:
            campaigns.save(change.connection, campaign_id, credit=credit)
            rows[campaign_id] = rows[campaign_id]._replace(credit=credit)


def _fit_to_call(change: Change, candidates: list[RecipientRow]) -> list[RecipientRow]:
    """Those who may be called this very moment; all others go back with their reason."""
    phones = [row.phone for row in candidates]
    suppressed = suppressions.among(change.connection, phones)
    by_hand = employee_calls.ringing(change.connection, phones, now=change.now)
    busy = {**by_hand, **attempts.numbers_open(change.connection, phones)}
    gap = change.min_gap + change.house.watch.put_forward(change.min_gap)
    ended = _last_ends(change, phones, since=change.now - gap)
    capped = capped_until(change, candidates)
    unasked = without_consent(change, candidates)
    fit = []
    for row in candidates:
        if row.phone in suppressed:
            happen(change, row, Suppressed())
        elif row.phone in busy:
            happen(change, row, Delayed(max(busy[row.phone], change.now + OVERDUE), Waiting.NUMBER_BUSY))
        elif row.phone in ended:
            # Put forward, the clock shows more time than has passed; a gap from now on is always enough.
            until = ended[row.phone] + gap
            until = until if gap == change.min_gap else min(until, change.now + change.min_gap)
            happen(change, row, Delayed(until, Waiting.MIN_GAP))
        elif not may_call(change, row):
            _put_back(change, row)
        elif row.id in unasked:
            wait_for_consent(change, row)
        elif row.id in capped:
            happen(change, row, Delayed(capped[row.id], Waiting.CAP))
        else:
            fit.append(row)
            busy[row.phone] = change.now + change.house.settings.unclear_until
    return fit


def _last_ends(change: Change, phones: list[str], *, since: datetime) -> dict[str, datetime]:
    """When the last call to each number ended, whoever ordered it, where that is after `since`."""
    ends = called.last_ends(change.connection, phones, since=since)
    for phone, ended_at in employee_calls.last_ends(change.connection, phones, since=since).items():
        ends[phone] = max(ended_at, ends.get(phone, ended_at))
    return ends


def may_call(change: Change, row: RecipientRow) -> bool:
    """Whether a request for this person may leave now: window, limits of the person, end of the campaign."""
    policy = change.policy(row.campaign_id)
    person = row.person
    if policy.end is not None and change.now >= policy.end:
        return False
    if policy.start is not None and change.now < policy.start:  # the clock was set back since
        return False
    if person.not_before is not None and change.now < person.not_before:
        return False
    if person.not_after is not None and change.now >= person.not_after:
        return False
    opening = opening_at(policy.window, zones_for(policy.window, person), at=change.now)
    return opening is not None and change.now < opening.last_request_at


def _put_back(change: Change, row: RecipientRow) -> None:
    """When a window closes on thousands, those who stand alike are put off with the one looked at."""
    policy = change.policy(row.campaign_id)
    if policy.end is not None and change.now >= policy.end:
        happen(change, row, Expired())
        return
    decision = happen(change, row, Delayed(change.now, Waiting.HOURS))
    if row.person.not_before is None and row.person.not_after is None:
        recipients.put_off_alike(change.connection, row, decision.standing, now=change.now, limit=PUT_OFF)


def _take_line(change: Change, row: RecipientRow, campaign: CampaignRow, *, slot_id: int) -> Intent | None:
    """Write the attempt and take the line; None when somebody else's call to the number came first."""
    settings = change.house.settings
    attempt_id = attempts.add(
        change.connection,
        account_id=campaign.account_id,
        campaign_id=row.campaign_id,
        recipient_id=row.id,
        number=row.calls + 1,
        phone=row.phone,
        epoch=change.house.epoch,
        claimed_at=change.now,
        deadline=change.now + settings.lirax_timeout + REST,
    )
    if attempt_id is None:
        happen(change, row, Delayed(change.now + settings.min_gap, Waiting.NUMBER_BUSY))
        return None
    lines.take(change.connection, slot_id, attempt_id=attempt_id)
    happen(change, row, Claimed(), calls=row.calls + 1, last_attempt_at=change.now)
    change.count(row.campaign_id, campaigns.CALLS, "in_flight")
    return Intent(attempt_id, row.campaign_id, campaign.account_id)
