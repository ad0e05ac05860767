"""Faults that wait for their requests and webhooks: set by a test or on the page, used up as they strike."""

from dataclasses import replace
from enum import StrEnum

from engine.lirax.simulator.chance import fraction
from engine.lirax.simulator.faults import Fault, RequestFault, WebhookFault


class Faults:
    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._asked = 0
        self._waiting: list[Fault] = []

    def inject(self, fault: Fault) -> None:
        self._waiting.append(fault)

    def clear(self) -> None:
        self._waiting.clear()

    def waiting(self) -> list[Fault]:
        return list(self._waiting)

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
