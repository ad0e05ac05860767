"""`dzvin doctor --live`: one real call through the running server, watched for as long as it tells more."""

import asyncio
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from engine.clock import SystemClock
from engine.database.address import sqlite_path
from engine.errors import CannotDo, Conflict, NotFound
from engine.lirax.capabilities import Capabilities, OutsideHours
from engine.settings import Settings
from web.cli.doctor.findings import Finding, broken, fine, look
from web.cli.doctor.ordering import LiveOrder
from web.cli.doctor.remembered import examine_live
from web.cli.door import Door, open_door
from web.cli.holding import serving_holder
from web.cli.talking import tell

PATH = "/local/live-calls"
LOOK_SECONDS = 0.5
LOOKS_AFTERWARDS = 3  # that show nothing new: events may come after the result, and after the end
SPARE_SECONDS = 60.0
UNDER_WAY = ("pending", "waiting", "calling")
NO_SERVER = "a live call needs the server, so that what LiraX reports is heard: start `dzvin serve` first"


@dataclass(frozen=True)
class LiveResult:
    call: dict[str, Any]
    shown: Capabilities
    findings: list[Finding]


async def call_live(settings: Settings, order: LiveOrder) -> LiveResult:
    """Raises CannotDo where no server runs, or the call was never placed; WrongInput."""
    if sqlite_path(settings.database_url) is not None and serving_holder(settings) is None:
        raise CannotDo(NO_SERVER)
    async with open_door(settings) as door:
        caller = _Caller(door, settings, order)
        result = await caller.call()
        return await caller.call_outside(result) if order.outside_hours else result


class _Caller:
    def __init__(self, door: Door, settings: Settings, order: LiveOrder) -> None:
        self._door = door
        self._settings = settings
        self._order = order
        self._clock = SystemClock()

    async def call(self) -> LiveResult:
        begun = await self._begin(outside_hours=False)
        call = await self._watched(begun["id"], self._longest())
        _check_placed(call)
        shown, history = await self._concluded(begun["id"])
        findings = [_of_call(call), *examine_live(shown)]
        if history is not None:
            findings.append(look("history", f"the call was looked for in vain: {history}"))
        return LiveResult(call, shown, findings)

    async def call_outside(self, before: LiveResult) -> LiveResult:
        begun = await self._begin(outside_hours=True)
        first, last = begun["hours"]
        tell(
            f"LiraX is given the hours {first} to {last}, closed now; if it keeps the request, it rings then"
        )
        await self._watched(begun["id"], self._longest(), placed=self._order.patience.total_seconds())
        shown = _capabilities(await self._door.post(f"{PATH}/{begun['id']}/conclude"))
        findings = [*before.findings[:1], *examine_live(shown)]
        if shown.outside_hours is OutsideHours.WAITS:
            says = f"LiraX may still ring {begun['phone']} when its hours begin, at {first}:00"
            findings.append(look("outside", says))
        return LiveResult(before.call, shown, findings)

    async def _begin(self, *, outside_hours: bool) -> dict[str, Any]:
        begun: dict[str, Any] = await self._door.post(PATH, self._order.body(outside_hours=outside_hours))
        tell(f"calling {begun['phone']} for extension {begun['from']}; it is campaign {begun['campaign']}")
        return begun

    def _longest(self) -> float:
        """Until the call must be over: the number may have to rest first, then it may ring and talk."""
        settings = self._settings
        longest = settings.min_gap + settings.lirax_timeout + settings.max_call
        return longest.total_seconds() + SPARE_SECONDS

    async def _watched(self, id: int, longest: float, *, placed: float | None = None) -> dict[str, Any]:
        """The call once it is over, or as it is `longest` seconds from now, or `placed` after its request."""
        try:
            return await self._watch(id, self._clock.elapsed() + longest, placed=placed)
        except asyncio.CancelledError:
            with suppress(Conflict, NotFound, CannotDo):  # what rings already goes on
                await self._door.delete(f"/api/v1/calls/{id}")
            raise

    async def _watch(self, id: int, given_up_at: float, *, placed: float | None) -> dict[str, Any]:
        told, reason = 0, ""
        while True:
            call: dict[str, Any] = await self._door.get(f"{PATH}/{id}")
            for heard in call["heard"][told:]:
                tell(f"{heard['after']:6.1f} s  {heard['what']}")
            told = len(call["heard"])
            if call["attempt"] is None and call["reason"] != reason:
                reason = call["reason"]
                tell(reason)
            if call["attempt"] == "placed" and placed is not None:
                given_up_at, placed = self._clock.elapsed() + placed, None
            if call["state"] not in UNDER_WAY or self._clock.elapsed() >= given_up_at:
                return call
            await asyncio.sleep(LOOK_SECONDS)

    async def _concluded(self, id: int) -> tuple[Capabilities, str | None]:
        """With what comes after the result: events, and the row in history."""
        given_up_at = self._clock.elapsed() + self._order.patience.total_seconds()
        known: tuple[str, ...] | None = None
        quiet = 0
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            said = await self._door.post(f"{PATH}/{id}/conclude")
            shown = _capabilities(said)
            quiet = quiet + 1 if shown.event_names == known else 1
            known = shown.event_names
            found = said["history"] is None and quiet >= LOOKS_AFTERWARDS and _has_ended(shown)
            if found or self._clock.elapsed() >= given_up_at:
                return shown, said["history"]


def _capabilities(said: dict[str, Any]) -> Capabilities:
    return Capabilities.read(said["capabilities"])


def _has_ended(shown: Capabilities) -> bool:
    """Whether an event told the end; where results come at the answer, people go on talking."""
    return not shown.events_for_make2calls or any("COMPLETED" in name for name in shown.event_names)


def _check_placed(call: dict[str, Any]) -> None:
    if call["attempt"] in (None, "unplaced", "rejected", "placing"):
        raise CannotDo(f"the call was not placed: {call['reason']}")


def _of_call(call: dict[str, Any]) -> Finding:
    if call["state"] in UNDER_WAY or call["result"] in (None, "unknown"):
        return broken("call", f"LiraX took the call to {call['phone']}, and never told how it ended")
    return fine("call", f"{call['phone']}: {call['result']}")
