"""Answers to `listBlackPhone` and `listBlackIP`."""

from typing import Annotated

from pydantic import BeforeValidator, Field

from engine.lirax.answers.answer import Answer, OpaqueId, entries


class Blacklist(Answer):
    """Every number, or every address, on the list, as LiraX writes it."""

    blacklist: Annotated[list[str], BeforeValidator(entries(OpaqueId))] = Field(
        description="compare addresses with `comparable_ip`: theirs may have leading zeros"
    )
