"""Judges what a definition names by what is known of LiraX; asks again before it calls anything unknown.

It imports next to nothing: `dzvin check` must answer at once.
"""

from collections.abc import Awaitable, Callable, Collection
from datetime import timedelta

from campaigns.definition import Named, Verdict, judge
from campaigns.rules.directories import Directories
from campaigns.rules.vocabulary import DirectoryKind

PATIENCE = timedelta(seconds=3)  # of a person who waits for a definition to be checked

Ask = Callable[[Collection[DirectoryKind]], Awaitable[Directories]]


async def weigh(named: Collection[Named], known: Directories, ask_again: Ask) -> Verdict:
    """What is known says it all, or LiraX is asked again for the lists that do not."""
    verdict = judge(named, known)
    if not verdict.to_ask:
        return verdict
    return judge(named, await ask_again(verdict.to_ask))
