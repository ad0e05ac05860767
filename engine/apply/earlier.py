"""What a person's other calls have done for them while this one was under way."""

from typing import NamedTuple

from campaigns.rules.deciding import reached
from campaigns.rules.following_up import outcome_named, rules_numbered
from campaigns.store.attempts import AttemptRow
from campaigns.store.recipients import RecipientRow
from campaigns.store.siblings import siblings_of
from engine.apply.change import Change


class Earlier(NamedTuple):
    """The outcome that a rule of another call has named, and whether another call has reached the goal."""

    named: str | None = None
    reached: bool = False


def earlier_calls(change: Change, attempt: AttemptRow, row: RecipientRow) -> Earlier:
    if row.calls < 2:
        return Earlier()
    policy = change.policy(attempt.campaign_id)
    siblings = siblings_of(change.connection, attempt)
    fired = [number for each in siblings for number in each.fired]
    goal = any(
        each.result is not None
        and reached(policy.goal, each.result, keys=each.keys, abandoned=each.abandoned)
        for each in siblings
    )
    return Earlier(outcome_named(rules_numbered(policy, fired)), goal)
