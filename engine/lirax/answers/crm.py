"""Answers to commands of LiraX's small CRM; all but one have nothing to tell."""

from pydantic import Field

from engine.lirax.answers.answer import Answer, NumberedId


class DealCreated(Answer):
    """The deal is there."""

    id_deal: NumberedId = Field(description="what `updateDeal` asks for")
