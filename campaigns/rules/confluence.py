"""How several reports of one call become one word, whatever order they come in and however often each comes.

Every function here is the join of a semilattice: joining is commutative and associative, and joining the same
once more changes nothing. So what an attempt tells is a function of the set of reports, not of their order.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta

from campaigns.rules.policy import KeyPress

Report = tuple[KeyPress, ...]
"""The keys that one report tells, in the order they were pressed."""

CLEAREST = ("Success", "Busy", "NotAllowed", "NotAvailable")
"""LiraX's words for how a call ended, what tells most first: one leg may be missed and the next answered."""


def joined_status(*told: str | None) -> str | None:
    """The clearest word of them; None where nothing was told."""
    return min((word for word in told if word), key=_clearness, default=None)


def joined_duration(*told: timedelta | None) -> timedelta | None:
    """The longest: parts of a call are told besides the whole."""
    return max(filter(None, told), default=None)


def joined_agent(*told: str | None, connect: str | None) -> str | None:
    """Whom the person talked with: rather an employee than the queue; of several the first by number."""
    return min(filter(None, told), key=lambda ext: (ext == connect, len(ext), ext), default=None)


def joined_ext(*told: str | None) -> str | None:
    """The first by number."""
    return min(filter(None, told), key=lambda ext: (len(ext), ext), default=None)


def joined_marks(*told: Mapping[str, str] | None) -> dict[str, str]:
    """Tracking marks by name; of several values of one name the first by the alphabet."""
    marks: dict[str, str] = {}
    for each in told:
        for name, value in (each or {}).items():
            marks[name] = min(marks.get(name, value), value)
    return dict(sorted(marks.items()))


def joined_reports(known: Iterable[Report], *more: Report) -> tuple[Report, ...]:
    """Those that tell something: none that stands in another one, in that order."""
    all_of_them = sorted(
        {report for report in (*known, *more) if report}, key=lambda report: (-len(report), report)
    )
    kept: list[Report] = []
    for report in all_of_them:
        if not any(_holds(longer, report) for longer in kept):
            kept.append(report)
    return tuple(sorted(kept))


def keys_of(finished: Report | None, events: Iterable[Report]) -> Report:
    """The keys of a call: what the finished webhook tells, and what only events tell after it.

    An event tells the last key only, the finished webhook all of them: a report that holds the other is the
    whole. Where none holds the other, as when they name the menu differently, all count.
    """
    reports = joined_reports(events, finished or ())
    if finished in reports:
        reports = (finished, *(report for report in reports if report != finished))
    keys: list[KeyPress] = []
    for report in reports:
        known = set(keys)
        keys += [press for press in report if press not in known]
    return tuple(keys)


def _holds(whole: Sequence[KeyPress], part: Sequence[KeyPress]) -> bool:
    """Whether all of `part` stands in `whole`, in that order."""
    rest = iter(whole)
    return all(press in rest for press in part)


def _clearness(word: str) -> tuple[int, str]:
    return (CLEAREST.index(word) if word in CLEAREST else len(CLEAREST), word)
