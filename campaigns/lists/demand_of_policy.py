"""What a policy asks of its list; apart from `demands`, because the reading process knows no policies."""

from campaigns.definition import columns_needed
from campaigns.lists.demands import Demand
from campaigns.rules.policy import Policy


def demand_of(policy: Policy) -> Demand:
    windows = [policy.window] if policy.sms is None else [policy.window, policy.sms.window]
    return Demand(
        country=policy.country,
        variables=dict(policy.call.variables),
        needed=columns_needed(policy),
        own_zones=any(window.timezone is None for window in windows),
    )
