"""When dialling stops by itself, and how carefully it goes on: of an account, and of one campaign.

An account stops when it cannot be told what becomes of its requests: each such one holds a line and a number.
A campaign stops when LiraX calls request after request invalid: that is the fault of what the campaign asks
for, not of the numbers. Source: reliability note, 2.2, B1, B3, B4.
"""

from collections.abc import Sequence
from datetime import timedelta
from enum import StrEnum
from typing import NamedTuple

from campaigns.rules.vocabulary import AttemptState

UNCLEAR_IN_A_ROW = 5
UNCLEAR_SHARE, UNCLEAR_LEAST = 0.2, 10  # more than that share of at least so many answers …
UNCLEAR_WITHIN = timedelta(minutes=2)  # … in that time
CAREFUL_CALLS = 3  # placed one at a time and clearly answered, before the lines are filled again
SHORTEST_PROBE, LONGEST_PROBE = timedelta(seconds=15), timedelta(minutes=5)
LONGEST_WAIT = timedelta(minutes=15)  # that LiraX may ask for
USUAL_WAIT = timedelta(seconds=30)  # after a 429 that does not say how long
REJECTS_IN_A_ROW = 20
FIRST_TRY, LAST_TRY = timedelta(minutes=1), timedelta(hours=1)  # between the tries of a campaign that is held


class Hold(StrEnum):
    """What stops an account. The dialling of a `careful` one goes on, one call at a time."""

    KEY_REFUSED = "key_refused"
    UNREACHABLE = "unreachable"
    NO_KEY = "no_key"
    UNCLEAR = "unclear"  # nobody can tell what became of its last requests
    BUSY = "busy"  # LiraX asked us to wait
    CLOCK = "clock"  # our own clock has just jumped
    CAREFUL = "careful"  # it answers again


class Said(NamedTuple):
    """One request for a call: when it was answered, in seconds that never jump; whether that was clear."""

    at: float
    clear: bool


class Doubt(NamedTuple):
    """So many of the last requests were unclear."""

    unclear: int
    of: int


def doubt(answers: Sequence[Said], *, now: float) -> Doubt | None:
    """Why the account's dialling must stop, or None. `answers` in the order they came."""
    tail = answers[-UNCLEAR_IN_A_ROW:]
    if len(tail) == UNCLEAR_IN_A_ROW and not any(said.clear for said in tail):
        return Doubt(UNCLEAR_IN_A_ROW, UNCLEAR_IN_A_ROW)
    recent = [said for said in answers if said.at > now - UNCLEAR_WITHIN.total_seconds()]
    unclear = sum(not said.clear for said in recent)
    if len(recent) >= UNCLEAR_LEAST and unclear > UNCLEAR_SHARE * len(recent):
        return Doubt(unclear, len(recent))
    return None


def pause_before_probe(failed: int) -> timedelta:
    """How long an account rests after `failed` breaks in a row: the first one 15 s, then twice as long."""
    return _growing(SHORTEST_PROBE, times=failed - 1, most=LONGEST_PROBE)


def wait_asked(asked: timedelta | None, *, status: int | None) -> timedelta | None:
    """How long LiraX wants us to wait, within reason; None where it did not ask."""
    if asked is not None and asked > timedelta(0):
        return min(asked, LONGEST_WAIT)
    return USUAL_WAIT if status == 429 else None


def rejects_in_a_row(states: Sequence[AttemptState]) -> int:
    """Requests at the head that LiraX called invalid; what never left or is on its way says nothing."""
    untold = (AttemptState.PLACING, AttemptState.UNPLACED)
    row = 0
    for state in states:
        if state is AttemptState.REJECTED:
            row += 1
        elif state not in untold:
            break
    return row


def pause_before_try(rejects: int) -> timedelta | None:
    """How long a campaign rests after so many rejects in a row; None while it need not rest."""
    if rejects < REJECTS_IN_A_ROW:
        return None
    return _growing(FIRST_TRY, times=rejects - REJECTS_IN_A_ROW, most=LAST_TRY)


def _growing(first: timedelta, *, times: int, most: timedelta) -> timedelta:
    doublings = min(max(times, 0), 16)
    return min(first * (1 << doublings), most)
