"""Passwords: what they cost to try, and which nobody may choose."""

import pytest
from pwdlib.hashers.argon2 import Argon2Hasher

from campaigns.problems import WrongInput
from engine.passwords import Passwords, check_password

pytestmark = pytest.mark.anyio

CHEAP = Passwords(memory_kib=64)


async def test_a_hash_costs_what_the_standard_asks_for() -> None:
    hashed = await Passwords().hash("a long walk by the river")
    assert hashed.startswith("$argon2id$v=19$m=47104,t=1,p=1$")


async def test_only_the_right_password_is_right() -> None:
    hashed = await CHEAP.hash("a long walk by the river")
    assert await CHEAP.verify("a long walk by the river", hashed=hashed) == (True, None)
    assert await CHEAP.verify("a long walk by the rivEr", hashed=hashed) == (False, None)
    assert await CHEAP.verify("x" * 100_000, hashed=hashed) == (False, None)


async def test_an_unknown_user_is_tried_against_a_hash_of_the_same_cost() -> None:
    assert await CHEAP.verify("nobody has this password", hashed=None) == (False, None)


async def test_a_password_kept_at_another_cost_is_hashed_anew() -> None:
    old = Argon2Hasher(time_cost=2, memory_cost=64, parallelism=1).hash("a long walk by the river")
    right, better = await CHEAP.verify("a long walk by the river", hashed=old)
    assert right
    assert better is not None
    assert await CHEAP.verify("a long walk by the river", hashed=better) == (True, None)


@pytest.mark.parametrize(
    "password",
    [
        "1234567",
        "x" * 129,
        "password",
        "Password2026!",
        "qwerty123",
        "11111111",
        "abcabcabc",
        "пароль123",
        "20262026",
    ],
)
def test_a_password_that_is_guessed_first_is_refused(password: str) -> None:
    with pytest.raises(WrongInput) as caught:
        check_password(password, email="olena@example.com")
    assert caught.value.problems[0].field == "password"


@pytest.mark.parametrize(
    "password", ["vij-zefo8", "три слони пішли", "correct horse battery", "x1" + "y2z3" * 31]
)
def test_other_passwords_are_taken_as_they_are(password: str) -> None:
    check_password(password, email="olena@example.com")
