"""When to call somebody again (contract, sections 4 and 5)."""

from datetime import datetime, timedelta

from campaigns.rules.policy import RetryPolicy
from campaigns.rules.vocabulary import CallResult


def next_attempt_at(
    result: CallResult, *, attempts: int, policy: RetryPolicy, ended_at: datetime, min_gap: timedelta
) -> datetime | None:
    """The earliest moment to call again, or None when the rules allow no further call.

    `attempts` counts calls already made, this one included. Permitted hours are another rule: the caller
    passes the answer on to `calling_hours`.
    """
    if attempts >= policy.attempts:
        return None
    delay = _delay(result, policy)
    return None if delay is None else ended_at + max(delay, min_gap)


def _delay(result: CallResult, policy: RetryPolicy) -> timedelta | None:
    """The pause after that result; None = never again."""
    if result in policy.by_result:
        return policy.by_result[result]
    if result is CallResult.UNREACHABLE and CallResult.NO_ANSWER in policy.by_result:
        return policy.by_result[CallResult.NO_ANSWER]
    if result is CallResult.UNKNOWN:  # it may have rung: nobody is called again unless the rules say so
        return None
    return policy.delay
