"""Texts: each was ordered by a key, leaves once at most and at its modem's pace, and ends."""

from collections import Counter
from collections.abc import Iterable
from datetime import timedelta
from itertools import pairwise

from tests.killing.told import CLOCKS, Known, Told, at, by

PACE = timedelta(seconds=1)
"""DZVIN_SMS_INTERVAL, as in `site.SETTINGS`."""

WAITING = {"queued", "sending"}
SENT = {"sent", "delivered"}


def broken_texts(known: Known, told: Told) -> Iterable[str]:
    yield from _orders(known, told)
    yield from _pace(told)


def _orders(known: Known, told: Told) -> Iterable[str]:
    """What LiraX sent was ordered, and once; what was ordered has ended, and as it is told."""
    reasons = Counter(ring["number"] for ring in told.rings if "1" in ring["keys"])
    ordered = Counter(row["phone"] for row in known.messages)
    may_be_sent = Counter(row["phone"] for row in known.messages if row["state"] != "failed")
    for phone, times in ordered.items():
        if times > reasons[phone]:
            yield f"{times} messages to {phone} were ordered, who pressed 1 in {reasons[phone]} calls"
    for phone, times in Counter(message["phone"] for message in told.messages).items():
        if times > may_be_sent[phone]:
            yield f"{times} messages were sent to {phone}, {may_be_sent[phone]} were ordered and not failed"
    phones = {str(message["id"]): message["phone"] for message in told.messages}
    for row in known.messages:
        what = f"message {row['id']} to {row['phone']}"
        if row["state"] in WAITING:
            yield f"{what} is left {row['state']}"
        if row["state"] in SENT and phones.get(row["provider_id"] or "") != row["phone"]:
            yield f"{what} is told to be {row['state']}, and LiraX never sent it"


def _pace(told: Told) -> Iterable[str]:
    """Between two requests to a modem, by LiraX's clock.

    No allowance for their way: the house lets the modem rest from the answer on, and without an answer for
    as long as an answer is waited for besides. That is longer than a proxy holds a request back.
    """
    for modem, requests in by(told.modem_requests, lambda request: request["modem"]).items():
        for earlier, later in pairwise(requests):
            rest = at(later["at"]) - at(earlier["at"])
            if rest < PACE - CLOCKS:
                yield f"modem {modem} was asked {rest} after the request of {earlier['at']}"
