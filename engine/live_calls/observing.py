"""What the webhooks of one call show of a LiraX. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from campaigns.rules.vocabulary import AttemptState
from campaigns.store.attempts import AttemptRow
from engine.lirax.capabilities import Capabilities, FinishedAt, OutsideHours
from engine.lirax.spelling import bare_number
from engine.lirax.webhooks import CallEvent, CallFinished, Webhook

OVER = ("COMPLETED", "CALL_COMPLETED")
TELLING = timedelta(seconds=1)  # two moments nearer than that may have come in either order
AT_ONCE = timedelta(seconds=5)  # an end without a call comes that soon


@dataclass(frozen=True)
class Heard:
    at: datetime
    webhook: Webhook


@dataclass(frozen=True)
class Course:
    """One call with the webhooks that are about it, in the order they came."""

    attempt: AttemptRow
    placed_at: datetime
    events: tuple[tuple[datetime, CallEvent], ...]
    finished: tuple[datetime, CallFinished] | None

    def first(self, *names: str) -> datetime | None:
        return next((at for at, event in self.events if event.event in names), None)

    def since_request(self, moment: datetime | None) -> float | None:
        return None if moment is None else round((moment - self.placed_at).total_seconds(), 3)


def course_of(attempt: AttemptRow, heard: Sequence[Heard]) -> Course:
    events = [(each.at, each.webhook) for each in heard if isinstance(each.webhook, CallEvent)]
    finished = [(each.at, each.webhook) for each in heard if isinstance(each.webhook, CallFinished)]
    return Course(
        attempt,
        attempt.placed_at or attempt.claimed_at,
        tuple((at, event) for at, event in events if bare_number(event.phone) == attempt.phone),
        next(
            ((at, end) for at, end in finished if end.provider_id == attempt.provider_id),
            None,
        ),
    )


def shown_by(course: Course, *, from_ext: str) -> Capabilities:
    """Of a call that is over. What it could not show is None: nobody picked up, or nothing was heard."""
    events = [event for _, event in course.events]
    came = bool(events)
    return Capabilities(
        looked_at=course.placed_at,
        events_for_make2calls=came,
        event_types=tuple(dict.fromkeys(event.direction for event in events)),
        event_names=tuple(dict.fromkeys(event.event for event in events)),
        event_ext_is_from=any(event.ext == from_ext for event in events) if came else None,
        call_ids=len({event.callid for event in events}) if came else None,
        incoming_event=course.first("INCOMING") is not None if came else None,
        accepted_event=_accepted(course),
        rings_after_seconds=course.since_request(course.first("INCOMING")),
        first_event_seconds=course.since_request(course.events[0][0] if came else None),
        finished_seconds=course.since_request(course.finished[0] if course.finished else None),
        finished_at=_finished_at(course),
    )


def outside_shown_by(course: Course) -> OutsideHours | None:
    """What became of a request whose hours were closed; None where nobody can tell."""
    state = course.attempt.state
    if state is AttemptState.REJECTED:
        return OutsideHours.REJECTED
    if course.first("INCOMING", "ACCEPTED", *OVER) is not None:
        return OutsideHours.RINGS
    if course.finished is not None:
        at, finished = course.finished
        rang = finished.success or at - course.placed_at > AT_ONCE
        return OutsideHours.RINGS if rang else OutsideHours.FAILED
    return OutsideHours.WAITS if state is AttemptState.PLACED else None


def _accepted(course: Course) -> bool | None:
    if course.first("ACCEPTED") is not None:
        return True
    answered = course.finished is not None and course.finished[1].success
    return False if answered and course.events else None


def _finished_at(course: Course) -> FinishedAt | None:
    """Told by whether the result came before the event that ends the call."""
    if course.finished is None or not course.finished[1].success:
        return None
    ended, accepted = course.first(*OVER), course.first("ACCEPTED")
    if ended is None or (accepted is not None and ended - accepted <= TELLING):
        return None
    return FinishedAt.ANSWER if course.finished[0] < ended - TELLING else FinishedAt.HANGUP
