"""`caps`: how often one number may be called, over all campaigns."""

import pytest

from campaigns.definition import AccountTerms, policy_of, read_definition
from campaigns.rules.caps import ContactCaps
from tests.definition.reading_aloud import KYIV, MINIMAL, TODAY, minimal, problem_of


@pytest.mark.parametrize(
    ("more", "caps"),
    [
        ("", ContactCaps()),
        ("caps: {per_day: 1, per_week: 3}\n", ContactCaps(1, 3)),
        ("caps: {per_week: '7'}\n", ContactCaps(None, 7)),
    ],
)
def test_caps_are_read_and_kept(more: str, caps: ContactCaps) -> None:
    definition = minimal(more)
    assert definition.policy.caps == caps
    assert policy_of(definition.document, account_timezone=KYIV).caps == caps


@pytest.mark.parametrize(
    ("more", "field", "message"),
    [
        ("caps: {per_day: 0}\n", "caps.per_day", "from 1 to 100"),
        ("caps: {per_week: never}\n", "caps.per_week", "is not a whole number"),
        ("caps: {per_month: 3}\n", "caps.per_month", "per_week"),
        ("caps: 3\n", "caps", "must be"),
    ],
)
def test_other_caps_are_named(more: str, field: str, message: str) -> None:
    problem = problem_of(more)
    assert problem.field == field
    assert message in problem.message


@pytest.mark.parametrize(
    ("more", "terms", "note"),
    [
        ("", ContactCaps(), None),
        (
            "caps: {per_day: 1}\n",
            ContactCaps(),
            "One number gets at most 1 call a day, calls of all campaigns counted.",
        ),
        (
            "caps: {per_day: 1}\n",
            ContactCaps(2, 3),
            "One number gets at most 1 call a day and 3 calls in any 7 days, calls of all campaigns counted, "
            "some of it by the account default.",
        ),
        (
            "profile: us-regf\ncaps: {per_day: 1}\n",
            ContactCaps(2, 3),
            "One number gets at most 1 call a day and 3 calls in any 7 days, and not within 7d of a "
            "conversation, calls of all campaigns counted, some of it by the account default and the profile "
            "us-regf.",
        ),
        (
            "profile: ua-debt\ncaps: {per_day: 1}\n",
            ContactCaps(),
            "One number gets at most 1 call a day, calls of all campaigns counted.",
        ),
    ],
)
def test_what_holds_is_told_with_the_caps_of_the_account(
    more: str, terms: ContactCaps, note: str | None
) -> None:
    definition = read_definition(
        MINIMAL + more,
        file=None,
        form="yaml",
        beside=None,
        account_timezone=KYIV,
        today=TODAY,
        accounts={"default": AccountTerms(KYIV, caps=terms)},
    )
    found = [each for each in definition.notes if each.startswith("One number")]
    assert found == ([] if note is None else [note])
