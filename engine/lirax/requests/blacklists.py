"""Commands about the two blacklists, of phone numbers and of IP addresses (LiraX reference, section 3)."""

from typing import ClassVar

from pydantic import Field

from engine.lirax.answers import Answer, Blacklist, Done
from engine.lirax.requests.request import LONG_ANSWER, Request
from engine.lirax.requests.values import Ip, Phone

NUMBER = "phone number, digits only"
ADDRESS = "IP address, sent as it is written"
UNSENT = "printed in LiraX's table, missing in its example: best left out"


class AddBlackPhone(Request[Done]):
    """Put a phone number on the blacklist.

    A number that is there already gives 200 or 400: both are fine (C34).
    Errors: 400 invalid_parameters, 401 invalid_token. May be repeated.
    LiraX reference, section 3, addBlackPhone.
    """

    cmd: ClassVar[str] = "addBlackPhone"
    answer: ClassVar[type[Answer]] = Done

    phone: Phone = Field(description=NUMBER)


class ListBlackPhone(Request[Blacklist]):
    """Read the blacklist of phone numbers.

    Errors: 400 invalid_parameters, 401 invalid_token. May be repeated.
    LiraX reference, section 3, listBlackPhone.
    """

    cmd: ClassVar[str] = "listBlackPhone"
    answer: ClassVar[type[Answer]] = Blacklist
    most_bytes: ClassVar[int] = LONG_ANSWER

    phone: Phone | None = Field(None, description=UNSENT)


class DelBlackPhone(Request[Done]):
    """Take a phone number off the blacklist.

    A number that is not there gives 200 or 400: both are fine (C34).
    Errors: 400 invalid_parameters, 401 invalid_token. May be repeated.
    LiraX reference, section 3, delBlackPhone.
    """

    cmd: ClassVar[str] = "delBlackPhone"
    answer: ClassVar[type[Answer]] = Done

    phone: Phone = Field(description=NUMBER)


class ListBlackIp(Request[Blacklist]):
    """Read the blacklist of IP addresses.

    Errors: 400 invalid_parameters, 401 invalid_token. May be repeated.
    LiraX reference, section 3, listBlackIP.
    """

    cmd: ClassVar[str] = "listBlackIP"
    answer: ClassVar[type[Answer]] = Blacklist
    most_bytes: ClassVar[int] = LONG_ANSWER

    phone: Phone | None = Field(None, description=UNSENT)


class AddBlackIp(Request[Done]):
    """Put an IP address on the blacklist.

    An address that is there already gives 200 or 400: both are fine (C34).
    Errors: 400 invalid_parameters, 401 invalid_token. May be repeated.
    LiraX reference, section 3, addBlackIP.
    """

    cmd: ClassVar[str] = "addBlackIP"
    answer: ClassVar[type[Answer]] = Done

    ip: Ip = Field(serialization_alias="IP", description=ADDRESS)


class DelBlackIp(Request[Done]):
    """Take an IP address off the blacklist.

    An address that is not there gives 200 or 400: both are fine (C34).
    Errors: 400 invalid_parameters, 401 invalid_token. May be repeated.
    LiraX reference, section 3, delBlackIP.
    """

    cmd: ClassVar[str] = "delBlackIP"
    answer: ClassVar[type[Answer]] = Done

    ip: Ip = Field(serialization_alias="IP", description=ADDRESS)
