"""A definition keeps to the terms of the account it names."""

from collections.abc import Mapping
from datetime import UTC, datetime

import pytest

from campaigns.definition import AccountTerms, Definition, read_definition
from campaigns.problems import Problem, WrongInput
from tests.definition.reading_aloud import KYIV, MINIMAL, TODAY

ACCOUNTS = {
    "default": AccountTerms(KYIV),
    "shop": AccountTerms("Europe/Warsaw", extensions=("101", "102"), modems=("380671234567",)),
    "bank": AccountTerms(KYIV, extensions=(), modems=()),
    "gone": AccountTerms(KYIV, closed=True),
}


def read(
    more: str, *, accounts: Mapping[str, AccountTerms] | None = ACCOUNTS, account: str | None = None
) -> Definition:
    return read_definition(
        MINIMAL + more,
        file="campaign.yaml",
        form="yaml",
        beside=None,
        account_timezone=KYIV,
        today=TODAY,
        accounts=accounts,
        account=account,
    )


GOOD = [
    "",
    "account: shop\n",
    "account: shop\nrules:\n- when: {key: '1'}\n  task: {ext: 102, text: Call}\n",
    "account: shop\nsms: {modem: '+38 067 123-45-67', ext: '102'}\n",
]


@pytest.mark.parametrize("more", GOOD)
def test_what_the_account_has_may_be_named(more: str) -> None:
    assert read(more).policy.name == "Reminder"


WRONG = [
    ("account: shopp\n", "account", 4, "there is no LiraX account “shopp”; did you mean “shop”?"),
    ("account: gone\n", "account", 4, "the LiraX account “gone” is closed and takes no new campaigns"),
    (
        "account: bank\n",
        "from",
        2,
        "“101” is not one of the extensions of the account “bank”, which has: none",
    ),
    (
        "account: shop\nrules:\n- when: {key: '1'}\n  message: {ext: 7, text: Call}\n",
        "rules.0.message.ext",
        7,
        "“7” is not one of the extensions of the account “shop”, which has: 101, 102",
    ),
    (
        "account: shop\nsms:\n  modem: '380991234567'\n",
        "sms.modem",
        6,
        "“380991234567” is not one of the modems of the account “shop”, which has: 380671234567",
    ),
    (
        "account: shop\nagents: [102, 103]\n",
        "agents.1",
        5,
        "“103” is not one of the extensions of the account “shop”, which has: 101, 102",
    ),
]


@pytest.mark.parametrize(("more", "field", "line", "message"), WRONG)
def test_what_the_account_does_not_have_is_a_problem(more: str, field: str, line: int, message: str) -> None:
    with pytest.raises(WrongInput) as caught:
        read(more)
    assert list(caught.value.problems) == [Problem(message, field, "campaign.yaml", line)]


def test_the_account_s_zone_is_that_of_hours_and_moments() -> None:
    definition = read("account: shop\nstart: 2026-12-01 09:00\n")
    assert definition.policy.account_timezone == "Europe/Warsaw"
    assert definition.policy.window.timezone == "Europe/Warsaw"
    assert definition.policy.start == datetime(2026, 12, 1, 8, 0, tzinfo=UTC)


def test_where_accounts_are_not_known_any_name_will_do() -> None:
    assert read("account: anywhere\n", accounts=None).policy.account_timezone == KYIV


def test_an_account_that_was_chosen_counts_as_written() -> None:
    chosen, written = read("", account="shop"), read("account: shop\n")
    assert chosen.document == written.document
    assert chosen.fingerprint == written.fingerprint
    assert read("account: shop\n", account="shop").document == written.document
    with pytest.raises(WrongInput) as caught:
        read("account: default\n", account="shop")
    [problem] = caught.value.problems
    assert (problem.field, problem.line) == ("account", 4)
