"""Answers: what a person did, and the house took with 200, is written of that very call and person."""

import json
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from tests.killing.told import ANSWERED, CLOCKS, FINISHED, Known, Row, Told, at, by

RECEIVED = "smsReceived"
OUTCOMES = {"1": "promised", "9": "opted_out"}
"""By key, as `feeding.RULES` name them."""

OPT_OUT = timedelta(seconds=4)  # what was past the fence when somebody said stop may still be on its way
OVER = {"cancelled", "suppressed"}  # who was taken off for another reason stays off


def broken_answers(known: Known, told: Told) -> Iterable[str]:
    yield from _finished(known, told)
    yield from _outcomes(known, told)
    yield from _opted_out(known, told)


def _finished(known: Known, told: Told) -> Iterable[str]:
    """Each finished webhook that got its 200 is kept, and the call it is about says the same.

    The simulator knows which request made the id. Where the answer that told it was lost, the house binds the
    webhook to no call rather than to a wrong one: then the call says what events or history told of it, which
    is the same, or that nobody can tell; but its keys are not there.
    """
    kept = {row["subject"] for row in known.inbox if row["cmd"] == FINISHED}
    bound = {attempt["provider_id"]: attempt for attempt in known.attempts if attempt["provider_id"]}
    for webhook in told.heard(FINISHED):
        provider_id = str(webhook["fields"]["id_make2calls"])
        what = f"the answer {provider_id} of {webhook['phone']}"
        if provider_id not in kept:
            yield f"{what} got its 200 and is not kept"
        asker, owner = told.asker.get(provider_id), bound.get(provider_id)
        if asker is None:
            yield f"{what} is of a call that no attempt asked for"
        elif owner is None:
            yield from _agrees(what, webhook, asker, or_unknown=True)
        elif owner["id"] != asker["id"]:
            yield f"{what} is of attempt {asker['id']}, and was given to attempt {owner['id']}"
        else:
            yield from _agrees(what, webhook, owner, or_unknown=False)
            if (pressed := _keys(webhook)) != (written := owner["keys"] or []):
                yield f"{what} told the keys {pressed}; the attempt has {written}"


def _agrees(what: str, webhook: Row, attempt: Row, *, or_unknown: bool) -> Iterable[str]:
    said, result = webhook["fields"]["success"] == "1", attempt["result"]
    if or_unknown and result == "unknown":
        return
    if result is None or result == "unknown" or (result in ANSWERED) is not said:
        yield f"{what} said success={said}; the attempt says {result}"


def _outcomes(known: Known, told: Told) -> Iterable[str]:
    """Who pressed a key that a rule names has its outcome: the one of the first call told, or of a later one.

    Only who was cancelled or suppressed before the answer came keeps that.
    """
    recipients = {person["id"]: person for person in known.recipients}
    of_person = by(_bound(known, told), lambda attempt: str(attempt["recipient_id"]))
    for key, attempts in of_person.items():
        person = recipients[int(key)]
        pressed = {press["key"] for attempt in attempts for press in attempt["keys"] or []}
        named = {OUTCOMES[press] for press in pressed if press in OUTCOMES}
        late = person["state"] in OVER and any(
            attempt["finished_heard_at"] > person["finished_at"] for attempt in attempts
        )
        if named and not late and person["outcome"] not in named:
            wanted = " or ".join(sorted(named))
            yield f"{person['phone']} pressed for {wanted}, and the outcome is {person['outcome']}"


def _bound(known: Known, told: Told) -> list[Row]:
    """Attempts whose finished webhook got its 200 and found them."""
    heard = {str(webhook["fields"]["id_make2calls"]) for webhook in told.heard(FINISHED)}
    return [attempt for attempt in known.attempts if attempt["provider_id"] in heard]


def _opted_out(known: Known, told: Told) -> Iterable[str]:
    """Who pressed 9 or wrote STOP, and we said 200 to that, is not called any more."""
    bound = {attempt["provider_id"] for attempt in known.attempts if attempt["provider_id"]}
    for webhook in told.webhooks:
        phone = webhook["phone"]
        if webhook["answer"] != 200 or phone is None or not _says_stop(webhook):
            continue
        of_ours = webhook["command"] == RECEIVED or webhook["fields"].get("id_make2calls") in bound
        if of_ours and phone not in known.stopped:
            yield f"{phone} said stop at {webhook['at']}, and is not on the do-not-call list"
        for post in told.posts_of.get(phone, ()):
            if at(post["at"]) > at(webhook["at"]) + OPT_OUT + CLOCKS:
                yield f"{phone} said stop at {webhook['at']}, and was called at {post['at']}"


def _says_stop(webhook: Row) -> bool:
    if webhook["command"] == RECEIVED:
        return bool(webhook["fields"]["text"] == "STOP")
    return any(press["key"] == "9" for press in _keys(webhook))


def _keys(webhook: Row) -> list[Any]:
    pressed: list[Any] = json.loads(webhook["fields"].get("keys") or "[]")
    return pressed
