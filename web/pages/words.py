"""The words of the contract as pages show them: each with what it means, and a tone that colours it.

A tone never stands alone: the word is always written beside it.
"""

from enum import StrEnum
from typing import NamedTuple

from campaigns.rules.vocabulary import (
    AttemptState,
    CallResult,
    CampaignState,
    EffectState,
    Outcome,
    RecipientState,
)


class Tone(StrEnum):
    GOOD = "good"
    LIVE = "live"
    WAIT = "wait"
    BAD = "bad"
    QUIET = "quiet"


class Word(NamedTuple):
    tone: Tone
    meaning: str


CAMPAIGN: dict[str, Word] = {
    CampaignState.DRAFT: Word(Tone.QUIET, "written down, not started"),
    CampaignState.SCHEDULED: Word(Tone.WAIT, "started; its first day has not come yet"),
    CampaignState.RUNNING: Word(Tone.LIVE, "calls whenever it may"),
    CampaignState.PAUSING: Word(Tone.WAIT, "no new call; open calls are still ending"),
    CampaignState.PAUSED: Word(Tone.WAIT, "no new call until it is resumed"),
    CampaignState.FINISHED: Word(Tone.GOOD, "nobody is left to call"),
    CampaignState.CANCELLED: Word(Tone.QUIET, "called off"),
}

RECIPIENT: dict[str, Word] = {
    RecipientState.PENDING: Word(Tone.QUIET, "not called yet"),
    RecipientState.WAITING: Word(Tone.WAIT, "to be called again"),
    RecipientState.CALLING: Word(Tone.LIVE, "a call is open now"),
    RecipientState.DONE: Word(Tone.GOOD, "reached, or a rule ended the calling"),
    RecipientState.EXHAUSTED: Word(Tone.BAD, "no further call is allowed"),
    RecipientState.SUPPRESSED: Word(Tone.QUIET, "on the do-not-call list"),
    RecipientState.INVALID: Word(Tone.BAD, "LiraX refused the number"),
    RecipientState.CANCELLED: Word(Tone.QUIET, "called off"),
    RecipientState.EXPIRED: Word(Tone.BAD, "no permitted moment was left"),
}

RESULT: dict[str, Word] = {
    CallResult.ANSWERED_FULL: Word(Tone.GOOD, "listened long enough"),
    CallResult.ANSWERED_SHORT: Word(Tone.WAIT, "picked up, listened less"),
    CallResult.BUSY: Word(Tone.WAIT, "the line was busy"),
    CallResult.UNREACHABLE: Word(Tone.WAIT, "the phone was off or out of reach"),
    CallResult.NOT_ALLOWED: Word(Tone.BAD, "the exchange may not call there"),
    CallResult.NO_ANSWER: Word(Tone.WAIT, "nobody picked up; LiraX gives no closer reason"),
    CallResult.REJECTED: Word(Tone.BAD, "LiraX refused the request"),
    CallResult.UNPLACED: Word(Tone.QUIET, "proved never to have rung; it costs no call"),
    CallResult.UNKNOWN: Word(Tone.BAD, "nobody can tell whether it rang"),
}

OPEN_CALL: dict[str, Word] = {
    AttemptState.PLACING: Word(Tone.LIVE, "the request is on its way to LiraX"),
    AttemptState.PLACED: Word(Tone.LIVE, "LiraX took the call; its result is awaited"),
    AttemptState.AMBIGUOUS: Word(
        Tone.WAIT, "not clear whether it rings; it is not repeated before that is known"
    ),
}

OUTCOME: dict[str, Word] = {
    Outcome.LISTENED: Word(Tone.GOOD, "listened to the message"),
    Outcome.ANSWERED: Word(Tone.GOOD, "picked up, never listened long enough"),
    Outcome.UNREACHED: Word(Tone.BAD, "nobody picked up in any call"),
    Outcome.OPTED_OUT: Word(Tone.QUIET, "asked not to be called"),
    Outcome.INVALID: Word(Tone.BAD, "the number cannot be called"),
    Outcome.CANCELLED: Word(Tone.QUIET, "called off"),
    Outcome.EXPIRED: Word(Tone.BAD, "time ran out before a call"),
    Outcome.UNKNOWN: Word(Tone.BAD, "nobody can tell whether the last call rang"),
}

EFFECT: dict[str, Word] = {
    EffectState.QUEUED: Word(Tone.WAIT, "waits for its turn, or for LiraX"),
    EffectState.SENDING: Word(Tone.LIVE, "is on its way to LiraX"),
    EffectState.DONE: Word(Tone.GOOD, "LiraX has done it"),
    EffectState.FAILED: Word(Tone.BAD, "LiraX has certainly not done it"),
    EffectState.UNKNOWN: Word(Tone.BAD, "nobody can tell whether LiraX has done it"),
}

NAMED_BY_RULE = Word(Tone.GOOD, "named by a rule of this campaign")


def word_of_outcome(outcome: str) -> Word:
    return OUTCOME.get(outcome, NAMED_BY_RULE)


def word_of_call(state: str, result: str | None) -> tuple[str, Word]:
    """What to write for a call: its result, or where an open call stands."""
    if result is not None:
        return result, RESULT[result]
    return state, OPEN_CALL.get(state, Word(Tone.QUIET, "its result is not known"))


def spoken(word: str) -> str:
    """`answered_full` → `answered full`: the same word, without the underscore."""
    return word.replace("_", " ")
