"""What may go wrong between us and the engine: the kinds of faults, and how one is read from JSON."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Any

from engine.lirax.simulator.people import LONGEST_SECONDS


class RequestFault(StrEnum):
    """What happens to a request. DONE in the comment: the call is placed, although the engine cannot know."""

    LOST_ANSWER = "lost_answer"  # DONE; the answer never comes
    LOST_REQUEST = "lost_request"  # not done; no answer comes
    LATE_REQUEST = "late_request"  # DONE `seconds` later; no answer comes
    CLOSED_AFTER_DOING = "closed_after_doing"  # DONE; the connection is closed without an answer
    CLOSED_AFTER_READING = "closed_after_reading"  # not done; the connection is closed without an answer
    ERROR_AFTER_DOING = "error_after_doing"  # DONE; the answer is `code`
    ERROR = "error"  # not done; the answer is `code`: 500, 429, 400, 401 for a key no longer valid ...
    GARBAGE = "garbage"  # DONE; 200 with a page instead of the id
    SLOW_ANSWER = "slow_answer"  # DONE; the answer comes `seconds` later
    ANSWER_AFTER_WEBHOOK = "answer_after_webhook"  # DONE; it waits for the finished webhook of the call
    DRIP = "drip"  # DONE; the answer comes byte by byte, `seconds` apart
    FLOOD = "flood"  # DONE; 200 with 50 MB
    GZIP_BOMB = "gzip_bomb"  # DONE; 200 with 50 kB that unpack to 50 MB
    TRUNCATED = "truncated"  # DONE; half of the answer
    EMPTY = "empty"  # DONE; 200 without a body
    REDIRECTED = "redirected"  # not done; 302 to `body`, or to a login page
    REUSED_ID = "reused_id"  # DONE; with the id that the call before it was given


DOING = frozenset(RequestFault) - {
    RequestFault.LOST_REQUEST,
    RequestFault.LATE_REQUEST,
    RequestFault.CLOSED_AFTER_READING,
    RequestFault.ERROR,
    RequestFault.REDIRECTED,
}
"""Faults of requests that have their effect at once."""


class WebhookFault(StrEnum):
    DUPLICATED = "duplicated"  # comes again `seconds` later, `copies` times
    DELAYED = "delayed"  # comes `seconds` later
    DROPPED = "dropped"  # never comes
    WRONG_TOKEN = "wrong_token"  # comes with a key that is not ours  # noqa: S105
    CONTRADICTED = "contradicted"  # `seconds` later another comes that says the opposite of success
    STRANGER = "stranger"  # comes with an id or call id that nobody has
    GARBLED = "garbled"  # comes with bytes that are no UTF-8, and keys that are no JSON


@dataclass(frozen=True)
class Fault:
    """One fault waiting for its requests or webhooks.

    Fault(RequestFault.LOST_ANSWER)                                  the next make2Calls
    Fault(RequestFault.ERROR, code=401, command="*", times=None)     every command, until cleared
    Fault(WebhookFault.DROPPED, command="make2calls_finished")       the next of these
    Fault(WebhookFault.DELAYED, command="event", seconds=60, times=None, chance=0.3)
    """

    kind: RequestFault | WebhookFault
    command: str = ""  # `cmd`, or * for all; empty: make2Calls for a request, any for a webhook
    phone: str | None = None  # only what concerns this number
    times: int | None = 1  # None: until the faults are cleared
    chance: float = 1.0
    seconds: float = 1.0
    code: int = 500
    body: str = ""
    retry_after_seconds: int | None = None
    copies: int = 1

    @property
    def commands(self) -> str:
        return self.command or ("make2Calls" if isinstance(self.kind, RequestFault) else "*")


def read_fault(values: Mapping[str, Any]) -> Fault:
    """A fault from JSON. Raises ValueError with a sentence."""
    known = {field.name for field in fields(Fault)}
    for name in values:
        if name not in known:
            raise ValueError(f"a fault has no {name!r}; known are {', '.join(sorted(known))}")
        if name != "kind" and not _fits(name, values[name]):
            raise ValueError(f"{name} of a fault cannot be {values[name]!r}")
    return Fault(**{**values, "kind": _read_kind(str(values.get("kind")))})


def _fits(name: str, value: object) -> bool:
    if value is None:
        return name in ("times", "phone", "retry_after_seconds")
    if name in TEXTS:
        return isinstance(value, str)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    low, high = LIMITS[name]
    return low <= value <= high and (name in ("chance", "seconds") or isinstance(value, int))


def _read_kind(word: str) -> RequestFault | WebhookFault:
    if word in set(RequestFault):
        return RequestFault(word)
    if word in set(WebhookFault):
        return WebhookFault(word)
    known = ", ".join([*RequestFault, *WebhookFault])
    raise ValueError(f"there is no fault {word!r}; known are {known}")


TEXTS = frozenset({"command", "phone", "body"})
LIMITS: Mapping[str, tuple[float, float]] = {
    "times": (1, 1_000_000),
    "chance": (0, 1),
    "seconds": (0, LONGEST_SECONDS),
    "code": (200, 599),
    "retry_after_seconds": (0, LONGEST_SECONDS),
    "copies": (1, 100),
}
