"""What a campaign would do, in plain sentences, for `dzvin check` and whoever reads before starting."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from campaigns.definition.definition import Definition
from campaigns.definition.hours import DAYS, EVERY_DAY, write_hours
from campaigns.rules.agent_reasons import write_share
from campaigns.rules.durations import write_duration
from campaigns.rules.policy import Order, Policy, Rule, When
from campaigns.rules.vocabulary import EffectKind, Goal
from campaigns.rules.windows import CallingWindow

_GOALS = {
    Goal.ANSWERED: "somebody answers",
    Goal.LISTENED: "somebody has listened long enough",
    Goal.KEY: "somebody presses a key",
}


@dataclass(frozen=True)
class ListFigures:
    """What reading the list gave."""

    accepted: int
    duplicates: int
    rejected: int


def outline(definition: Definition, *, figures: ListFigures | None = None) -> list[str]:
    """One sentence a line: whom, what, when, how often, what follows; then the definition's notes."""
    policy = definition.policy
    return [
        f"Campaign “{policy.name}” of the account {policy.account} calls from {policy.from_ext}.",
        *_whom(definition, figures),
        _what(policy),
        *_agents(policy),
        *_variables(policy),
        _when(policy),
        *_span(policy),
        *_pace(policy),
        _retry(policy),
        *(_rule(number, rule) for number, rule in enumerate(policy.rules)),
        *_sms(policy),
        *definition.notes,
    ]


def _whom(definition: Definition, figures: ListFigures | None) -> Iterator[str]:
    if isinstance(definition.recipients, list):
        count = len(definition.recipients)
        yield f"{count} {'recipient stands' if count == 1 else 'recipients stand'} in the definition."
    elif definition.recipients is not None:
        country = definition.policy.country
        yield f"The list is {definition.recipients.name}; its national numbers are those of {country}."
    if figures is not None:
        yield (
            f"Of the list {figures.accepted} would be called, {figures.duplicates} are duplicates, "
            f"{figures.rejected} are rejected."
        )


def _what(policy: Policy) -> str:
    call = policy.call
    told = f"hears {call.play}" if call.play else f"is joined with {call.connect}"
    enough = f"; {write_duration(call.success_after)} count as listened" if call.success_after else ""
    return f"Who answers {told}{enough}."


def _agents(policy: Policy) -> Iterator[str]:
    agents, pace = policy.agents, policy.pace
    if agents is None:
        return
    who = "every employee" if agents.exts is None else _and(sorted(agents.exts))
    each = "one call is" if pace.per_agent == 1 else f"up to {pace.per_agent:g} calls are"
    yield f"Calls are taken by {who}: {each} in the air for each who is free."
    if pace.max_abandoned is not None:
        share = write_share(pace.max_abandoned)
        yield f"When more than {share} of those who answer find nobody, it dials slower by itself."


def _variables(policy: Policy) -> Iterator[str]:
    variables = policy.call.variables
    if variables:
        yield f"The IVR is given {_and([f'{name} “{text}”' for name, text in variables.items()])}."


def _when(policy: Policy) -> str:
    zone = policy.window.timezone or "in each recipient's own time zone"
    return f"Calls go out {_hours(policy.window)} {_days(policy.window)}, {zone}{_holidays(policy.window)}."


def _hours(window: CallingWindow) -> str:
    return _and([write_hours(hours) for hours in window.hours])


def _days(window: CallingWindow) -> str:
    if window.days == EVERY_DAY:
        return "every day"
    return f"on {_and([DAYS[day] for day in sorted(window.days)])}"


def _holidays(window: CallingWindow) -> str:
    return ", except on holidays" if window.holidays else ""


def _span(policy: Policy) -> Iterator[str]:
    zone = ZoneInfo(policy.window.timezone or policy.account_timezone)
    if policy.start is not None:
        yield f"The first call is not before {_moment(policy.start, zone)}."
    if policy.end is not None:
        yield f"Nobody is called after {_moment(policy.end, zone)}; who is left ends as expired."
    if policy.open:
        yield "The campaign stays open for further recipients until it is cancelled or its end passes."


def _moment(moment: datetime, zone: ZoneInfo) -> str:
    return f"{moment.astimezone(zone):%Y-%m-%d %H:%M} ({zone.key})"


def _pace(policy: Policy) -> Iterator[str]:
    pace = policy.pace
    limits = [] if pace.lines is None else [f"{pace.lines} calls at once"]
    limits += [] if pace.per_minute is None else [f"{pace.per_minute} requests in any minute"]
    if limits:
        yield f"At most {_and(limits)}."
    if pace.weight != 1:
        yield f"Its share of the account's lines weighs {pace.weight}."


def _retry(policy: Policy) -> str:
    retry, goal = policy.retry, _GOALS[policy.goal]
    if retry.attempts == 1:
        return "Everybody is called once."
    pauses = [f"{_pause(pause)} after {result}" for result, pause in retry.by_result.items()]
    usual = f"{_pause(retry.delay)} after any {'other ' if pauses else ''}result"
    return f"Everybody is called up to {retry.attempts} times until {goal}: {_and([*pauses, usual])}."


def _pause(pause: timedelta | None) -> str:
    if pause is None:
        return "never again"
    return f"again in {write_duration(pause)}" if pause else "again as soon as allowed"


def _rule(number: int, rule: Rule) -> str:
    actions = [] if rule.outcome is None else [f"the outcome is {rule.outcome}"]
    actions += ["the number is never called or texted again"] if rule.suppress else []
    actions += [] if rule.sms is None else [f"an SMS is sent: “{rule.sms}”"]
    actions += [_order(order) for order in rule.orders]
    return f"Rule {number}: {_condition(rule.when)}, then {_and(actions)}."


def _condition(when: When) -> str:
    if when.result is not None:
        return f"when a call ends as {when.result}"
    if when.state is not None:
        return f"when somebody ends as {when.state}"
    menu = f" in the menu {when.ivr}" if when.ivr else ""
    entry = f" at the entry {when.entry}" if when.entry else ""
    return f"when the key {when.key} is pressed{menu}{entry}"


def _order(order: Order) -> str:
    fields = order.fields
    match order.kind:
        case EffectKind.TASK:
            return (
                f"{fields['ext']} gets the task “{fields['text']}” ({fields['type']}, due in {fields['due']})"
            )
        case EffectKind.NOTE:
            return f"a note is kept: “{fields['text']}”"
        case EffectKind.DEAL:
            closed = "" if fields["status"] == "active" else f" and closed as {fields['status']}"
            return (
                f"the deal “{fields['name']}” of {fields['sum']} is put into stage {fields['stage']}{closed}"
            )
        case EffectKind.MESSAGE:
            return f"{fields['ext']} gets the message “{fields['text']}”"
        case EffectKind.CONTACT:
            return f"the contact is named “{fields['name']}”"
        case EffectKind.CAMPAIGN:
            return f"the person goes on in the campaign “{fields['name']}”"
        case EffectKind.BLACKLIST:
            raise AssertionError("no rule orders an errand of the account")


def _sms(policy: Policy) -> Iterator[str]:
    if policy.sms is not None and any(rule.sms for rule in policy.rules):
        window = policy.sms.window
        yield f"SMS leave from {policy.sms.modem}, {_hours(window)} {_days(window)}."


def _and(parts: list[str]) -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"
