"""Chance without a generator: a fraction that depends on its arguments alone, so one seed gives one world."""

from collections.abc import Sequence
from hashlib import blake2b
from typing import TypeVar

Choice = TypeVar("Choice")


def fraction(*parts: object) -> float:
    """A number from 0 up to, not including, 1; equal parts give equal numbers."""
    digest = blake2b("/".join(map(str, parts)).encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big") / 2**64


def between(low: float, high: float, *parts: object) -> float:
    return low + (high - low) * fraction(*parts)


def pick(choices: Sequence[tuple[Choice, float]], *parts: object) -> Choice:
    """One of the choices; each comes with its weight."""
    rest = fraction(*parts) * sum(weight for _, weight in choices)
    for choice, weight in choices:
        rest -= weight
        if rest < 0:
            return choice
    return choices[-1][0]
