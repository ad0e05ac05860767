"""What must be true of orders to LiraX's CRM after any story; the oracle is what the simulator was asked."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, select

from campaigns.rules.vocabulary import OPEN_EFFECTS, EffectState
from engine.commands.effects import SETTLED
from engine.lirax.simulator.truth import Post, Truth
from tests.builders import table

Key = tuple[str, ...]
Row = dict[str, Any]

COMMANDS = {"task": "createTask", "note": "createNote", "deal": "createDeal", "message": "sendMsg"}
CERTAINLY_NOT_DONE = (400, 401)
MAY_BE_THERE = {EffectState.DONE, EffectState.UNKNOWN, EffectState.SENDING}
LONGEST_SILENCE = timedelta(minutes=1)


def broken_orders(connection: Connection, truth: Truth, *, now: datetime) -> Iterable[str]:
    """A sentence for each promise about effects that does not hold."""
    rows = _effects(connection)
    kept = [row for row in rows if row["body"]]  # of nameless people nothing is
    yield from _sent(kept, truth)
    yield from _told(kept, truth)
    for row in rows:
        who = f"effect {row['id']} ({row['kind']}, {row['state']})"
        if row["state"] == EffectState.SENDING and row["due_at"] < now - LONGEST_SILENCE:
            yield f"{who} has been under way since {row['due_at']}"
        if (row["state"] in OPEN_EFFECTS) != (row["finished_at"] is None):
            yield f"{who} ended at {row['finished_at']}"
        if row["state"] in OPEN_EFFECTS and row["campaign_state"] == "finished" and not row["repeats"]:
            yield f"{who} is open, and its campaign is finished"


def _effects(connection: Connection) -> list[Row]:
    effect, recipient, campaign = table("effect"), table("recipient"), table("campaign")
    joined = effect.outerjoin(recipient, recipient.c.id == effect.c.recipient_id).outerjoin(
        campaign, campaign.c.id == effect.c.campaign_id
    )
    columns = (*effect.c, recipient.c.phone, campaign.c.state.label("campaign_state"))
    rows = connection.execute(select(*columns).select_from(joined).order_by(effect.c.id)).mappings()
    return [dict(row) for row in rows]


def _sent(rows: Sequence[Row], truth: Truth) -> Iterable[str]:
    """Each leaves once, and once more each time that a person asks for it; a person gets one deal."""
    allowed: Counter[Key] = Counter()
    with_deal: set[int] = set()
    for row in rows:
        if row["kind"] in COMMANDS:
            has_one = row["kind"] == "deal" and row["recipient_id"] in with_deal
            allowed[_key_of_row(row)] += row["repeats"] + (not has_one)
        if row["kind"] == "deal":
            with_deal.add(row["recipient_id"])
    for key, number in Counter(_key_of_post(post) for post in _may_have_done(truth)).items():
        if number > allowed[key]:
            yield f"{key} was sent {number} times, allowed were {allowed[key]}"


def _told(rows: Sequence[Row], truth: Truth) -> Iterable[str]:
    """What is called done LiraX has done, and what is called failed it has not."""
    there = Counter(_key_of_post(post) for post in _may_have_done(truth) if post.done)
    at_least: Counter[Key] = Counter()
    at_most: Counter[Key] = Counter()
    for row in rows:
        if row["kind"] in COMMANDS and row["kind"] != "deal":
            at_least[_key_of_row(row)] += row["state"] == EffectState.DONE and row["detail"] != SETTLED
            at_most[_key_of_row(row)] += (row["state"] in MAY_BE_THERE) + row["repeats"]
    for key in at_least:
        if not at_least[key] <= there[key] <= at_most[key]:
            yield f"{key} is in LiraX {there[key]} times, told are {at_least[key]} to {at_most[key]}"


def _may_have_done(truth: Truth) -> list[Post]:
    return [
        post
        for post in truth.posts
        if post.command in COMMANDS.values() and (post.done or post.code not in CERTAINLY_NOT_DONE)
    ]


def _key_of_row(row: Row) -> Key:
    command, body = COMMANDS[row["kind"]], row["body"]
    match row["kind"]:
        case "deal":
            return (command, row["phone"])
        case "message":
            return (command, body["ext"], body["text"])
        case _:
            return (command, row["phone"], body["text"])


def _key_of_post(post: Post) -> Key:
    fields = post.fields
    match post.command:
        case "createDeal":
            return (post.command, fields["ani"])
        case "sendMsg":
            return (post.command, fields["ext"], fields["text"])
        case _:
            return (post.command, fields["ani"], fields["text"])
