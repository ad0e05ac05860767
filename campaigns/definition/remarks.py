"""What may surprise the writer of a right definition: its defaults, its holidays, what has no effect."""

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from campaigns.definition.caps import on_caps
from campaigns.definition.moments import first_day
from campaigns.definition.profiles import on_profile
from campaigns.definition.reading import Section
from campaigns.definition.terms import AccountTerms
from campaigns.definition.tree import Entries, Items
from campaigns.rules.calling_hours import next_permitted
from campaigns.rules.errands import whole_sum
from campaigns.rules.policy import Policy
from campaigns.rules.spoken_values import read_money
from campaigns.rules.vocabulary import CallResult, EffectKind, Goal
from campaigns.texts import parse_text

_A_YEAR = timedelta(days=365)


def remarks(
    policy: Policy,
    section: Section,
    *,
    today: date,
    from_file: bool,
    accounts: Mapping[str, AccountTerms] | None,
) -> tuple[str, ...]:
    """Sentences, in the order of the definition."""
    return (
        *_on_recipients(section, from_file=from_file),
        *_on_dates(policy, today),
        *_on_window(policy, section),
        *_on_holidays(policy, today),
        *_on_agents(policy),
        *_on_retry(policy),
        *on_caps(policy, accounts, today=today),
        *_on_goal(policy),
        *_on_orders(policy),
        *on_profile(policy, today=today),
    )


def _on_recipients(section: Section, *, from_file: bool) -> Iterator[str]:
    recipients = section.get("recipients")
    if from_file and recipients is None:
        yield "There are no recipients yet: they have to be imported, added or triggered."
    elif recipients is not None and isinstance(recipients.node, Items) and section.get("phone_column"):
        yield "phone_column has no effect: recipients written into the definition have their number in phone."


def _on_dates(policy: Policy, today: date) -> Iterator[str]:
    if policy.end is None:
        return
    zone = ZoneInfo(policy.window.timezone or policy.account_timezone)
    end = policy.end.astimezone(zone)
    if end.date() < today:
        yield f"end, {end:%Y-%m-%d %H:%M}, has passed: nobody will be called."
        return
    morning = datetime.combine(today, time(), zone).astimezone(UTC)
    begins = max(policy.start or morning, morning)
    if next_permitted(policy.window, (zone.key,), at=begins, not_after=policy.end) is None:
        yield "No calling hours lie between start and end: nobody will be called."


def _on_window(policy: Policy, section: Section) -> Iterator[str]:
    window = section.get("window")
    if policy.profile is not None:
        return  # what is left out is the profile's, and told with the hours themselves
    if window is None:
        yield f"window is left out: calls go out 08:00-20:00 every day, {policy.account_timezone}."
    elif isinstance(window.node, Entries) and all(entry.key != "hours" for entry in window.node.entries):
        yield "window.hours is left out: calls go out 08:00-20:00."


def _on_holidays(policy: Policy, today: date) -> Iterator[str]:
    if not policy.window.names_holidays:
        return
    zone = ZoneInfo(policy.window.timezone or policy.account_timezone)
    first = first_day(policy, today)
    last = policy.end.astimezone(zone).date() if policy.end else first + _A_YEAR
    days = policy.window.holidays_between(first, last)
    told = ", ".join(day.isoformat() for day in days) or "none of them"
    yield f"Holidays without calls from {first} to {last}: {told}."


def _on_agents(policy: Policy) -> Iterator[str]:
    if policy.agents is not None and policy.pace.per_agent > 1 and policy.pace.max_abandoned is None:
        yield (
            "pace.per_agent is above 1 and pace.max_abandoned is left out: nothing limits how many people "
            "answer and find nobody."
        )


def _on_retry(policy: Policy) -> Iterator[str]:
    retry = policy.retry
    if retry.attempts == 1 and (retry.delay or retry.by_result):
        yield "retry has no effect: attempts is 1, so nobody is called again."
    if retry.by_result.get(CallResult.REJECTED) is not None:
        yield "retry.by_result.rejected has no effect: a number that LiraX refused is not called again."


def _on_goal(policy: Policy) -> Iterator[str]:
    if policy.goal is Goal.KEY and not any(rule.when.key for rule in policy.rules):
        yield "goal is key, but no rule names a key: any key pressed ends the calling."


def _on_orders(policy: Policy) -> Iterator[str]:
    for number, rule in enumerate(policy.rules):
        for order in rule.orders:
            if order.kind is EffectKind.DEAL and (whole := _rounded(order.fields["sum"])) is not None:
                yield f"rules.{number}.deal.sum: LiraX's deals have whole sums, so it becomes {whole}."


def _rounded(text: str) -> int | None:
    """What a sum becomes in a deal; None where that is the sum itself, or only known for each person."""
    if parse_text(text).columns:
        return None
    whole = whole_sum(text)
    return None if read_money(text) == whole else whole
