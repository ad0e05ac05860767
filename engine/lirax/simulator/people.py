"""Who answers when, rings and talks how long, presses what: scripted by a test, else drawn from a seed."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from enum import StrEnum
from fnmatch import fnmatchcase
from typing import Any

from engine.lirax.simulator.chance import between, fraction, pick
from engine.lirax.simulator.ivr import KEYS


class Pickup(StrEnum):
    ANSWERS = "answers"
    NO_ANSWER = "no_answer"  # rings until the exchange gives up
    BUSY = "busy"  # does not ring
    UNAVAILABLE = "unavailable"  # does not ring: switched off, out of reach
    NOT_ALLOWED = "not_allowed"  # does not ring: the exchange may not call there
    BY_HAND = "by_hand"  # rings until somebody presses a button on the simulator's page


RINGING = frozenset({Pickup.ANSWERS, Pickup.NO_ANSWER, Pickup.BY_HAND})


@dataclass(frozen=True)
class Behaviour:
    """What a person does in one call, and with a text message. Seconds are simulated ones.

    Behaviour()                                     answers after 5 s, listens 20 s
    Behaviour(pickup=Pickup.BUSY, ring_seconds=1)   busy, known after 1 s
    Behaviour(keys="17", keys_after_seconds=8)      presses 1 and then 7, unless hung up before 8 s
    Behaviour(sms_reply="STOP")                     answers a text message
    BY_HAND                                         waits for the page; its seconds are real ones, ours
    """

    pickup: Pickup = Pickup.ANSWERS
    ring_seconds: float = 5  # until the phone is picked up, or until the exchange knows or gives up
    talk_seconds: float = 20  # how long this side stays; the call ends with whoever hangs up first
    patience_seconds: float = 25  # how long this person waits in a queue for somebody to answer
    keys: str = ""
    keys_after_seconds: float = 0
    events: bool = True  # False: LiraX says nothing of this call by `event`
    sms_delivered_seconds: float | None = 3  # None: never delivered, expired after an hour
    sms_reply: str | None = None
    sms_reply_seconds: float = 30


BY_HAND = Behaviour(pickup=Pickup.BY_HAND, ring_seconds=30, talk_seconds=120)
"""Somebody at the page: the exchange gives up, and hangs up, when a person surely would."""

STEADY = Behaviour(ring_seconds=1, talk_seconds=3600)
"""An employee, a queue or an IVR that a person is joined with: there at once, and does not hang up first."""

HABITS = (
    (Pickup.ANSWERS, 60),
    (Pickup.NO_ANSWER, 22),
    (Pickup.BUSY, 10),
    (Pickup.UNAVAILABLE, 8),
)
PRESSES = (("", 45), ("1", 28), ("2", 15), ("9", 7), ("5", 5))
FOREVER_FORBIDDEN = 0.02  # share of numbers that no exchange may call
FOREVER_OFF = 0.04  # share of numbers that are never reached
LONGEST_SECONDS = 7 * 24 * 3600
MAY_BE_NONE = frozenset({"sms_delivered_seconds", "sms_reply"})
EVERYONE = "*"
WILD = frozenset("*?[")
REPLIES = ((None, 94), ("STOP", 3), ("дякую", 3))


class People:
    """Everybody who can be called. A number that nobody scripted lives by the seed."""

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._scripts: dict[str, tuple[Behaviour, ...]] = {}
        self._patterns: dict[str, tuple[Behaviour, ...]] = {}  # such as 38050*
        self._everyone: tuple[Behaviour, ...] = ()
        self._calls: dict[str, int] = {}

    def script(self, number: str, *behaviours: Behaviour) -> None:
        """The first call meets the first behaviour, and so on; the last one stays. None: as the seed has it.

        `number` may be a pattern such as 38050*: each number it fits goes through the behaviours by itself;
        * alone is everyone else.
        """
        if number == EVERYONE:
            self.everyone(*behaviours)
            return
        kept = self._patterns if WILD.intersection(number) else self._scripts
        if behaviours:
            kept[number] = behaviours
        else:
            kept.pop(number, None)
        self._calls.pop(number, None)

    def scripted(self) -> Mapping[str, tuple[Behaviour, ...]]:
        """By number, by pattern, and under * for everyone else."""
        rest = {EVERYONE: self._everyone} if self._everyone else {}
        return {**self._scripts, **self._patterns, **rest}

    def everyone(self, *behaviours: Behaviour) -> None:
        """All persons without a script behave like this, each from the first on; none: as the seed has it."""
        self._everyone = behaviours

    def called(self, number: str) -> Behaviour:
        """How this person behaves in the call that begins now; counts the call."""
        count = self._calls.get(number, 0)
        self._calls[number] = count + 1
        script = self._script_of(number) or self._everyone
        if script:
            return script[min(count, len(script) - 1)]
        return by_seed(self._seed, number=number, count=count)

    def joined(self, number: str) -> Behaviour:
        """How the other side behaves: employee, queue, IVR or outside line."""
        return self.called(number) if self._script_of(number) else STEADY

    def texted(self, number: str) -> Behaviour:
        script = self._script_of(number) or self._everyone
        return script[-1] if script else by_seed(self._seed, number=number, count=0)

    def _script_of(self, number: str) -> tuple[Behaviour, ...]:
        """That of the number itself, else of the first pattern it fits; empty: it has none."""
        if number in self._scripts:
            return self._scripts[number]
        return next((each for name, each in self._patterns.items() if fnmatchcase(number, name)), ())


def by_seed(seed: int, *, number: str, count: int) -> Behaviour:
    """The behaviour of this number at its call number `count` (from 0) in the world of this seed."""
    pickup = _habit(seed, number=number, count=count)
    here = (seed, number, count)
    ring_seconds = {
        Pickup.ANSWERS: between(3, 18, *here, "answer"),
        Pickup.NO_ANSWER: 30.0,
        Pickup.BUSY: between(1, 3, *here, "busy"),
        Pickup.UNAVAILABLE: between(2, 6, *here, "off"),
        Pickup.NOT_ALLOWED: 0.5,
    }
    return Behaviour(
        pickup=pickup,
        ring_seconds=round(ring_seconds[pickup], 1),
        talk_seconds=round(between(3, 45, *here, "talk"), 1),
        keys=pick(PRESSES, *here, "keys"),
        keys_after_seconds=round(between(6, 20, *here, "pressing"), 1),
        sms_delivered_seconds=round(between(2, 25, seed, number, "sms"), 1),
        sms_reply=pick(REPLIES, seed, number, "reply"),
        sms_reply_seconds=round(between(20, 120, seed, number, "replying"), 1),
    )


def _habit(seed: int, *, number: str, count: int) -> Pickup:
    fate = fraction(seed, number, "fate")
    if fate < FOREVER_FORBIDDEN:
        return Pickup.NOT_ALLOWED
    if fate < FOREVER_FORBIDDEN + FOREVER_OFF:
        return Pickup.UNAVAILABLE
    return pick(HABITS, seed, number, count, "pickup")


def read_behaviour(values: Mapping[str, Any]) -> Behaviour:
    """A behaviour from JSON. Raises ValueError with a sentence."""
    known = {field.name for field in fields(Behaviour)}
    for name in values:
        if name not in known:
            raise ValueError(f"a person has no {name!r}; known are {', '.join(sorted(known))}")
    for name, value in values.items():
        if not _fits(name, value):
            raise ValueError(f"{name} of a person cannot be {value!r}")
    pickup = Pickup(values.get("pickup", Pickup.ANSWERS))
    usual = BY_HAND if pickup is Pickup.BY_HAND else Behaviour()
    return replace(usual, **{**values, "pickup": pickup})


def _fits(name: str, value: object) -> bool:
    if name.endswith("_seconds"):
        if isinstance(value, bool) or not isinstance(value, int | float):
            return value is None and name in MAY_BE_NONE
        return 0 <= value <= LONGEST_SECONDS
    if name == "events":
        return isinstance(value, bool)
    if name == "keys":
        return isinstance(value, str) and set(value) <= KEYS
    return isinstance(value, str) or (value is None and name in MAY_BE_NONE)
