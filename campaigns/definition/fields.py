"""Single values: each field reads the text that was written as its own type, or says what it takes."""

import re
from collections.abc import Iterable
from datetime import timedelta

from campaigns.definition.reading import Place, did_you_mean, shown
from campaigns.definition.tree import Blank, Entries, Items, Kind, Scalar, Spoiled, number_text
from campaigns.rules.durations import parse_duration
from campaigns.texts import TextError, parse_text

LONGEST_NAME = 200
UNWANTED = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_WHOLE = re.compile(r"-?[0-9]{1,12}")
_PLAIN_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")
_BETWEEN_DIGITS = re.compile(r"[\s()+-]")
_DIGITS = re.compile(r"[0-9]{1,20}")
_TRUTH = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}


def read_scalar(place: Place, *, what: str = "a single value") -> str | None:
    """The text of a scalar, trimmed, not empty; what a person cannot see in it is a problem."""
    match place.node:
        case Spoiled(message=message):
            place.wrong(message)
        case Items() | Entries():
            place.wrong(f"must be {what}")
        case Blank():
            place.wrong("is empty")
        case Scalar() as scalar:
            return _trimmed(place, scalar)
    return None


def _trimmed(place: Place, scalar: Scalar) -> str | None:
    text = scalar.text.strip()
    if scalar.kind is Kind.NUMBER:
        text = number_text(text)
        if not _PLAIN_NUMBER.fullmatch(text):
            place.wrong(f"{shown(text)} is not a plain number; put it in quotes if it is text")
            return None
    if UNWANTED.search(text):
        place.wrong("holds a character that cannot be printed; delete it")
        return None
    if not text:
        place.wrong("is empty")
        return None
    return text


def read_line(place: Place, *, longest: int = LONGEST_NAME) -> str | None:
    """Text of one line, such as a name."""
    if isinstance(place.node, Scalar) and place.node.kind is Kind.BOOLEAN:
        place.wrong(f"must be text, not {place.node.text}")
        return None
    text = read_scalar(place, what="one line of text")
    if text is None:
        return None
    if "\n" in text or "\r" in text:
        place.wrong("must be one line of text")
        return None
    if len(text) > longest:
        place.wrong(f"has {len(text)} characters, at most {longest} are allowed")
        return None
    return text


def read_word(place: Place, words: Iterable[str]) -> str | None:
    """One of the words that are allowed here."""
    known = list(words)
    text = read_line(place)
    if text is None or text in known:
        return text
    place.wrong(f"{shown(text)} is not one of: {', '.join(known)}{_near(text, known)}")
    return None


def _near(text: str, known: list[str]) -> str:
    hint = did_you_mean(text, known)
    return hint if "did you mean" in hint else ""


def read_whole(place: Place, *, least: int, most: int) -> int | None:
    """A whole number."""
    text = read_scalar(place, what="a whole number")
    if text is None:
        return None
    if not _WHOLE.fullmatch(text) or not least <= int(text) <= most:
        place.wrong(f"{shown(text)} is not a whole number from {least} to {most}")
        return None
    return int(text)


def read_yes_no(place: Place) -> bool | None:
    """`true` or `false`, and no other word (YAML 1.2)."""
    text = read_scalar(place, what="true or false")
    if text is not None and text not in _TRUTH:
        place.wrong(f"{shown(text)} is neither true nor false")
    return _TRUTH.get(text or "")


def read_duration(place: Place) -> timedelta | None:
    """A duration such as `90s`, `15m`, `2h`, `1d`."""
    text = read_line(place)
    if text is None:
        return None
    try:
        return parse_duration(text)
    except ValueError as error:
        place.wrong(str(error).rstrip("."))
        return None


def read_digits(place: Place, *, what: str) -> str | None:
    """A number that is dialled or named by its digits; spaces, brackets, dashes and a plus are dropped."""
    text = read_line(place)
    if text is None:
        return None
    digits = _BETWEEN_DIGITS.sub("", text)
    if not _DIGITS.fullmatch(digits):
        place.wrong(f"{shown(text)} is not {what}; write its digits, as in “101”")
        return None
    return digits


def read_extension(place: Place) -> str | None:
    """The short number of an employee."""
    return read_digits(place, what="an extension of LiraX")


def read_text(place: Place) -> str | None:
    """A text with `{{ column }}`, of one or several lines."""
    if isinstance(place.node, Scalar) and place.node.kind is Kind.BOOLEAN:
        place.wrong(f"must be text, not {place.node.text}")
        return None
    text = read_scalar(place, what="a text")
    if text is None:
        return None
    try:
        return parse_text(text).source
    except TextError as error:
        place.wrong(str(error))
        return None
