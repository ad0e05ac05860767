"""What the house wrote down and what the simulator knows, side by side: all that the audit judges."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

Row = Mapping[str, Any]

ANSWERED = {"answered_full", "answered_short"}
NEVER_RANG = {"unplaced", "rejected"}
CLOCKS = timedelta(milliseconds=20)  # between the clocks of two processes of one machine
FINISHED = "make2calls_finished"


class Known(NamedTuple):
    """The house's own rows. `stopped` are the numbers of the do-not-call list."""

    attempts: Sequence[Row]
    recipients: Sequence[Row]
    inbox: Sequence[Row]
    messages: Sequence[Row]
    stopped: frozenset[str]
    broken: list[str]


class Asked(NamedTuple):
    """A request to call that reached LiraX, and the attempt it was sent for; None where there is none."""

    post: Row
    attempt: Row | None


class Told:
    """The simulator's truth. Its first legs are the calls to people."""

    def __init__(self, truth: Mapping[str, Any], attempts: Sequence[Row]) -> None:
        self.posts = [post for post in truth["posts"] if post["command"] == "make2Calls"]
        self.rings = [ring for ring in truth["rings"] if ring["leg"] == 1]
        self.webhooks: list[Row] = truth["webhooks"]
        self.messages: list[Row] = truth["messages"]
        self.modem_requests: list[Row] = truth["modem_requests"]
        self.most_calls: int = truth["most_calls"]
        self.posts_of = by(self.posts, lambda post: post["fields"]["to1"])
        self.rings_of = by(self.rings, lambda ring: ring["number"])
        self.asked = list(_asked(self.posts, attempts))
        self.asker = {each.post["id"]: each.attempt for each in self.asked if each.post["id"]}
        """By the id that a request made, its attempt."""

    def heard(self, command: str) -> list[Row]:
        """The webhooks of that command to which the house said 200: from then on they are its own."""
        return [each for each in self.webhooks if each["command"] == command and each["answer"] == 200]


def _asked(posts: Sequence[Row], attempts: Sequence[Row]) -> Iterable[Asked]:
    """A request is the last attempt's that was written before it.

    The next one to the number is not written before this one's request has long arrived: it waits for
    DZVIN_MAX_CALL at least, and nothing travels for so long here.
    """
    of_phone = by(
        sorted(attempts, key=lambda attempt: attempt["claimed_at"]), lambda attempt: attempt["phone"]
    )
    for post in posts:
        mine = of_phone[post["fields"]["to1"]]
        index = bisect_right([each["claimed_at"] for each in mine], at(post["at"]) + CLOCKS)
        yield Asked(post, mine[index - 1] if index else None)


def by(rows: Iterable[Row], key: Callable[[Row], str]) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        found[key(row)].append(row)
    return found


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)
