"""A definition told back in plain words: what the campaign does, when, how often, and what follows."""

from typing import NamedTuple, assert_never

from campaigns.rules.agent_reasons import write_share
from campaigns.rules.durations import write_duration
from campaigns.rules.policy import Agents, Call, Pace, Policy, RetryPolicy, Rule, When
from campaigns.rules.vocabulary import Goal
from campaigns.rules.windows import CallingWindow
from web.pages.words import spoken

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


class Fact(NamedTuple):
    about: str
    told: str


def facts_of(policy: Policy) -> list[Fact]:
    facts = [
        Fact("The call", _call(policy.call, from_ext=policy.from_ext)),
        Fact("Calling hours", _window(policy.window)),
        Fact("Tries", _retry(policy.retry)),
        Fact("Calling a person ends", _goal(policy.goal)),
    ]
    if policy.agents is not None:
        facts.append(Fact("Agents", _agents(policy.agents, policy.pace)))
    pace = _pace(policy.pace)
    if pace:
        facts.append(Fact("Pace", pace))
    facts += [Fact(_when(rule.when), _consequences(rule)) for rule in policy.rules]
    return facts


def _call(call: Call, *, from_ext: str) -> str:
    heard = f"plays {call.play}" if call.play else f"is joined with {call.connect}"
    full = write_duration(call.success_after)
    return f"From {from_ext}; {heard}; listened means at least {full}."


def _window(window: CallingWindow) -> str:
    days = _days(window.days)
    hours = " and ".join(f"{_clock(hours.opens)}–{_clock(hours.closes)}" for hours in window.hours)
    zone = window.timezone or "each person's own time zone"
    left_out = "; holidays left out" if window.holidays else ""
    return f"{days} {hours}, {zone}{left_out}."


def _days(days: frozenset[int]) -> str:
    if len(days) == 7:
        return "Every day"
    inside = sorted(days)
    if len(inside) > 2 and inside[-1] - inside[0] == len(inside) - 1:
        return f"{DAYS[inside[0]]}–{DAYS[inside[-1]]}"
    return ", ".join(DAYS[day] for day in inside)


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"


def _retry(retry: RetryPolicy) -> str:
    if retry.attempts == 1:
        return "One call a person."
    told = f"Up to {retry.attempts} calls a person, {write_duration(retry.delay)} apart"
    for result, delay in retry.by_result.items():
        after = "no further call" if delay is None else write_duration(delay)
        told += f"; after {spoken(result)} {after}"
    return f"{told}."


def _goal(goal: Goal) -> str:
    match goal:
        case Goal.ANSWERED:
            return "when the call is answered."
        case Goal.LISTENED:
            return "when the message was listened to."
        case Goal.KEY:
            return "when a key is pressed."
        case _:
            assert_never(goal)


def _pace(pace: Pace) -> str:
    parts = []
    if pace.lines is not None:
        parts.append(f"at most {pace.lines} {'call' if pace.lines == 1 else 'calls'} at once")
    if pace.per_minute is not None:
        parts.append(f"at most {pace.per_minute} a minute")
    return " and ".join(parts)


def _agents(agents: Agents, pace: Pace) -> str:
    who = "Every employee" if agents.exts is None else ", ".join(sorted(agents.exts))
    each = "1 call" if pace.per_agent == 1 else f"{pace.per_agent:g} calls"
    limit = ""
    if pace.max_abandoned is not None:
        limit = f"; slower when more than {write_share(pace.max_abandoned)} find nobody"
    return f"{who}; {each} in the air for each who is free{limit}."


def _when(when: When) -> str:
    if when.key is not None:
        place = f" in {when.ivr}" if when.ivr else ""
        return f"Key {when.key}{place}"
    if when.result is not None:
        return f"After {spoken(when.result)}"
    return f"When {spoken(when.state or '')}"


def _consequences(rule: Rule) -> str:
    parts = []
    if rule.outcome:
        parts.append(f"the outcome is {spoken(rule.outcome)}")
    if rule.suppress:
        parts.append("never call or text again")
    if rule.sms:
        parts.append(f"SMS “{rule.sms}”")
    parts += [str(order.kind) for order in rule.orders]
    told = "; ".join(parts)
    return told[:1].upper() + told[1:]
