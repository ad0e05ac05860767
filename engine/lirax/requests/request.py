"""What every command of LiraX has in common: its name, whether it may be repeated, its form on the wire."""

from datetime import datetime
from enum import Enum, IntEnum
from functools import cache
from typing import Any, ClassVar, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, ModelWrapValidatorHandler, ValidationError, model_validator

from engine.lirax.answers import Answer
from engine.lirax.errors import Refused

INVALID = "invalid_parameters"
INVALID_OR_UNCHANGED = "invalid_parameters_or_unchanged"  # updateDeal says 400 for both
LONGEST_SHOWN = 60
SHORT_ANSWER = 64 * 1024  # bytes; whatever is longer is no answer to a command
LONG_ANSWER = 16 * 1024 * 1024  # bytes, of lists that people make longer: a million blacklisted numbers

A = TypeVar("A", bound=Answer)


class Repeat(Enum):
    SAFE = "safe"  # sent twice, it does what it does once
    UNSAFE = "unsafe"  # a phone rings twice, a message comes twice


class Parameters(BaseModel):
    """What is asked of LiraX under one name.

    A value that LiraX would not take raises `Refused(kind="invalid_parameters")` when the request is made:
    nothing was sent. Whether an id or a number exists is LiraX's to say.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    cmd: ClassVar[str]

    @model_validator(mode="wrap")
    @classmethod
    def _refuse_plainly(cls, values: Any, handler: ModelWrapValidatorHandler["Parameters"]) -> "Parameters":
        try:
            return handler(values)
        except ValidationError as error:
            wrong = "; ".join(_sentence(cls, problem) for problem in error.errors())
            raise Refused(f"{cls.cmd} was not sent: {wrong}.", kind=INVALID) from None

    def form(self) -> dict[str, str]:
        """The parameters as they go over the wire; what was not given is left out."""
        values = ((wire_name, getattr(self, name)) for name, wire_name in wire_names(type(self)).items())
        return {name: _written(value) for name, value in values if value is not None and value != ()}


class Request(Parameters, Generic[A]):
    """One command with its values; `A` is what comes back."""

    answer: ClassVar[type[Answer]]
    repeat: ClassVar[Repeat] = Repeat.SAFE
    over_modem: ClassVar[bool] = False  # 402 and 403 speak of the modem
    kind_of_400: ClassVar[str] = INVALID
    most_bytes: ClassVar[int] = SHORT_ANSWER  # of its answer


@cache
def wire_names(kind: type[Parameters]) -> dict[str, str]:
    """Our name of each parameter → LiraX's."""
    return {
        name: field.serialization_alias or name
        for name, field in kind.model_fields.items()
        if not field.exclude
    }


def _written(value: object) -> str:
    if isinstance(value, str):
        return str(value)  # of a StrEnum its value
    if isinstance(value, IntEnum):
        return str(value.value)
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M:%S")
    if isinstance(value, tuple):
        return ",".join(value)
    return str(value)


def _sentence(kind: type[Parameters], problem: Any) -> str:
    field = str(problem["loc"][0]) if problem["loc"] else ""
    name = wire_names(kind).get(field, field)
    if problem["type"] == "missing":
        return f"{name} is missing"
    said = problem.get("ctx", {}).get("error") or problem["msg"][:1].lower() + problem["msg"][1:]
    if field in kind.model_fields and not kind.model_fields[field].repr:
        return f"{name}: {said}"  # a password is not shown
    return f"{name}: read {str(problem['input'])[:LONGEST_SHOWN]!r}, {said}"
