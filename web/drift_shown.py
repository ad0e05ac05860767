"""A comparison of sources as it is shown: its examples with what people know a call by."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import partial
from typing import Any, NamedTuple

from campaigns.moments import utc_text
from campaigns.rules.drift import sentences_of
from campaigns.store import drift
from campaigns.store.drift import CallNamed
from engine.house import House

LISTS = (
    ("webhooks", "No finished webhook came"),
    ("events", "No event came"),
    ("history", "Call history does not show it"),
    ("late", "The finished webhook came late"),
    ("healed", "Only call history told of it"),
)


class Example(NamedTuple):
    call: CallNamed
    late_seconds: int | None


class DriftShown(NamedTuple):
    made_at: datetime
    since: datetime
    until: datetime
    sentences: list[str]
    lists: list[tuple[str, int, list[Example]]]  # title, how many in all, some of them
    strangers: list[tuple[str, int, list[dict[str, Any]]]]
    body: Mapping[str, Any]


async def drift_shown(
    house: House, *, made_at: datetime, since: datetime, until: datetime, body: Mapping[str, Any]
) -> DriftShown:
    ids = sorted({example["attempt"] for name, _ in LISTS for example in body[name]["examples"]})
    known = await house.database.read(partial(drift.named, attempt_ids=ids))
    return DriftShown(
        made_at,
        since,
        until,
        sentences_of(dict(body)),
        [(title, _count(body[name]), list(_examples(body[name], known))) for name, title in LISTS],
        [
            ("Finished webhooks of no call of ours", *_strange(body["orphaned"]["webhooks"])),
            ("Outgoing calls in history of no call of ours", *_strange(body["orphaned"]["history"])),
        ],
        body,
    )


def as_json(shown: DriftShown) -> dict[str, Any]:
    return {
        "made_at": utc_text(shown.made_at),
        "since": utc_text(shown.since),
        "until": utc_text(shown.until),
        "sentences": shown.sentences,
        **{
            name: {**shown.body[name], "examples": [_example(each) for each in examples]}
            for (name, _), (_, _, examples) in zip(LISTS, shown.lists, strict=True)
        },
        **{name: shown.body[name] for name in ("calls", "open", "never_placed", "unknown")},
        "orphaned": {name: _stranger_texts(part) for name, part in shown.body["orphaned"].items()},
    }


def _stranger_texts(part: Mapping[str, Any]) -> dict[str, Any]:
    count, examples = _strange(part)
    return {**part, "count": count, "examples": [{**each, "at": utc_text(each["at"])} for each in examples]}


def _example(example: Example) -> dict[str, Any]:
    call = example.call
    late = {} if example.late_seconds is None else {"late_seconds": example.late_seconds}
    return {
        "phone": call.phone,
        "campaign": call.campaign,
        "claimed_at": utc_text(call.claimed_at),
        "result": call.result,
        **late,
    }


def _count(part: Mapping[str, Any]) -> int:
    return int(part["missing"] if "missing" in part else part["count"])


def _examples(part: Mapping[str, Any], known: Mapping[int, CallNamed]) -> Iterator[Example]:
    for example in part["examples"]:
        call = known.get(example["attempt"])
        if call is not None:
            yield Example(call, example.get("seconds"))


def _strange(part: Mapping[str, Any]) -> tuple[int, list[dict[str, Any]]]:
    examples = [{**each, "at": datetime.fromisoformat(each["at"])} for each in part["examples"]]
    return part["count"], examples
