"""Commands that list what is set up in the account (LiraX reference, section 3)."""

from typing import ClassVar

from engine.lirax.answers import Answer, Done, Shops, Stages, Users, UserStatuses
from engine.lirax.requests.request import LONG_ANSWER, Request


class GetStages(Request[Stages]):
    """List the stages of deals, in the order of the funnel.

    Errors: 400 invalid_parameters, 401 invalid_token. May be repeated.
    LiraX reference, section 3, getStages.
    """

    cmd: ClassVar[str] = "getStages"
    answer: ClassVar[type[Answer]] = Stages


class GetShops(Request[Shops]):
    """List the shops.

    Errors: 400 invalid_parameters, 401 invalid_token. May be repeated.
    LiraX reference, section 3, getShops.
    """

    cmd: ClassVar[str] = "getShops"
    answer: ClassVar[type[Answer]] = Shops


class GetUserStatuses(Request[UserStatuses]):
    """List the presences an employee can be in.

    Errors: 400 invalid_parameters, 401 invalid_token. May be repeated.
    LiraX reference, section 3, getUserStatuses.
    """

    cmd: ClassVar[str] = "getUserStatuses"
    answer: ClassVar[type[Answer]] = UserStatuses


class GetUsers(Request[Users]):
    """List the employees.

    Errors: 400 invalid_parameters, 401 invalid_token. May be repeated.
    LiraX reference, section 3, getUsers.
    """

    cmd: ClassVar[str] = "getUsers"
    answer: ClassVar[type[Answer]] = Users
    most_bytes: ClassVar[int] = LONG_ANSWER


class InitStatuses(Request[Done]):
    """Ask for the presence of every employee; it comes as `staton` webhooks, not in the answer.

    For the moment the integration is switched on: later changes come by themselves, and what was known
    before is to be forgotten.
    Errors: 400 invalid_parameters, 401 invalid_token. May be repeated.
    LiraX reference, section 3, initStatuses.
    """

    cmd: ClassVar[str] = "initStatuses"
    answer: ClassVar[type[Answer]] = Done
