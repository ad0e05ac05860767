"""Which of a campaign's rules follow from what happened (contract, section 4)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from campaigns.rules.policy import KeyPress, Policy, Rule, When
from campaigns.rules.vocabulary import CallResult, Goal, Outcome, RecipientState


@dataclass(frozen=True)
class Fired:
    """A rule that applies now. `number` is its place in the definition, from 0."""

    number: int
    rule: Rule


def rules_of_call(
    policy: Policy, *, result: CallResult, keys: Sequence[KeyPress], fired: Iterable[int]
) -> tuple[Fired, ...]:
    """Rules that this call's result and keys make fire now, in order; `fired` have fired for it before.

    Of the result rules only the first result's fire: a call whose result is told more exactly later does
    not fire a second one.
    """
    before = set(fired)
    result_fired = any(policy.rules[number].when.result for number in before if number < len(policy.rules))
    return tuple(
        Fired(number, rule)
        for number, rule in enumerate(policy.rules)
        if number not in before
        and (
            _pressed(rule.when, keys)
            or (rule.when.result is not None and rule.when.result is result and not result_fired)
        )
    )


def rules_numbered(policy: Policy, numbers: Iterable[int]) -> tuple[Fired, ...]:
    """The rules of these numbers, in that order: what has fired before, as it was kept."""
    return tuple(Fired(number, policy.rules[number]) for number in numbers if number < len(policy.rules))


def rules_of_state(policy: Policy, state: RecipientState) -> tuple[Fired, ...]:
    """Rules that a recipient's final state makes fire, in order."""
    return tuple(Fired(n, rule) for n, rule in enumerate(policy.rules) if rule.when.state is state)


def outcome_named(fired: Iterable[Fired]) -> str | None:
    """The outcome these rules name: the first counts; suppressing alone means `opted_out`."""
    rules = [each.rule for each in fired]
    named = next((rule.outcome for rule in rules if rule.outcome), None)
    if named is None and any(rule.suppress for rule in rules):
        return Outcome.OPTED_OUT.value
    return named


def opts_out(policy: Policy, keys: Sequence[KeyPress]) -> bool:
    """Whether a key was pressed that puts its presser on the do-not-call list."""
    return any(rule.suppress and _pressed(rule.when, keys) for rule in policy.rules)


def keys_end_calling(policy: Policy) -> bool:
    """Whether there is a key whose presser is not called again."""
    ends = any(rule.when.key is not None and (rule.suppress or rule.outcome) for rule in policy.rules)
    return ends or policy.goal is Goal.KEY


def _pressed(when: When, keys: Sequence[KeyPress]) -> bool:
    if when.key is None:
        return False
    return any(
        press.key == when.key and when.ivr in (None, press.ivr_name) and when.entry in (None, press.ivr_entry)
        for press in keys
    )
