"""The `Policy` of a definition, section by section, and the checks that need more than one of them."""

import phonenumbers

from campaigns.definition.agents import read_agents
from campaigns.definition.calling import NOWHERE, read_call, read_pace, read_retry
from campaigns.definition.caps import read_caps
from campaigns.definition.consent import read_consent
from campaigns.definition.fields import read_extension, read_line, read_word, read_yes_no
from campaigns.definition.following import Around, read_rules, read_sms
from campaigns.definition.hours import read_window, usual_window
from campaigns.definition.moments import read_moment
from campaigns.definition.profiles import check_profile, pace_under, read_profile, under_law, window_under
from campaigns.definition.reading import Place, Section, shown
from campaigns.definition.surroundings import Surroundings
from campaigns.rules.caps import ContactCaps
from campaigns.rules.policy import Pace, Policy, RetryPolicy
from campaigns.rules.vocabulary import Goal

DEFINITION_KEYS = (
    *("name", "account", "from", "call", "recipients", "phone_column", "country", "start", "end"),
    *("profile", "consent", "window", "agents", "pace", "retry", "caps", "goal", "rules", "sms", "open"),
)

STORED_KEYS = (*DEFINITION_KEYS, "request_hours")
"""What our own programs may write into a definition as well: `09-18`."""


def build_policy(section: Section, surroundings: Surroundings) -> Policy:
    """What the definition asks for. Where a problem was reported, the value stands for nothing."""
    account = section.read("account", read_line, otherwise="default")
    account_zone = surroundings.zone_of(account)
    named = section.need("name")
    from_ext = section.need("from", why=": the LiraX extension the calls are placed for")
    call = section.need("call", why=": play or connect")
    profile = section.read("profile", read_profile, otherwise=None)
    usual = usual_window(account_zone) if profile is None else window_under(profile)
    own = section.read("window", lambda at: read_window(at, usual=usual), otherwise=usual)
    window = under_law(own, profile)
    zone = window.timezone or account_zone
    ext = (None if from_ext is None else read_extension(from_ext)) or ""
    name = (None if named is None else read_line(named)) or ""
    agents = read_agents(section)
    around = Around(name, ext, has_sms=section.get("sms") is not None)
    policy = Policy(
        name=name,
        account=account,
        from_ext=ext,
        call=(None if call is None else read_call(call, surroundings)) or NOWHERE,
        window=window,
        account_timezone=account_zone,
        country=section.read("country", read_country, otherwise="UA"),
        start=section.read("start", lambda at: read_moment(at, timezone=zone), otherwise=None),
        end=section.read("end", lambda at: read_moment(at, timezone=zone), otherwise=None),
        pace=pace_under(
            section.read("pace", lambda at: read_pace(at, agents=agents), otherwise=Pace()),
            profile,
            agents=agents,
        ),
        retry=section.read("retry", read_retry, otherwise=RetryPolicy()),
        caps=section.read("caps", read_caps, otherwise=ContactCaps()),
        goal=section.read("goal", _read_goal, otherwise=Goal.LISTENED),
        rules=section.read("rules", lambda at: read_rules(at, around), otherwise=()),
        sms=section.read("sms", lambda at: read_sms(at, from_ext=ext, window=window), otherwise=None),
        open=section.read("open", read_yes_no, otherwise=False),
        request_hours=section.read("request_hours", _read_request_hours, otherwise=None),
        agents=agents,
        profile=profile,
        consent=section.read("consent", read_consent, otherwise=None),
    )
    _check_end(section, policy)
    if surroundings.today is not None:
        check_profile(section, policy, today=surroundings.today)
    return policy


def read_country(place: Place) -> str | None:
    """Two letters, such as UA, of a country whose numbers are known."""
    text = read_line(place)
    if text is None or text.upper() in phonenumbers.SUPPORTED_REGIONS:
        return None if text is None else text.upper()
    place.wrong(f"{shown(text)} is not a country; write its two letters, such as UA, PL or DE")
    return None


def _read_request_hours(place: Place) -> tuple[str, str] | None:
    first, _, last = (read_line(place) or "").partition("-")
    return (first, last) if first and last else None


def _read_goal(place: Place) -> Goal | None:
    word = read_word(place, tuple(Goal))
    return None if word is None else Goal(word)


def _check_end(section: Section, policy: Policy) -> None:
    end = section.get("end")
    if end is not None and policy.end is not None and policy.start is not None and policy.end <= policy.start:
        end.wrong("must be later than start")
