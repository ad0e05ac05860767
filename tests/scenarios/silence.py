"""LiraX falls silent in a story, and the test speaks for it."""

from engine.lirax.simulator.faults import Fault, RequestFault, WebhookFault
from tests.world import World


def silence(world: World, phone: str | None = None, *, answers_lost: int = 0) -> None:
    """No webhook of LiraX arrives any more, or none about that number; so many answers get lost as well."""
    world.exchange.faults.inject(Fault(WebhookFault.DROPPED, phone=phone, times=None))
    if answers_lost:
        world.exchange.faults.inject(Fault(RequestFault.CLOSED_AFTER_DOING, times=answers_lost))


def id_of(world: World, phone: str) -> str:
    """The id that LiraX gave to the last call, whether or not we were told."""
    return world.rings(phone)[-1].task
