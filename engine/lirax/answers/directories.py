"""Answers that list what is set up in the account: stages, shops, statuses, users."""

from typing import Annotated

from pydantic import AliasChoices, BeforeValidator, Field

from engine.lirax.answers.answer import Answer, Entry, WholeNumber, Words, entries


def _short_number(value: object) -> str | None:
    return str(value).strip() or None if isinstance(value, str | int) else None


def _is_active(value: object) -> bool:
    return str(value).strip().lower() not in {"0", "false", "none", ""}


class Stage(Entry):
    """A stage of deals."""

    stage: WholeNumber = Field(description="its id, as deals name it")
    title: Words = ""


class Stages(Answer):
    """All stages of deals, in the order of the funnel."""

    stages: Annotated[list[Stage], BeforeValidator(entries(Stage))]


class Shop(Entry):
    """A shop, from which a call may be made (`idshop`)."""

    id: WholeNumber
    name: Words = ""


class Shops(Answer):
    """All shops."""

    shops: Annotated[list[Shop], BeforeValidator(entries(Shop))]


class UserStatus(Entry):
    """A presence an employee can be in: 0 disconnected, 1 free, above 1 busy."""

    status: WholeNumber = Field(description="the number that `staton` brings")
    title: Words = ""


class UserStatuses(Answer):
    """All presences of this account."""

    statuses: Annotated[list[UserStatus], BeforeValidator(entries(UserStatus))]


class User(Entry):
    """An employee."""

    id: WholeNumber
    name: Words = Field("", validation_alias=AliasChoices("Name", "name"))
    ext: Annotated[str | None, BeforeValidator(_short_number)] = Field(
        None, description="short number; None if the employee has none"
    )
    active: Annotated[bool, BeforeValidator(_is_active)] = True


class Users(Answer):
    """All employees."""

    users: Annotated[list[User], BeforeValidator(entries(User))]
