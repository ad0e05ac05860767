"""The words of Dzvin, one meaning each, the same in definition, database, API, pages and exports.

Source: the contract, section 5. A word that people see is the member's value.
"""

from enum import StrEnum
from typing import NewType

AccountId = NewType("AccountId", int)
CampaignId = NewType("CampaignId", int)
RecipientId = NewType("RecipientId", int)
AttemptId = NewType("AttemptId", int)
SmsId = NewType("SmsId", int)
EffectId = NewType("EffectId", int)
EmployeeCallId = NewType("EmployeeCallId", int)


class CampaignState(StrEnum):
    DRAFT = "draft"  # written down, not started
    SCHEDULED = "scheduled"  # started, its `start` has not come yet
    RUNNING = "running"  # may dial
    PAUSING = "pausing"  # no new call; open calls are still ending
    PAUSED = "paused"  # no new call, no open call
    FINISHED = "finished"  # everybody final, every effect settled
    CANCELLED = "cancelled"  # called off by a person


class RecipientState(StrEnum):
    PENDING = "pending"  # not called yet
    WAITING = "waiting"  # to be called again
    CALLING = "calling"  # an attempt is open
    DONE = "done"  # the goal was reached, or a rule ended the calling
    EXHAUSTED = "exhausted"  # the retry rules allow no further call
    SUPPRESSED = "suppressed"  # on the do-not-call list
    INVALID = "invalid"  # LiraX refused the number
    CANCELLED = "cancelled"  # called off
    EXPIRED = "expired"  # no permitted moment is left before the end


OPEN_STATES = frozenset({RecipientState.PENDING, RecipientState.WAITING, RecipientState.CALLING})
"""States from which a phone may still ring."""

QUEUED_STATES = frozenset({RecipientState.PENDING, RecipientState.WAITING})
"""States from which a call may be placed."""

FINAL_STATES = frozenset(RecipientState) - OPEN_STATES


class AttemptState(StrEnum):
    """The engine's own word for where one call stands (reliability note, 2.1)."""

    PLACING = "placing"  # intent committed; the request may be on its way
    AMBIGUOUS = "ambiguous"  # the request may or may not have been taken
    PLACED = "placed"  # LiraX took it; the result is awaited
    DONE = "done"  # has its result
    REJECTED = "rejected"  # LiraX said 400
    UNPLACED = "unplaced"  # proved never to have rung
    UNKNOWN = "unknown"  # nobody can tell


OPEN_ATTEMPTS = frozenset({AttemptState.PLACING, AttemptState.AMBIGUOUS, AttemptState.PLACED})
"""While an attempt is in one of these, nobody else calls its number."""


class CallResult(StrEnum):
    ANSWERED_FULL = "answered_full"  # listened at least `success_after`
    ANSWERED_SHORT = "answered_short"  # picked up, listened less
    BUSY = "busy"
    UNREACHABLE = "unreachable"  # subscriber not available
    NOT_ALLOWED = "not_allowed"  # direction forbidden by the exchange
    NO_ANSWER = "no_answer"
    REJECTED = "rejected"  # LiraX said 400
    UNPLACED = "unplaced"  # proved never to have rung; costs no attempt
    UNKNOWN = "unknown"  # nobody can tell


ANSWERED = frozenset({CallResult.ANSWERED_FULL, CallResult.ANSWERED_SHORT})


class Outcome(StrEnum):
    """Outcomes we name ourselves; a rule of a campaign may name any other."""

    LISTENED = "listened"  # some attempt was `answered_full`
    ANSWERED = "answered"  # picked up, never listened `success_after`
    UNREACHED = "unreached"
    OPTED_OUT = "opted_out"
    INVALID = "invalid"
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    UNKNOWN = "unknown"


class Goal(StrEnum):
    """What ends the calling of a person."""

    ANSWERED = "answered"
    LISTENED = "listened"
    KEY = "key"


class SmsState(StrEnum):
    QUEUED = "queued"
    SENDING = "sending"  # intent committed; the request may be on its way
    SENT = "sent"
    DELIVERED = "delivered"
    FAILED = "failed"
    EXPIRED = "expired"
    UNKNOWN = "unknown"  # may have been sent; never repeated by itself


OPEN_SMS = frozenset({SmsState.QUEUED, SmsState.SENDING})
"""A campaign is not finished while one of its messages is in one of these."""


class EffectKind(StrEnum):
    """What leaves beside calls and SMS, each once; those of one rule in this order."""

    CONTACT = "contact"  # first: LiraX keeps the others under a contact
    TASK = "task"
    NOTE = "note"
    DEAL = "deal"
    MESSAGE = "message"
    CAMPAIGN = "campaign"  # the person goes on in another campaign
    BLACKLIST = "blacklist"  # an errand of the account: the number goes on LiraX's own blacklist


ORDERED_EFFECTS = frozenset(EffectKind) - {EffectKind.BLACKLIST}
"""What a rule may order."""


class EffectState(StrEnum):
    QUEUED = "queued"
    SENDING = "sending"  # intent committed; the request may be on its way
    DONE = "done"
    FAILED = "failed"
    UNKNOWN = "unknown"  # LiraX may have done it; never repeated by itself


OPEN_EFFECTS = frozenset({EffectState.QUEUED, EffectState.SENDING})
"""A campaign is not finished while one of its effects is in one of these."""


class EmployeeCallState(StrEnum):
    """Where a call stands that a person ordered by hand."""

    PLACING = "placing"  # intent committed; the request may be on its way
    PLACED = "placed"  # LiraX took it
    ANSWERED = "answered"  # the person called has picked up
    ENDED = "ended"  # it is over, or was given up
    FAILED = "failed"  # certain: nobody's phone rang
    UNKNOWN = "unknown"  # nobody can tell; never repeated by itself


OPEN_EMPLOYEE_CALLS = frozenset(
    {EmployeeCallState.PLACING, EmployeeCallState.PLACED, EmployeeCallState.ANSWERED}
)
"""States that something still has to be heard in."""


class DirectoryKind(StrEnum):
    """What LiraX has, as it lists it."""

    USERS = "users"  # employees, each with an extension
    SHOPS = "shops"  # from which an employee's call may be made
    STAGES = "stages"  # of deals, in the order of the funnel
    STATUSES = "statuses"  # how an employee may stand


class Scope(StrEnum):
    """What an API key may do; each includes the ones before it."""

    READ = "read"
    TRIGGER = "trigger"
    ADMIN = "admin"


class Role(StrEnum):
    """What a person may do on the pages; each includes the ones before it."""

    VIEWER = "viewer"
    MARKETER = "marketer"
    ADMIN = "admin"
