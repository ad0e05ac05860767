"""A profile in plain sentences, for the command line and the page."""

from collections.abc import Iterator

from campaigns.profiles.reading import DAYS
from campaigns.rules.durations import write_duration
from campaigns.rules.profiles import ConsentRule, Terms
from campaigns.rules.windows import Hours


def limits_of(terms: Terms) -> Iterator[tuple[str, str]]:
    """What one version allows: (what, why) with the law that each limit follows."""
    because = terms.because
    yield (
        f"Calls and SMS {_and([_hours(each) for each in terms.hours])}, by the person's own clock",
        because["hours"],
    )
    yield (
        f"On {'every day' if len(terms.days) == 7 else _and([DAYS[day] for day in sorted(terms.days)])}",
        because["days"],
    )
    if terms.holidays is not None:
        yield f"Not on the public holidays of {terms.holidays}", because["holidays"]
    if terms.consent is ConsentRule.WRITTEN:
        yield "Written consent has to be on record before a call or an SMS", because["consent"]
    yield from _caps(terms)
    if terms.texts_without_consent:
        told = f"At most {terms.texts_without_consent} SMS to a number without consent on record"
        yield told, because["texts_without_consent"]
    if terms.max_abandoned is not None:
        yield (
            f"At most {terms.max_abandoned:.0%} of those who answer may find nobody",
            because["abandoned_percent"],
        )


def _caps(terms: Terms) -> Iterator[tuple[str, str]]:
    because, caps = terms.because, terms.caps
    if terms.contacts_per_day is not None:
        yield f"At most {terms.contacts_per_day} calls and SMS a day to a number", because["contacts_per_day"]
    if "calls_per_day" in because:
        yield f"At most {caps.per_day} calls a day to a number", because["calls_per_day"]
    if caps.per_week is not None:
        yield f"At most {caps.per_week} calls to a number in any 7 days", because["calls_per_week"]
    if caps.after_conversation is not None:
        rest = write_duration(caps.after_conversation)
        yield f"No call within {rest} of a conversation", because["rest_after_conversation"]


def _hours(hours: Hours) -> str:
    return "-".join(f"{minute // 60:02}:{minute % 60:02}" for minute in hours)


def _and(parts: list[str]) -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"
