"""What every answer of LiraX has in common, and how its values are read: ids quoted or bare, null for an
empty list, an entry that cannot be read left out, unknown fields kept (LiraX reference, section 7, C5-C9)."""

from collections.abc import Callable
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, TypeAdapter, ValidationError

from engine.lirax.spelling import read_opaque_id, read_whole_number

T = TypeVar("T")


class Answer(BaseModel):
    """What came with a 200. The fields that have no default are promised: without them it is no success."""

    model_config = ConfigDict(frozen=True, extra="allow", populate_by_name=True)

    @classmethod
    def promised(cls) -> str | None:
        """The field without which a 200 is no success; None where nothing is promised."""
        return next((name for name, field in cls.model_fields.items() if field.is_required()), None)


class Entry(BaseModel):
    """One line of a list."""

    model_config = ConfigDict(frozen=True, extra="allow", populate_by_name=True)


class Done(Answer):
    """It was done; LiraX has nothing to tell: its body is empty, `{}` or a word such as OK."""


def entries(kind: Any) -> Callable[[object], list[Any]]:
    """A reader of lists whose unreadable entries are left out; null stands for an empty one (C34)."""
    adapter: TypeAdapter[Any] = TypeAdapter(kind)

    def read(value: object) -> list[Any]:
        if value is None:
            return []
        if not isinstance(value, list):
            raise ValueError("is no list")
        return [entry for entry in (_read(adapter, one) for one in value) if entry is not None]

    return read


def _read(adapter: TypeAdapter[T], value: object) -> T | None:
    try:
        return adapter.validate_python(value)
    except ValidationError:
        return None


def _opaque_id(value: object) -> str:
    read = read_opaque_id(value)
    if read is None:
        raise ValueError("is no id")
    return read


def _numbered_id(value: object) -> str:
    """An integer by the reference; kept as text, `007` and 7 being one id."""
    number = read_whole_number(value)
    return _opaque_id(value) if number is None else str(number)


def _whole_number(value: object) -> int:
    number = read_whole_number(value)
    if number is None:
        raise ValueError("is no whole number")
    return number


def _words(value: object) -> str:
    return "" if value is None else str(value)


OpaqueId = Annotated[str, BeforeValidator(_opaque_id)]
NumberedId = Annotated[str, BeforeValidator(_numbered_id)]
WholeNumber = Annotated[int, BeforeValidator(_whole_number)]
Words = Annotated[str, BeforeValidator(_words)]
