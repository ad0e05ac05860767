"""All chance of one simulation: a stream for each concern, so that one does not shift the others."""

from random import Random


class Chance:
    def __init__(self, seed: int) -> None:
        self.seed = seed

    def of(self, concern: str) -> Random:
        """Always the same stream for the same seed and concern."""
        return Random(f"{self.seed}/{concern}")


def happens(random: Random, share: float) -> bool:
    """Draws nothing where the share is nothing: a fault that is off leaves no mark on the others."""
    return share > 0 and random.random() < share
