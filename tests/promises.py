"""What must be true after any story, whatever it told; asked at the end of each by `tests.world`.

The oracle is the simulator's truth wherever a phone or a modem is concerned, else a recount of the rows.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, func, select

from campaigns.definition import policy_of
from campaigns.rules.agents import takes_calls
from campaigns.rules.vocabulary import (
    ANSWERED,
    FINAL_STATES,
    OPEN_ATTEMPTS,
    QUEUED_STATES,
    AttemptState,
    CallResult,
    RecipientState,
)
from engine.lirax.simulator.truth import Truth
from engine.settings import Settings
from tests.agents_oracle import ticks
from tests.builders import table
from tests.crm_promises import broken_orders
from tests.nameless import broken_for_nameless, of_known_people

Row = Mapping[str, Any]

NEVER_TAKEN = {AttemptState.PLACING, AttemptState.REJECTED, AttemptState.UNPLACED}
NEVER_RANG = {AttemptState.REJECTED, AttemptState.UNPLACED}


def broken_promises(connection: Connection, truth: Truth, *, settings: Settings, now: datetime) -> list[str]:
    """A sentence for each promise that does not hold."""
    whole, truth = truth, of_known_people(connection, truth)
    recipients, attempts = _rows(connection, "recipient"), _rows(connection, "attempt")
    by_hand = _rows(connection, "employee_call")
    return [
        *_counts(connection, recipients, attempts),
        *_people(recipients, attempts),
        *_calls(attempts, settings=settings, now=now),
        *_lines(connection, attempts),
        *_requests(attempts, by_hand, truth),
        *_rings(attempts, by_hand, truth, gap=settings.min_gap),
        *_by_hand(by_hand, now=now),
        *_agents(connection, attempts, truth),
        *_results(attempts, truth),
        *_messages(connection, truth, interval=settings.sms_interval),
        *broken_orders(connection, truth, now=now),
        *_inbox(connection),
        *_campaigns(connection, recipients),
        *broken_for_nameless(connection, whole),
    ]


def broken_figures(connection: Connection) -> list[str]:
    """A sentence for each count, state or line that does not fit the rows, whatever really rang."""
    recipients, attempts = _rows(connection, "recipient"), _rows(connection, "attempt")
    return [
        *_counts(connection, recipients, attempts),
        *_people(recipients, attempts),
        *_lines(connection, attempts),
        *_inbox(connection),
    ]


def _rows(connection: Connection, name: str) -> list[Row]:
    of_table = table(name)
    return [dict(row) for row in connection.execute(select(of_table).order_by(of_table.c.id)).mappings()]


def _counts(connection: Connection, recipients: Sequence[Row], attempts: Sequence[Row]) -> Iterable[str]:
    """Kept counts are what a recount finds."""
    counted: Counter[tuple[int, str, str]] = Counter()
    for person in recipients:
        counted[person["campaign_id"], "state", person["state"]] += 1
        if person["outcome"]:
            counted[person["campaign_id"], "outcome", person["outcome"]] += 1
    for attempt in attempts:
        campaign, state = attempt["campaign_id"], AttemptState(attempt["state"])
        counted[campaign, "calls", "placed"] += state not in NEVER_TAKEN
        counted[campaign, "calls", "in_flight"] += state in OPEN_ATTEMPTS
        if attempt["result"]:
            counted[campaign, "result", attempt["result"]] += 1
            counted[campaign, "calls", "answered"] += CallResult(attempt["result"]) in ANSWERED
        counted[campaign, "calls", "abandoned"] += attempt["abandoned"]
    tally = table("tally")
    kept = {
        (row.campaign_id, row.kind, row.word): row.kept
        for row in connection.execute(
            select(tally.c.campaign_id, tally.c.kind, tally.c.word, tally.c["count"].label("kept"))
        )
    }
    for key in sorted({*counted, *kept}):
        if counted[key] != kept.get(key, 0):
            yield f"{key} is kept as {kept.get(key, 0)}, but there are {counted[key]}"


def _people(recipients: Sequence[Row], attempts: Sequence[Row]) -> Iterable[str]:
    """Everybody is final, or has a due time, or has exactly one open call."""
    of_person: dict[int, list[Row]] = {}
    for attempt in attempts:
        of_person.setdefault(attempt["recipient_id"], []).append(attempt)
    for person in recipients:
        state, calls = RecipientState(person["state"]), of_person.get(person["id"], [])
        is_open = sum(call["state"] in OPEN_ATTEMPTS for call in calls)
        costing = sum(AttemptState(call["state"]) not in {*NEVER_RANG, *OPEN_ATTEMPTS} for call in calls)
        who = f"{person['phone']} ({state})"
        if is_open != (state is RecipientState.CALLING):
            yield f"{who} has {is_open} open calls"
        if (state in QUEUED_STATES) != (person["due_at"] is not None and person["closes_at"] is not None):
            yield f"{who} is due at {person['due_at']}, closes at {person['closes_at']}"
        if (state in FINAL_STATES) != (person["outcome"] is not None and person["finished_at"] is not None):
            yield f"{who} has the outcome {person['outcome']}, finished at {person['finished_at']}"
        if person["attempts"] != costing or person["calls"] != len(calls):
            counted = f"{person['attempts']} of {person['calls']}"
            yield f"{who} counts {counted} calls, the rows say {costing} of {len(calls)}"
        if [call["number"] for call in calls] != list(range(1, len(calls) + 1)):
            yield f"the calls of {who} are numbered {[call['number'] for call in calls]}"
        pressed = [key for call in calls if call["state"] not in OPEN_ATTEMPTS for key in call["keys"] or []]
        if Counter(map(str, pressed)) != Counter(map(str, person["keys"] or [])):
            yield f"{who} has the keys {person['keys']}, its calls {pressed}"


def _calls(attempts: Sequence[Row], *, settings: Settings, now: datetime) -> Iterable[str]:
    """No call is open beyond its deadline, and what has ended has a result."""
    for attempt in attempts:
        who = f"call {attempt['id']} to {attempt['phone']} ({attempt['state']})"
        is_open = attempt["state"] in OPEN_ATTEMPTS
        if is_open and attempt["deadline"] < now:
            yield f"{who} should have been looked at, at {attempt['deadline']}"
        longest = settings.unclear_until + timedelta(minutes=1)
        if settings.history_url is not None:  # call history is given time to tell
            longest += settings.unknown_after
        if is_open and attempt["deadline"] > attempt["claimed_at"] + longest:
            yield f"{who} has a deadline that lies too far ahead: {attempt['deadline']}"
        if is_open == (attempt["result"] is not None):
            yield f"{who} has the result {attempt['result']}"


def _lines(connection: Connection, attempts: Sequence[Row]) -> Iterable[str]:
    """A line is held by one open call that has not been told to be over."""
    by_id = {attempt["id"]: attempt for attempt in attempts}
    held = [row["attempt_id"] for row in _rows(connection, "line_slot") if row["attempt_id"] is not None]
    for attempt_id in held:
        attempt = by_id.get(attempt_id)
        if attempt is None or attempt["state"] not in OPEN_ATTEMPTS or attempt["ended_at"] is not None:
            yield f"a line is still held by call {attempt_id}"
    if len(held) != len(set(held)):
        yield "a call holds two lines"


def _requests(attempts: Sequence[Row], by_hand: Sequence[Row], truth: Truth) -> Iterable[str]:
    """At most one request for each attempt, and none of which nothing had been written down."""
    written = Counter(attempt["phone"] for attempt in attempts)
    written += Counter(call["phone"] for call in by_hand if call["campaign_id"])
    ordered = Counter(call["phone"] for call in by_hand if not call["campaign_id"])
    for phone, posts in Counter(post.fields["to"] for post in truth.posts_of("makeCall")).items():
        if posts > ordered[phone]:
            yield f"{phone}: {posts} requests for {ordered[phone]} calls of employees"
    for phone, posts in Counter(post.fields["to1"] for post in truth.posts_of("make2Calls")).items():
        if posts > written[phone]:
            yield f"{phone}: {posts} requests for {written[phone]} attempts"


def _by_hand(calls: Sequence[Row], *, now: datetime) -> Iterable[str]:
    """Nothing that was ordered by hand stays open for ever."""
    for call in calls:
        if call["state"] in ("placing", "placed", "answered") and call["deadline"] < now:
            yield f"call {call['id']} to {call['phone']} should have ended at {call['deadline']}"


def _rings(attempts: Sequence[Row], by_hand: Sequence[Row], truth: Truth, *, gap: timedelta) -> Iterable[str]:
    """No ring without a call that knows of it; none too soon after another, unless a person ordered it."""
    may_have_rung = Counter(attempt["phone"] for attempt in attempts if attempt["state"] not in NEVER_RANG)
    first_legs = [call["phone"] if call["campaign_id"] else call["ext"] for call in by_hand]
    may_have_rung += Counter(first_legs)
    for phone, rings in Counter(ring.number for ring in truth.rings if ring.leg == 1).items():
        if rings > may_have_rung[phone]:
            yield f"{phone} rang {rings} times, {may_have_rung[phone]} calls may have rung"
    for phone in set(truth.called_again_within(gap)) - {*first_legs, *(call["phone"] for call in by_hand)}:
        yield f"{phone} rang twice within {gap}"


def _agents(connection: Connection, attempts: Sequence[Row], truth: Truth) -> Iterable[str]:
    """Whenever a phone begins to ring, no more calls are in the air than LiraX has told of free agents."""
    policies = {
        row["id"]: policy_of(row["definition"], account_timezone="Europe/Kyiv")
        for row in _rows(connection, "campaign")
    }
    crews = {id_: policy for id_, policy in policies.items() if policy.agents is not None}
    tasks = {
        id_: {attempt["provider_id"] for attempt in attempts if attempt["campaign_id"] == id_}
        for id_ in crews
    }
    for tick in ticks(truth) if crews else ():
        for id_, policy in crews.items():
            free = {ext for ext in tick.free if takes_calls(policy, ext)}
            up = tick.in_the_air & tasks[id_]
            if tick.placed & tasks[id_] and len(up) > len(free) * policy.pace.per_agent + 1e-9:
                yield f"at {tick.at} campaign {policy.name} had {len(up)} calls in the air for {sorted(free)}"
        needed = sum(len(tick.in_the_air & tasks[id_]) / crews[id_].pace.per_agent for id_ in crews)
        if any(tick.placed & tasks[id_] for id_ in crews) and needed > len(tick.free) + 1e-9:
            yield f"at {tick.at} the calls in the air need {needed} agents, free are {sorted(tick.free)}"


def _results(attempts: Sequence[Row], truth: Truth) -> Iterable[str]:
    """A result is what really happened, as far as anything is claimed."""
    answered = {ring.task: ring.answered_at is not None for ring in truth.rings if ring.leg == 1}
    for attempt in attempts:
        result = CallResult(attempt["result"]) if attempt["result"] else None
        task = attempt["provider_id"]
        if result in {None, CallResult.UNKNOWN} or task not in answered:
            continue
        if (result in ANSWERED) != answered[task]:
            yield f"call {attempt['id']} ({task}) is {result}, but answered was {answered[task]}"


def _messages(connection: Connection, truth: Truth, *, interval: timedelta) -> Iterable[str]:
    """Each message leaves once at most, at the modem's pace."""
    written = Counter((row["phone"], row["text"]) for row in _rows(connection, "sms"))
    for message, number in Counter((sent.phone, sent.text) for sent in truth.messages).items():
        if number > written[message]:
            yield f"{message} was sent {number} times, ordered {written[message]} times"
    for modem in {request.modem for request in truth.modem_requests}:
        closest = truth.smallest_modem_gap(modem)
        if closest is not None and closest < interval:
            yield f"modem {modem} was asked twice within {closest}"


def _inbox(connection: Connection) -> Iterable[str]:
    """Every webhook has been applied."""
    for row in _rows(connection, "inbox"):
        if row["applied_at"] is None or row["dead"]:
            yield f"webhook {row['id']} ({row['cmd']}) was not applied: {row['error']}"


def _campaigns(connection: Connection, recipients: Sequence[Row]) -> Iterable[str]:
    """What is finished has nobody left to call; when it ended, nothing of it was left to send."""
    queued = Counter(person["campaign_id"] for person in recipients if person["state"] not in FINAL_STATES)
    unsent = select(func.count()).where(table("sms").c.state.in_(["queued", "sending"]))
    for row in _rows(connection, "campaign"):
        if row["state"] == "finished" and queued[row["id"]]:
            yield f"campaign {row['name']} is finished, {queued[row['id']]} people are not"
        if (row["state"] in ("finished", "cancelled")) != (row["finished_at"] is not None):
            yield f"campaign {row['name']} is {row['state']}, finished at {row['finished_at']}"
        waiting = connection.execute(unsent.where(table("sms").c.campaign_id == row["id"])).scalar_one()
        if row["state"] == "finished" and waiting:
            yield f"campaign {row['name']} is finished with {waiting} messages to send"
