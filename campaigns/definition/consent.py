"""The section `consent`: what of the list tells that a person agreed, when, and where that can be seen."""

from campaigns.definition.fields import read_text
from campaigns.definition.reading import Place, open_section
from campaigns.rules.consents import read_given
from campaigns.rules.policy import ConsentTexts
from campaigns.texts import parse_text

CONSENT_KEYS = ("given", "source", "proof")


def read_consent(place: Place) -> ConsentTexts | None:
    section = open_section(place, CONSENT_KEYS)
    if section is None:
        return None
    given = section.need("given", why=": when it was given, such as {{ consent_date }}")
    source = section.need("source", why=": where it was given, such as a form, or {{ consent_source }}")
    return ConsentTexts(
        source=(None if source is None else read_text(source)) or "",
        given=(None if given is None else _read_given(given)) or "",
        proof=section.read("proof", read_text, otherwise=None),
    )


def _read_given(place: Place) -> str | None:
    """A text with a column, or a day that is the same for the whole list."""
    text = read_text(place)
    if text is None or parse_text(text).columns:
        return text
    try:
        read_given(text, timezone="UTC")
    except ValueError as error:
        place.wrong(str(error))
        return None
    return text
