"""What a campaign wants of every row of its list, as plain values that can be handed to another process."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from campaigns.definition import columns_needed, columns_of_consent, consent_texts
from campaigns.lists.column_words import EXTERNAL_ID
from campaigns.problems import Problem, WrongInput
from campaigns.rules.policy import Policy
from campaigns.texts import column_name


@dataclass(frozen=True)
class Demand:
    """`needed` has the column names of texts → the field whose text cannot do without a value there."""

    country: str
    variables: Mapping[str, str]  # money, date, time → text with {{ column }}
    needed: Mapping[str, str]
    own_zones: bool  # the recipient's own time zone counts
    now: str  # UTC; consent cannot have been given later
    consent: Mapping[str, str] | None = None  # given, source, proof → text with {{ column }}
    timezone: str = "UTC"  # in which days without a time of day are meant


def demand_of(policy: Policy, *, now: datetime) -> Demand:
    windows = [policy.window] if policy.sms is None else [policy.window, policy.sms.window]
    return Demand(
        country=policy.country,
        variables=dict(policy.call.variables),
        needed=columns_needed(policy),
        own_zones=any(window.asks_own_zone for window in windows),
        consent=consent_texts(policy),
        timezone=policy.account_timezone,
        now=now.isoformat(),
    )


def check_columns(columns: Sequence[str], demand: Demand, *, name: str) -> None:
    """Raises WrongInput naming every column that texts need and the list `name` lacks."""
    there = {column_name(column) for column in columns} | {"phone"}
    if there & EXTERNAL_ID:
        there.add("external_id")
    shown = ", ".join(columns)
    problems = [
        Problem(f"the list has no column “{column}”, which {field} uses; it has: {shown}", file=name)
        for column, field in {**columns_of_consent(demand.consent), **demand.needed}.items()
        if column not in there
    ]
    if problems:
        raise WrongInput(*problems)
