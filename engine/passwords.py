"""Passwords: argon2id, worked out in threads, at most four at once (each takes 46 MiB while it runs)."""

import asyncio
from functools import cached_property

from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from campaigns.problems import Problem, WrongInput

MEMORY_KIB = 47104  # the smallest memory OWASP accepts for one pass and one lane (ASVS 5.0, 11.4.2)
PASSES = 1
LANES = 1
AT_ONCE = 4

SHORTEST = 8
LONGEST = 128

_EASY_STEMS = """
    password passw0rd qwerty qwertyui qwertyuiop qwerty123 asdfghjk zxcvbnm 1q2w3e4r 1qaz2wsx q1w2e3r4
    abc12345 abcd1234 abcdefgh iloveyou sunshine princess football baseball superman trustno1 letmein welcome
    dragon monkey master starwars computer internet whatever samsung michael jennifer jordan23
    liverpool chelsea arsenal
    пароль йцукен йцукенгш привіт привет україна украина слава любов любовь наталья наташа сергей андрей
    dzvin lirax admin administrator changeme default secret testtest test1234 ukraine kyiv kiev
"""
EASY = frozenset(_EASY_STEMS.split())
"""Words of the lists every guesser begins with; with digits or signs at their ends they are as easy."""


class Passwords:
    """Hashes and verifies. An unknown user costs as much time as a known one."""

    def __init__(self, *, memory_kib: int = MEMORY_KIB) -> None:
        self._hash = PasswordHash(
            (Argon2Hasher(time_cost=PASSES, memory_cost=memory_kib, parallelism=LANES),)
        )
        self._places = asyncio.Semaphore(AT_ONCE)

    async def hash(self, password: str) -> str:
        async with self._places:
            return await asyncio.to_thread(self._hash.hash, password)

    async def verify(self, password: str, *, hashed: str | None) -> tuple[bool, str | None]:
        """Whether it is the right one, and a new hash to keep when the old one was made with other costs."""
        async with self._places:
            return await asyncio.to_thread(self._verify, password, hashed)

    def _verify(self, password: str, hashed: str | None) -> tuple[bool, str | None]:
        nobody = self._nobody  # made before anybody is verified, so that its making tells nothing
        if len(password) > LONGEST:
            password = ""
        right, better = self._hash.verify_and_update(password, hashed or nobody)
        return (right, better) if hashed is not None else (False, None)

    @cached_property
    def _nobody(self) -> str:
        return self._hash.hash("nobody has this password")


def check_password(password: str, *, email: str) -> None:
    """Raises WrongInput naming what is wrong with a password somebody chooses."""
    complaint = _complaint(password, email=email)
    if complaint is not None:
        raise WrongInput(Problem(complaint, field="password"))


def _complaint(password: str, *, email: str) -> str | None:
    if len(password) < SHORTEST:
        return f"the password has {len(password)} characters; use at least {SHORTEST}, better 15"
    if len(password) > LONGEST:
        return f"the password has {len(password)} characters; at most {LONGEST} are allowed"
    bare = password.casefold().strip("0123456789!?.,_-*#@$ ")
    if bare in EASY or password.casefold() in EASY or len(set(password)) < 4 or not bare:
        return "the password is one of those that are guessed first; use several words or a longer one"
    if password.casefold() in {email.casefold(), email.casefold().split("@")[0]}:
        return "the password is the e-mail address; use another one"
    return None
