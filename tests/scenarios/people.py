"""People of the scenarios, and how they behave on the telephone."""

from engine.lirax.simulator.people import Behaviour, Pickup

OLENA, TARAS, IVAN, MARTA = "380671234501", "380671234502", "380671234503", "380671234504"
NEW_YORKER = "12125550123"

LISTENS = Behaviour(ring_seconds=5, talk_seconds=20)
HANGS_UP = Behaviour(ring_seconds=5, talk_seconds=3)
BUSY = Behaviour(pickup=Pickup.BUSY, ring_seconds=2)
AWAY = Behaviour(pickup=Pickup.NO_ANSWER, ring_seconds=30, events=False)  # only event tells more
OFF = Behaviour(pickup=Pickup.UNAVAILABLE, ring_seconds=3)
FORBIDDEN = Behaviour(pickup=Pickup.NOT_ALLOWED, ring_seconds=1)


def presses(keys: str) -> Behaviour:
    return Behaviour(ring_seconds=5, talk_seconds=30, keys=keys, keys_after_seconds=10)


def quiet(ring_seconds: float, talk_seconds: float) -> Behaviour:
    """Answers; only the finished webhook tells of it, which keeps long stories short."""
    return Behaviour(ring_seconds=ring_seconds, talk_seconds=talk_seconds, events=False)


def number(index: int) -> str:
    """A number of its own for each index below 10,000."""
    return f"38067200{index:04d}"
