"""Why it is (not) being called now: one sentence for a campaign and one for a recipient.

Pure: facts in, a sentence out. Moments are told in the campaign's zone, with its name.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import assert_never
from zoneinfo import ZoneInfo

from campaigns.rules.agent_reasons import dials_slower, waits_for_agents, waits_for_its_agent
from campaigns.rules.agents import CrewFacts
from campaigns.rules.vocabulary import AttemptState, CallResult, CampaignState, Outcome, RecipientState


class Waiting(StrEnum):
    """Why a queued recipient is not due now; the engine keeps the word in `recipient.wait_reason`."""

    RETRY = "retry"  # the pause of a retry rule
    HOURS = "hours"  # outside calling hours
    NUMBER_BUSY = "number_busy"  # another call to the number is open
    MIN_GAP = "min_gap"  # the number was called a short while ago
    UNPLACED = "unplaced"  # LiraX did not take the last call; it will be tried again
    NOT_BEFORE = "not_before"  # whoever triggered the call asked for a later moment
    CAP = "cap"  # the number has been called as often as its contact caps allow
    CONSENT = "consent"  # the campaign's profile asks for consent, and none is on record


@dataclass(frozen=True)
class CampaignFacts:
    """What must be known of a campaign to say why it waits. `hold` is the account's own sentence."""

    state: CampaignState
    zone: str
    recipients: int
    queued: int = 0
    in_flight: int = 0
    start_at: datetime | None = None
    end_at: datetime | None = None
    finished_at: datetime | None = None
    hold: str | None = None
    opens_at: datetime | None = None  # when calling hours next begin; None while they are open or unknown
    next_due: datetime | None = None  # earliest due time in the queue
    next_waits_for: Waiting | None = None
    open_sms: int = 0
    open_effects: int = 0
    modem_trouble: str | None = None  # `modem 380671234567: …`, while its SMS cannot leave
    lines: int = 0
    free_lines: int = 0
    open: bool = False
    crew: CrewFacts | None = None  # None where calls wait for nobody to be free


@dataclass(frozen=True)
class RecipientFacts:
    """What must be known of a recipient. `ahead` is how many come before it, None when not counted."""

    state: RecipientState
    outcome: str | None = None
    calls: int = 0
    last_result: CallResult | None = None
    due_at: datetime | None = None
    waits_for: Waiting | None = None
    ahead: int | None = None
    zone: str | None = None  # the recipient's own, where that counts
    attempt: AttemptState | None = None  # of the open call
    looked_at: datetime | None = None  # when an unclear call is looked at again
    sought: bool = False  # call history was asked for the open call
    detail: str | None = None  # what the last call said of itself


def reason_of_campaign(facts: CampaignFacts, *, now: datetime) -> str | None:
    """Why the campaign waits, pauses or has ended; None while it is plainly dialling."""
    match facts.state:
        case CampaignState.DRAFT:
            return _draft(facts)
        case CampaignState.SCHEDULED:
            return _scheduled(facts, now=now)
        case CampaignState.RUNNING:
            return _running(facts, now=now)
        case CampaignState.PAUSING:
            return f"Pausing: {_calls(facts.in_flight)} still open; no new call is placed."
        case CampaignState.PAUSED:
            return "Paused; resume it to go on calling."
        case CampaignState.FINISHED:
            return f"Finished{_on(facts, now=now)}: nobody is left to call."
        case CampaignState.CANCELLED:
            return f"Cancelled{_on(facts, now=now)}; nobody else is called."
        case _:
            assert_never(facts.state)


def reason_of_recipient(recipient: RecipientFacts, *, campaign: CampaignFacts, now: datetime) -> str:
    """Why this person is not being called right now, that the call is under way, or why calling ended."""
    match recipient.state:
        case RecipientState.PENDING | RecipientState.WAITING:
            return _queued(recipient, campaign=campaign, now=now)
        case RecipientState.CALLING:
            return _calling(recipient, campaign=campaign, now=now)
        case RecipientState.DONE:
            return _done(recipient)
        case RecipientState.EXHAUSTED:
            return _exhausted(recipient)
        case RecipientState.SUPPRESSED:
            return "The number is on the do-not-call list."
        case RecipientState.INVALID:
            return recipient.detail or "LiraX refused the number."
        case RecipientState.CANCELLED:
            return "Cancelled; it is not called any more."
        case RecipientState.EXPIRED:
            return "No permitted moment was left before the end."
        case _:
            assert_never(recipient.state)


def hold_of_account(name: str, *, closed: bool, held: str | None) -> str | None:
    """Why nothing goes out through the account, or None; `held` is the sentence of what holds it."""
    if closed:
        return f"The LiraX account {name} is closed: nobody is called through it until it is reopened."
    return held


def local_moment(moment: datetime, *, zone: str, now: datetime) -> str:
    """`14:30 (Europe/Kyiv)` today, else `Tue 1 Dec 09:00 (Europe/Kyiv)`, with the year in another year."""
    local = moment.astimezone(ZoneInfo(zone))
    today = now.astimezone(ZoneInfo(zone)).date()
    time = f"{local:%H:%M}"
    if local.date() != today:
        year = f" {local.year}" if local.year != today.year else ""
        time = f"{local:%a} {local.day} {local:%b}{year} {time}"
    return f"{time} ({zone})"


def _draft(facts: CampaignFacts) -> str:
    if facts.recipients == 0:
        return "Not started yet, and it has no recipients."
    return f"Not started yet; {_people(facts.recipients)} on its list."


def _scheduled(facts: CampaignFacts, *, now: datetime) -> str:
    if facts.start_at is None:
        return "Starts in a moment."
    return f"Starts at {local_moment(facts.start_at, zone=facts.zone, now=now)}."


def _running(facts: CampaignFacts, *, now: datetime) -> str | None:
    if facts.hold is not None:
        return facts.hold
    if facts.queued == 0:
        return _nobody_left(facts)
    if facts.opens_at is not None and facts.opens_at > now:
        return f"Outside calling hours until {local_moment(facts.opens_at, zone=facts.zone, now=now)}."
    if facts.next_due is not None and facts.next_due > now:
        return _waits_until(facts, due=facts.next_due, now=now)
    if facts.lines == 0:
        return "The account has no line to call on; raise DZVIN_LINES."
    if facts.free_lines == 0 and facts.in_flight == 0:
        return f"All {facts.lines} lines of the account are busy; the next free one is taken."
    return None if facts.crew is None else waits_for_agents(facts.crew) or dials_slower(facts.crew)


def _nobody_left(facts: CampaignFacts) -> str | None:
    if facts.in_flight > 0:
        return None
    if facts.recipients == 0:
        return "It has no recipients yet; add a list or trigger a call."
    if facts.open_sms > 0:
        told = f"Everybody has been called; {_counted(facts.open_sms, 'SMS', 'SMS')} still to be sent"
        return f"{told}: {facts.modem_trouble}" if facts.modem_trouble else f"{told}."
    if facts.open_effects > 0:
        return (
            f"Everybody has been called; {_counted(facts.open_effects, 'order', 'orders')} still to be done."
        )
    if facts.open:
        return "Nobody is left to call; it stays open for new calls."
    return "Everybody has been called; it is about to finish."


def _waits_until(facts: CampaignFacts, *, due: datetime, now: datetime) -> str:
    moment = local_moment(due, zone=facts.zone, now=now)
    match facts.next_waits_for:
        case Waiting.HOURS | None:  # nothing was noted of a first call: only the hours may hold it
            return f"Outside calling hours until {moment}."
        case Waiting.RETRY:
            return f"Waiting to call {_people(facts.queued)} again; the next call is due at {moment}."
        case Waiting.NUMBER_BUSY:
            return f"The next number has another open call; looked at again at {moment}."
        case Waiting.MIN_GAP:
            return f"The next number was called a short while ago; it is due at {moment}."
        case Waiting.UNPLACED:
            return f"LiraX did not take the last calls; the next try is at {moment}."
        case Waiting.NOT_BEFORE:
            return f"The next call was asked for not before {moment}."
        case Waiting.CAP:
            return f"The next number was called as often as the caps allow; it is due at {moment}."
        case Waiting.CONSENT:
            return f"Waiting for consent: nobody else may be called. Looked at again at {moment}."
        case _:
            assert_never(facts.next_waits_for)


def _on(facts: CampaignFacts, *, now: datetime) -> str:
    if facts.finished_at is None:
        return ""
    return f" at {local_moment(facts.finished_at, zone=facts.zone, now=now)}"


def _queued(recipient: RecipientFacts, *, campaign: CampaignFacts, now: datetime) -> str:
    if campaign.state is not CampaignState.RUNNING:
        return _not_running(campaign, now=now)
    if campaign.hold is not None:
        return campaign.hold
    if recipient.due_at is None:
        return "It is not known yet when this call may be placed."
    if recipient.due_at > now:
        return _due_later(recipient, due=recipient.due_at, zone=recipient.zone or campaign.zone, now=now)
    return _due_now(recipient, campaign=campaign, now=now)


def _not_running(campaign: CampaignFacts, *, now: datetime) -> str:
    match campaign.state:
        case CampaignState.DRAFT:
            return "The campaign is not started."
        case CampaignState.SCHEDULED:
            return f"The campaign has not begun. {_scheduled(campaign, now=now)}"
        case CampaignState.PAUSING | CampaignState.PAUSED:
            return "The campaign is paused."
        case CampaignState.FINISHED | CampaignState.CANCELLED | CampaignState.RUNNING:
            return f"The campaign is {campaign.state}."
        case _:
            assert_never(campaign.state)


def _due_later(recipient: RecipientFacts, *, due: datetime, zone: str, now: datetime) -> str:
    moment = local_moment(due, zone=zone, now=now)
    match recipient.waits_for:
        case Waiting.RETRY:
            return f"To be called again after {_heard(recipient.last_result)}, not before {moment}."
        case Waiting.HOURS | None:
            return f"Outside calling hours until {moment}."
        case Waiting.NUMBER_BUSY:
            return f"Another call to this number is open; looked at again at {moment}."
        case Waiting.MIN_GAP:
            return f"This number was called a short while ago; not again before {moment}."
        case Waiting.UNPLACED:
            return f"LiraX did not take the last call; the next try is at {moment}."
        case Waiting.NOT_BEFORE:
            return f"The call was asked for not before {moment}."
        case Waiting.CAP:
            return f"This number was called as often as the caps allow; not again before {moment}."
        case Waiting.CONSENT:
            return "No consent of this person is on record; not called before it is."
        case _:
            assert_never(recipient.waits_for)


def _due_now(recipient: RecipientFacts, *, campaign: CampaignFacts, now: datetime) -> str:
    if recipient.waits_for is Waiting.NUMBER_BUSY:
        return "Another call to this number is open; this one waits for its end."
    if campaign.opens_at is not None and campaign.opens_at > now:
        return f"Outside calling hours until {local_moment(campaign.opens_at, zone=campaign.zone, now=now)}."
    agents = None if campaign.crew is None else waits_for_its_agent(campaign.crew)
    if agents is not None:
        return agents
    if recipient.ahead:
        return (
            f"Waiting for a free line; its turn comes after {_counted(recipient.ahead, 'other', 'others')}."
        )
    if campaign.free_lines:
        return "It is due, and called as soon as the pace of the campaign allows."
    return "Waiting for a free line."


def _calling(recipient: RecipientFacts, *, campaign: CampaignFacts, now: datetime) -> str:
    unclear = recipient.attempt is AttemptState.AMBIGUOUS
    if not unclear and not recipient.sought:
        return "It is being called now."
    open_question = (
        "It is not clear whether LiraX took the call" if unclear else "LiraX did not tell how the call ended"
    )
    if recipient.looked_at is None:
        return f"{open_question}; it is not repeated before that is known."
    moment = local_moment(recipient.looked_at, zone=campaign.zone, now=now)
    if recipient.sought:
        return f"{open_question}; call history is asked again and again, until {moment}."
    return f"{open_question}; it is looked at again at {moment}."


def _done(recipient: RecipientFacts) -> str:
    match recipient.outcome:
        case Outcome.LISTENED:
            return "Done: the message was listened to."
        case Outcome.ANSWERED:
            return "Done: the call was answered."
        case Outcome.OPTED_OUT:
            return "Done: the person asked not to be called again."
        case Outcome.UNKNOWN:
            return "Done: nobody can tell whether the last call rang, so it is not repeated."
        case None:
            return "Done."
        case named:
            return f"Done with the outcome “{named}”."


def _exhausted(recipient: RecipientFacts) -> str:
    made = _counted(recipient.calls, "call", "calls")
    return f"No further call is allowed after {made}; the last one ended as {_heard(recipient.last_result)}."


def _heard(result: CallResult | None) -> str:
    return "an earlier call" if result is None else result.value.replace("_", " ")


def _calls(number: int) -> str:
    return f"{number} call is" if number == 1 else f"{number} calls are"


def _people(number: int) -> str:
    return _counted(number, "person", "people")


def _counted(number: int, one: str, many: str) -> str:
    return f"{number:,} {one if number == 1 else many}"
