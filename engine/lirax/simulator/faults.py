"""What may go wrong between us and the engine: set by a test, for some requests or webhooks, some times."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from enum import StrEnum
from typing import Any

from engine.lirax.simulator.chance import fraction


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
    ANSWER_AFTER_WEBHOOK = (
        "answer_after_webhook"  # DONE; the answer waits for the finished webhook of the call
    )


DOING = frozenset(RequestFault) - {
    RequestFault.LOST_REQUEST,
    RequestFault.LATE_REQUEST,
    RequestFault.CLOSED_AFTER_READING,
    RequestFault.ERROR,
}
"""Faults of requests that have their effect at once."""


class WebhookFault(StrEnum):
    DUPLICATED = "duplicated"  # comes again `seconds` later
    DELAYED = "delayed"  # comes `seconds` later
    DROPPED = "dropped"  # never comes
    WRONG_TOKEN = "wrong_token"  # comes with a key that is not ours  # noqa: S105


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

    @property
    def commands(self) -> str:
        return self.command or ("make2Calls" if isinstance(self.kind, RequestFault) else "*")


class Faults:
    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._asked = 0
        self._waiting: list[Fault] = []

    def inject(self, fault: Fault) -> None:
        self._waiting.append(fault)

    def clear(self) -> None:
        self._waiting.clear()

    def of_request(self, command: str, *, phone: str | None) -> Fault | None:
        return self._take(RequestFault, command=command, phone=phone)

    def of_webhook(self, command: str, *, phone: str | None) -> Fault | None:
        return self._take(WebhookFault, command=command, phone=phone)

    def _take(self, kinds: type[StrEnum], *, command: str, phone: str | None) -> Fault | None:
        for place, fault in enumerate(self._waiting):
            if (
                isinstance(fault.kind, kinds)
                and _concerns(fault, command=command, phone=phone)
                and self._falls(fault)
            ):
                self._use(place)
                return fault
        return None

    def _falls(self, fault: Fault) -> bool:
        self._asked += 1
        return fault.chance >= 1 or fraction(self._seed, "fault", self._asked) < fault.chance

    def _use(self, place: int) -> None:
        fault = self._waiting[place]
        if fault.times is None:
            return
        if fault.times > 1:
            self._waiting[place] = replace(fault, times=fault.times - 1)
        else:
            del self._waiting[place]


def _concerns(fault: Fault, *, command: str, phone: str | None) -> bool:
    return fault.commands in ("*", command) and fault.phone in (None, phone)


def read_fault(values: Mapping[str, Any]) -> Fault:
    """A fault from JSON. Raises ValueError with a sentence."""
    known = {field.name for field in fields(Fault)}
    for name in values:
        if name not in known:
            raise ValueError(f"a fault has no {name!r}; known are {', '.join(sorted(known))}")
    return Fault(**{**values, "kind": _read_kind(str(values.get("kind")))})


def _read_kind(word: str) -> RequestFault | WebhookFault:
    if word in set(RequestFault):
        return RequestFault(word)
    if word in set(WebhookFault):
        return WebhookFault(word)
    known = ", ".join([*RequestFault, *WebhookFault])
    raise ValueError(f"there is no fault {word!r}; known are {known}")
