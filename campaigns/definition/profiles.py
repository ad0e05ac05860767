"""The key `profile`: what it fills in, and that a definition is nowhere wider than it."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from campaigns.definition.fields import read_word
from campaigns.definition.hours import DAYS, write_hours
from campaigns.definition.moments import first_day
from campaigns.definition.reading import Place, Section
from campaigns.definition.tree import Entries
from campaigns.profiles import NOT_LEGAL_ADVICE, legal_hours, profile_named, profile_names
from campaigns.rules.agent_reasons import write_share
from campaigns.rules.policy import Agents, Pace, Policy
from campaigns.rules.profiles import ConsentRule, Profile, Terms, fits, least_abandoned
from campaigns.rules.windows import CallingWindow, Hours


def read_profile(place: Place) -> Profile | None:
    word = read_word(place, profile_names())
    return None if word is None else profile_named(word)


def window_under(profile: Profile) -> CallingWindow:
    """What holds where the definition leaves its window out: as far as any version allows, everywhere by
    the recipient's own clock; the law itself then narrows each day to the version in force."""
    first = min(hours.opens for terms in profile.versions for hours in terms.hours)
    last = max(hours.closes for terms in profile.versions for hours in terms.hours)
    days = frozenset().union(*(terms.days for terms in profile.versions))
    only = profile.versions[0].hours if len({terms.hours for terms in profile.versions}) == 1 else None
    return CallingWindow(hours=only or (Hours(first, last),), days=days, timezone=None)


def under_law(window: CallingWindow, profile: Profile | None) -> CallingWindow:
    return window if profile is None else replace(window, law=legal_hours(profile))


def pace_under(pace: Pace, profile: Profile | None, *, agents: Agents | None) -> Pace:
    """With the share of abandoned people that the profile allows, where the definition names none."""
    share = least_abandoned(profile)
    if agents is None or not share or pace.per_agent <= 1 or pace.max_abandoned is not None:
        return pace
    return replace(pace, max_abandoned=share)


def check_profile(section: Section, policy: Policy, *, today: date) -> None:
    """Reports every value that is wider than the version in force when the campaign begins."""
    profile = policy.profile
    if profile is None:
        return
    terms = profile.on(first_day(policy, today))
    for field, message in _wider(section, policy, profile.name, terms):
        place = _place(section, field)
        if place is not None:
            place.wrong(message)


def on_profile(policy: Policy, *, today: date) -> Iterator[str]:
    """What `dzvin check` tells of the profile: its law, what follows from it, and what will change."""
    profile = policy.profile
    if profile is None:
        return
    terms = profile.on(first_day(policy, today))
    told = f"The profile {profile.name} ({profile.title}) was compared with the law on {profile.reviewed}."
    yield f"{told} {NOT_LEGAL_ADVICE}"
    for law in terms.laws:
        yield f"It follows: {law}."
    if terms.consent is ConsentRule.WRITTEN:
        yield from _on_consent(policy, terms)
    elif policy.consent is None and terms.texts_without_consent is not None:
        yield f"Without consent on record a number gets at most {terms.texts_without_consent} SMS in all."
    for later in profile.later_than(first_day(policy, today)):
        hours = " and ".join(write_hours(each) for each in later.hours)
        yield f"From {later.since} on another version of {profile.name} is in force: calls {hours}."
    yield from terms.warnings


def _on_consent(policy: Policy, terms: Terms) -> Iterator[str]:
    told = "Who has no consent on record is neither called nor texted, and waits for it"
    yield f"{told} ({terms.because['consent']})."
    if policy.consent is None:
        yield "consent is left out, so the list tells of none: `dzvin consent add` or the API records it."
    if policy.end is None:
        yield "end is left out: the campaign does not finish while somebody waits for consent."


def _wider(section: Section, policy: Policy, name: str, terms: Terms) -> Iterator[tuple[str, str]]:
    """(field, message) of each value beyond what the terms allow."""
    allowed = " and ".join(write_hours(each) for each in terms.hours)
    for field, window in _windows(policy):
        for hours in window.hours:
            if not fits((hours,), terms.hours):
                told = f"{write_hours(hours)} is wider than the profile {name} allows, {allowed}"
                yield field, f"{told} ({terms.because['hours']})"
    days = [DAYS[day] for day in sorted(policy.window.days - terms.days)]
    if days:
        told = f"the profile {name} allows no calls on {', '.join(days)}"
        yield "window.days", f"{told} ({terms.because['days']})"
    yield from _more_calls(policy, name, terms)
    yield from _more_abandoned(policy, name, terms)


def _windows(policy: Policy) -> Iterator[tuple[str, CallingWindow]]:
    yield "window.hours", policy.window
    if policy.sms is not None:
        yield "sms.hours", policy.sms.window


def _more_calls(policy: Policy, name: str, terms: Terms) -> Iterator[tuple[str, str]]:
    for key, span in (("per_day", "a day"), ("per_week", "in 7 days")):
        asked, allowed = getattr(policy.caps, key), getattr(terms.caps, key)
        if asked is not None and allowed is not None and asked > allowed:
            why = terms.because.get(f"calls_{key}") or terms.because[f"contacts_{key}"]
            yield (
                f"caps.{key}",
                f"{asked} calls {span} are more than the {allowed} that the profile {name} allows ({why})",
            )


def _more_abandoned(policy: Policy, name: str, terms: Terms) -> Iterator[tuple[str, str]]:
    share, pace = terms.max_abandoned, policy.pace
    if share is None or policy.agents is None:
        return
    why = terms.because["abandoned_percent"]
    if share == 0 and pace.per_agent > 1:
        yield (
            "pace.per_agent",
            f"{pace.per_agent:g} is more than the 1 that the profile {name} allows ({why})",
        )
    elif share and pace.max_abandoned is not None and pace.max_abandoned > share:
        told = f"{write_share(pace.max_abandoned)} is more than the {write_share(share)}"
        yield "pace.max_abandoned", f"{told} that the profile {name} allows ({why})"


def _place(section: Section, field: str) -> Place | None:
    """Where the value stands; None where it was left out, and is what the profile itself filled in."""
    key, _, inner = field.partition(".")
    place = section.get(key)
    if place is None or not isinstance(place.node, Entries):
        return None
    entry = next((each for each in place.node.entries if each.key == inner), None)
    return None if entry is None else place.inner(inner, entry.node, line=entry.line)
