"""What `event` says of a call: found by its call id, else by number, extension and time (C41).

A call of ours is looked for first, then one that a person ordered by hand, then a person who calls us.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from campaigns.rules.confluence import (
    joined_agent,
    joined_duration,
    joined_ext,
    joined_marks,
    joined_status,
)
from campaigns.rules.evidence import Evidence
from campaigns.rules.policy import Policy
from campaigns.rules.recordings import with_recording
from campaigns.rules.vocabulary import OPEN_ATTEMPTS, AccountId, AttemptState
from campaigns.store import attempts, employee_calls, heard_calls, inbox
from campaigns.store.attempts import AttemptRow
from campaigns.store.heard_calls import HeardRow
from campaigns.store.inbox import APPLIED, IGNORED, InboxRow
from engine.apply import by_hand, calls, recordings
from engine.apply.change import Change
from engine.apply.numbers import digits_of
from engine.lirax.webhooks import CallEvent, read_webhook

EARLY = timedelta(seconds=5)  # an event is not older than the intent it speaks of, by more than clocks differ
AFTERWARDS = timedelta(minutes=10)  # how long after its finished webhook an event may still tell more
STILL_WANTED = timedelta(hours=1)  # how long an event may still tell what nobody could; later it is another's
LEGS_TOLD = timedelta(seconds=30)  # how long after it a leg may be told whose call id nobody knows
OVER = ("COMPLETED", "CALL_COMPLETED")


def apply_event(change: Change, row: InboxRow, event: CallEvent) -> str:
    """A call id once bound stays bound, and never touches a newer call."""
    connection, account_id = change.connection, row.account_id
    attempt = attempts.with_callid(connection, account_id, event.callid)
    if attempt is not None:
        return _of_attempt(change, attempt, row=row, event=event)
    heard = heard_calls.with_callid(connection, account_id, event.callid)
    if heard is not None:
        own = _call_itself(change, heard, event)
        if own is not None:
            return _of_attempt(change, own, row=row, event=event, leg=heard)
        return _of_heard(change, heard, row=row, event=event)
    ordered = employee_calls.with_callid(connection, account_id, event.callid)
    if ordered is not None:
        return by_hand.heard(change, ordered, event=event, at=row.received_at)
    return _of_unknown(change, row, event)


def _of_unknown(change: Change, row: InboxRow, event: CallEvent) -> str:
    phone = digits_of(event.phone)
    if phone is None or event.direction not in ("in", "out"):
        return IGNORED
    if event.direction == "in":
        return _called_us(change, row, event, phone=phone)
    shown = attempts.with_history_id(change.connection, row.account_id, event.callid, phone=phone)
    if shown is not None:  # history was quicker than this very event
        return _of_attempt(change, shown, row=row, event=event)
    return _called_by_us(change, row, event, phone=phone)


def _called_by_us(change: Change, row: InboxRow, event: CallEvent, *, phone: str) -> str:
    connection, account_id = change.connection, row.account_id
    latest = attempts.latest_to(connection, account_id, phone)
    if latest is not None and row.received_at < latest.claimed_at - EARLY:
        latest = None
    if latest is None or latest.state not in OPEN_ATTEMPTS:  # while one is open, nobody calls by hand
        at = row.received_at
        ordered = employee_calls.awaiting_event(connection, account_id, phone, ext=event.ext, now=at)
        if ordered is not None and (latest is None or latest.claimed_at <= ordered.created_at):
            return by_hand.heard(change, ordered, event=event, at=at)
    if latest is None or not _may_still_tell(latest, row):
        return IGNORED
    policy = change.policy(latest.campaign_id)
    if latest.callid is None and event.ext == policy.from_ext:
        return _of_attempt(change, latest, row=row, event=event)
    if _may_have_legs(latest, row) and _joins_with(policy, event.ext):
        heard_id = _write(change, row, event, phone=phone, attempt=latest)
        return _of_leg(change, latest, heard_id, row=row, event=event)
    return _of_given_up(change, latest, row=row, event=event)


def _of_given_up(change: Change, latest: AttemptRow, *, row: InboxRow, event: CallEvent) -> str:
    """The newest call has its own id: then this one may be the call before it, whose request came late."""
    earlier = attempts.given_up_before(change.connection, latest)
    if earlier is None or earlier.callid is not None or not _may_still_tell(earlier, row):
        return IGNORED  # a person's own call from another extension
    if event.ext != change.policy(earlier.campaign_id).from_ext:
        return IGNORED
    return _of_attempt(change, earlier, row=row, event=event)


def _call_itself(change: Change, heard: HeardRow, event: CallEvent) -> AttemptRow | None:
    """The attempt whose own call id this is, which so far was taken for a further leg's.

    Of a call that is joined with somebody each employee's part may be told under the one call id, and
    theirs may be told first.
    """
    attempt = None if heard.attempt_id is None else attempts.get(change.connection, heard.attempt_id)
    if attempt is None or attempt.callid is not None:
        return None
    return attempt if event.ext == change.policy(attempt.campaign_id).from_ext else None


def _may_have_legs(attempt: AttemptRow, row: InboxRow) -> bool:
    """Whether it is up, or has just ended: an employee may call the same person by themselves later."""
    if attempt.state in OPEN_ATTEMPTS:
        return True
    ended_at = attempt.ended_at
    return (
        attempt.state is AttemptState.DONE
        and ended_at is not None
        and row.received_at - ended_at <= LEGS_TOLD
    )


def _joins_with(policy: Policy, ext: str) -> bool:
    """Whether a call of that extension may be one more leg of a call that is joined with somebody."""
    if policy.call.connect is None:
        return False
    if ext in (policy.from_ext, policy.call.connect):
        return True
    agents = policy.agents
    return agents is None or agents.exts is None or ext in agents.exts


def _of_attempt(
    change: Change, attempt: AttemptRow, *, row: InboxRow, event: CallEvent, leg: HeardRow | None = None
) -> str:
    """`leg` is what was heard of the call while its id was taken for a further leg's."""
    news = _told(event)
    if leg is not None:
        heard_calls.forget(change.connection, leg.id)
        duration = None if leg.duration is None else timedelta(seconds=leg.duration)
        news = Evidence(
            status=joined_status(news.status, leg.status), duration=joined_duration(news.duration, duration)
        )
    columns = _further_columns(change, attempt, row=row, event=event)
    calls.evidence(change, attempt, news=news, keys=event.keys, at=row.received_at, finished=False, **columns)
    if attempt.callid is None:
        _take_up(change, attempt, row.account_id, event.callid)
    return APPLIED


def _told(event: CallEvent) -> Evidence:
    if event.event not in OVER:
        return Evidence()
    duration = None if event.duration is None else timedelta(seconds=event.duration)
    return Evidence(status=event.status, duration=duration)


def _take_up(change: Change, attempt: AttemptRow, account_id: AccountId, callid: str) -> None:
    """Take in what came before anybody knew that this call id is the attempt's: recordings, other events."""
    recordings.adopt(change, account_id, callid)
    since = attempt.claimed_at - EARLY
    for row in inbox.passed_over(change.connection, account_id, callid=callid, since=since):
        event = read_webhook(row.body)
        assert isinstance(event, CallEvent)
        inbox.settle(change.connection, row.id, verdict=apply_event(change, row, event), now=change.now)


def _further_columns(
    change: Change, attempt: AttemptRow, *, row: InboxRow, event: CallEvent
) -> dict[str, Any]:
    """What an event tells of the call beside how it ended; what is known stands."""
    columns: dict[str, Any] = {}
    if attempt.callid is None:
        columns["callid"] = event.callid
    if attempt.event_heard_at is None:
        columns["event_heard_at"] = row.received_at
    if event.event == "ACCEPTED" and attempt.answered_at is None:
        columns["answered_at"] = min(filter(None, (row.received_at, attempt.ended_at)))
    policy = change.policy(attempt.campaign_id)
    if _tells_agent(policy, event):
        agent = joined_agent(attempt.agent, event.ext, connect=policy.call.connect)
        if agent != attempt.agent:
            columns["agent"] = agent
    recording = with_recording(attempt.recording, event.recording)
    if recording != attempt.recording:
        columns["recording"] = recording
    if event.utm:
        columns["utm"] = joined_marks(attempt.utm, event.utm)
    return columns


def _tells_agent(policy: Policy, event: CallEvent) -> bool:
    """Whether the event names whom the person was joined with, not for whom the campaign calls."""
    talked = event.event == "ACCEPTED" or (event.event in OVER and event.status in (None, "Success"))
    return bool(policy.call.connect and event.ext and event.ext != policy.from_ext and talked)


def _may_still_tell(attempt: AttemptRow, row: InboxRow) -> bool:
    """Whether an event without a known call id can be about this attempt."""
    match attempt.state:
        case AttemptState.REJECTED:
            return False
        case AttemptState.DONE:
            return attempt.ended_at is not None and row.received_at - attempt.ended_at <= AFTERWARDS
        case AttemptState.UNPLACED if not attempt.may_have_left:
            return False
        case AttemptState.UNKNOWN | AttemptState.UNPLACED:
            return attempt.ended_at is not None and row.received_at - attempt.ended_at <= STILL_WANTED
        case _:
            return True


def _called_us(change: Change, row: InboxRow, event: CallEvent, *, phone: str) -> str:
    """Somebody calls us; kept where the number stands in a campaign. By itself it ends no calling."""
    if not heard_calls.is_in_a_campaign(change.connection, row.account_id, phone):
        return IGNORED
    _write(change, row, event, phone=phone, attempt=None)
    recordings.adopt(change, row.account_id, event.callid)
    return APPLIED


def _write(change: Change, row: InboxRow, event: CallEvent, *, phone: str, attempt: AttemptRow | None) -> int:
    return heard_calls.add(
        change.connection,
        account_id=row.account_id,
        callid=event.callid,
        direction=event.direction,
        phone=phone,
        attempt_id=None if attempt is None else attempt.id,
        heard_at=row.received_at,
        **told_of({}, event, at=row.received_at),
    )


def _of_heard(change: Change, heard: HeardRow, *, row: InboxRow, event: CallEvent) -> str:
    known = heard._asdict()
    columns = told_of(known, event, at=row.received_at)
    heard_calls.save(change.connection, heard.id, **columns)
    attempt = None if heard.attempt_id is None else attempts.get(change.connection, heard.attempt_id)
    if attempt is None:
        return APPLIED
    return _of_leg(change, attempt, heard.id, row=row, event=event)


def _of_leg(change: Change, attempt: AttemptRow, heard_id: int, *, row: InboxRow, event: CallEvent) -> str:
    """A further leg tells whom the person was joined with, and keys; never how the call to them ended."""
    columns = _further_columns(change, attempt, row=row, event=event)
    columns.pop("callid", None)
    calls.evidence(
        change, attempt, news=Evidence(), keys=event.keys, at=row.received_at, finished=False, **columns
    )
    _take_up(change, attempt, row.account_id, event.callid)
    return APPLIED


def told_of(known: Mapping[str, Any], event: CallEvent, *, at: datetime) -> dict[str, Any]:
    """The columns of a heard call once this event is known too, in whatever order they come."""
    columns = {name: known.get(name) for name in ("ext", "status", "answered_at", "ended_at", "duration")}
    if event.event in OVER:
        columns["ended_at"] = columns["ended_at"] or at
        columns["status"] = joined_status(columns["status"], event.status)
        columns["duration"] = max(filter(None, (columns["duration"], event.duration)), default=None)
    columns["ext"] = _ext_of(columns, event)
    if event.event == "ACCEPTED":
        columns["answered_at"] = columns["answered_at"] or min(filter(None, (at, columns["ended_at"])))
    columns["recording"] = with_recording(known.get("recording"), event.recording)
    if event.utm:
        columns["utm"] = joined_marks(known.get("utm"), event.utm)
    return columns


def _ext_of(known: Mapping[str, Any], event: CallEvent) -> str | None:
    """Who answered; while nobody has, who was rung."""
    ext: str | None = known["ext"]
    if event.event == "CALL_COMPLETED":
        return ext  # with it comes the number that was called
    answered = known["answered_at"] is not None
    if event.event == "ACCEPTED":
        return joined_ext(ext if answered else None, event.ext) or ext
    return ext if answered and ext else joined_ext(ext, event.ext)
