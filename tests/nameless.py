"""What the oracle knows of people of whom we know nothing any more: it is compared by number only."""

from collections.abc import Iterable
from copy import copy
from typing import Any

from sqlalchemy import Connection, String, cast, func, select

from campaigns.rules.vocabulary import AttemptState
from campaigns.store import erasing
from engine.lirax.simulator.truth import Truth
from tests.builders import table

NAMING = ("number", "phone", "client")
NAMING_FIELDS = ("to1", "to", "ani", "phone")


def of_known_people(connection: Connection, truth: Truth) -> Truth:
    """The truth without those who were made nameless, and texts that are not kept; else all of it."""
    silent = _whose_texts_are_gone(connection)
    if silent:
        truth = copy(truth)
        truth.messages = [each for each in truth.messages if each.phone not in silent]
        truth.posts = [each for each in truth.posts if each.fields.get("ani") not in silent]
    if not nameless_attempts(connection):
        return truth
    known = erasing.numbers(connection)
    part = copy(truth)
    for name, found in vars(truth).items():
        if isinstance(found, list):
            setattr(part, name, [each for each in found if _names_only(each, known)])
    part.posts = [post for post in part.posts if post.command != "sendMsg"]  # it names nobody by number
    return part


def broken_for_nameless(connection: Connection, truth: Truth) -> Iterable[str]:
    """No more requests left for them all together than there are calls that nobody's name stands at."""
    nameless = nameless_attempts(connection)
    if not nameless:
        return
    known = erasing.numbers(connection)
    posts = [post for post in truth.posts_of("make2Calls") if post.fields["to1"] not in known]
    if len(posts) > nameless:
        yield f"{len(posts)} requests to nameless people, but {nameless} attempts"


def nameless_attempts(connection: Connection) -> int:
    attempt = table("attempt")
    rang = attempt.c.state.not_in([AttemptState.REJECTED.value, AttemptState.UNPLACED.value])
    return connection.execute(select(func.count()).where(attempt.c.phone == "", rang)).scalar_one()


def _whose_texts_are_gone(connection: Connection) -> set[str]:
    sms, effect, recipient = table("sms"), table("effect"), table("recipient")
    texts = select(sms.c.phone).where(sms.c.text == "")
    orders = select(recipient.c.phone).where(
        recipient.c.id == effect.c.recipient_id, cast(effect.c.body, String) == "{}"
    )
    return {phone for query in (texts, orders) for phone in connection.execute(query).scalars()} - {""}


def _names_only(each: Any, known: set[str]) -> bool:
    fields = getattr(each, "fields", {})
    named = [getattr(each, name, None) for name in NAMING] + [fields.get(name) for name in NAMING_FIELDS]
    return all(number in known for number in named if number)
