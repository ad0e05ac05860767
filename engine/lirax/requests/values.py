"""The values that parameters take, each checked as far as the LiraX reference says what it must look like."""

import re
from collections.abc import Callable
from datetime import datetime
from typing import Annotated

from pydantic import AfterValidator, Field

from engine.lirax.spelling import bare_number, is_address, sendable

_DIGITS = re.compile(r"[0-9]{1,20}")
_IP = re.compile(r"[0-9A-Fa-f:.]{2,45}")
_EMAIL = re.compile(r"[^,@\s]+@[^,@\s]+")


def _digits(text: str) -> str:
    if not _DIGITS.fullmatch(text):
        raise ValueError("expected digits")
    return text


def _phone(text: str) -> str:
    digits = bare_number(text)
    if not _DIGITS.fullmatch(digits):
        raise ValueError("expected the digits of a phone number in international form")
    return digits


def _phone_or_audio(text: str) -> str:
    if not is_address(text):
        return _phone(text)
    if any(character.isspace() for character in text):
        raise ValueError("expected an address without spaces")
    return text


def _text(text: str) -> str:
    if not text.strip():
        raise ValueError("expected a text that is not empty")
    return sendable(text)


def _ip(text: str) -> str:
    if not _IP.fullmatch(text.strip()):
        raise ValueError("expected an IP address")
    return text.strip()


def _email(text: str) -> str:
    if not _EMAIL.fullmatch(text):
        raise ValueError("expected an e-mail address without commas and spaces")
    return text


def _wall_clock(moment: datetime) -> datetime:
    if moment.tzinfo is not None:
        raise ValueError("expected the wall clock of the account, without a zone")
    return moment


def _like(pattern: str, expected: str) -> Callable[[str], str]:
    compiled = re.compile(pattern)

    def check(text: str) -> str:
        if not compiled.fullmatch(text):
            raise ValueError(f"expected {expected}")
        return text

    return check


Ext = Annotated[str, AfterValidator(_digits)]
Phone = Annotated[str, AfterValidator(_phone)]
PhoneOrAudio = Annotated[str, AfterValidator(_phone_or_audio)]
Text = Annotated[str, AfterValidator(_text)]
Id = Text  # as LiraX gave it
Ip = Annotated[str, AfterValidator(_ip)]
Email = Annotated[str, AfterValidator(_email)]
WallClock = Annotated[datetime, AfterValidator(_wall_clock)]
Count = Annotated[int, Field(ge=0)]
Hour = Annotated[str, AfterValidator(_like(r"[01][0-9]|2[0-3]", "an hour from 00 to 23, in two digits"))]
SpokenTime = Annotated[str, AfterValidator(_like(r"([01][0-9]|2[0-3]):[0-5][0-9]", "hh:mm"))]
SpokenDate = Annotated[
    str,
    AfterValidator(
        _like(
            r"(0[1-9]|[12][0-9]|3[01])\.(0[1-9]|1[0-2])\.[0-9]{4}|today|tomorrow",
            "dd.mm.YYYY, today or tomorrow",
        )
    ),
]
SpokenMoney = Annotated[str, AfterValidator(_like(r"[0-9]+\.[0-9]{2}", "a sum such as 1250.00"))]
