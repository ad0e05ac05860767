"""What a campaign wants of every row of its list, as plain values that can be handed to another process."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

from campaigns.definition import columns_needed
from campaigns.lists.column_words import EXTERNAL_ID
from campaigns.problems import Problem, WrongInput
from campaigns.rules.policy import ConsentTexts, Policy
from campaigns.texts import column_name, parse_text


@dataclass(frozen=True)
class Demand:
    """`needed` has the column names of texts → the field whose text cannot do without a value there."""

    country: str
    variables: Mapping[str, str]  # money, date, time → text with {{ column }}
    needed: Mapping[str, str]
    own_zones: bool  # the recipient's own time zone counts
    consent: Mapping[str, str] | None = None  # given, source, proof → text with {{ column }}
    timezone: str = "UTC"  # in which days without a time of day are meant


def demand_of(policy: Policy) -> Demand:
    windows = [policy.window] if policy.sms is None else [policy.window, policy.sms.window]
    return Demand(
        country=policy.country,
        variables=dict(policy.call.variables),
        needed=columns_needed(policy),
        own_zones=any(window.asks_own_zone for window in windows),
        consent=None if policy.consent is None else _texts_of(policy.consent),
        timezone=policy.account_timezone,
    )


def check_columns(columns: Sequence[str], demand: Demand, *, name: str) -> None:
    """Raises WrongInput naming every column that texts need and the list `name` lacks."""
    there = {column_name(column) for column in columns} | {"phone"}
    if there & EXTERNAL_ID:
        there.add("external_id")
    shown = ", ".join(columns)
    problems = [
        Problem(f"the list has no column “{column}”, which {field} uses; it has: {shown}", file=name)
        for column, field in {**_columns_of_consent(demand), **demand.needed}.items()
        if column not in there
    ]
    if problems:
        raise WrongInput(*problems)


def _texts_of(consent: ConsentTexts) -> dict[str, str]:
    return {name: text for name, text in asdict(consent).items() if text is not None}


def _columns_of_consent(demand: Demand) -> dict[str, str]:
    """The list has to have them, yet whoever has nothing in them is only somebody without consent."""
    texts = (demand.consent or {}).items()
    return {column: f"consent.{name}" for name, text in texts for column in parse_text(text).required}
