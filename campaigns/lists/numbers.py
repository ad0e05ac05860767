"""Telephone numbers as people write them → E.164 digits, or a sentence that says why not.

Never a guess: what may be two numbers, or lost digits on its way, is refused; a guess rings a stranger.
"""

import re
import unicodedata
from functools import lru_cache
from typing import NamedTuple

import phonenumbers
from phonenumbers import NumberParseException, PhoneMetadata, PhoneNumber, PhoneNumberType, ValidationResult
from phonenumbers.shortnumberinfo import is_emergency_number

from campaigns.lists.number_patterns import SHORTEST, TRUNKS, fast_pattern

NOT_KNOWN = "is not in a range known to be in use"

_SPACING = str.maketrans("", "", " \t\u00a0\u2007\u202f-\u2010\u2011\u2012\u2013\u2014\u2212()")
_INVISIBLE = re.compile(r"[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\u00ad]")
_WRAPPED = re.compile(r'="(.*)"|\'(.*)', re.DOTALL)  # how spreadsheets are made to keep digits as text
_LABEL = re.compile(
    r"(?:tel|phone|mob|mobile|cell|тел|телефон|моб|мобільний|мобильный)\b[.:]*\s*", re.IGNORECASE
)
_SCIENTIFIC = re.compile(r"[+-]?\d+(?:[.,]\d+)?\s*[eEеЕ]\s*\+?\d+")
_DECIMAL = re.compile(r"(\+?\d+)[.,](\d{1,2})")
_BETWEEN = re.compile(r"[,;|/\\\n\r]|\s(?:or|або|чи|та|и|или)\s", re.IGNORECASE)
_WRITTEN = re.compile(r"\+?\d+", re.ASCII)
_LONGEST = 250  # characters of a cell worth looking at

# International codes that belong to no country: satellites, and services that cost.
_NO_COUNTRY = {870: "satellite", 878: "satellite", 881: "satellite", 882: "satellite", 883: "satellite"}
_NO_COUNTRY |= {808: "shared-cost", 888: "special-service", 979: "premium-rate"}


class Number(NamedTuple):
    digits: str  # E.164 without the plus
    warning: str | None = None  # the number may be called, but looks unusual


class NumberError(ValueError):
    """The text is no number that may be called; the message is the rest of a sentence about it."""


def read_number(text: object, *, country: str) -> Number:
    """The number of a cell, read as somebody in `country` would; raises NumberError with the reason."""
    written = text if type(text) is str else _as_text(text)
    pattern, code = fast_pattern(country)
    match = pattern.fullmatch(written.translate(_SPACING))
    if match is not None:
        return Number(code + match["national"])
    return _read_slowly(written, country)


@lru_cache(maxsize=4096)
def _read_slowly(written: str, country: str) -> Number:
    cleaned = _clean(written)
    parts = [part.strip() for part in _BETWEEN.split(cleaned) if part.strip()]
    if len(parts) > 1:
        return _only_one(cleaned, parts, country)
    return _read_one(parts[0] if parts else cleaned, country)


def _as_text(value: object) -> str:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise NumberError("the phone cell does not hold a number")
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def _clean(written: str) -> str:
    """What is left of a cell without marks, labels and a spreadsheet's `.0`."""
    if len(written) > _LONGEST:
        raise NumberError("the phone cell holds a long text, not a number")
    text = _INVISIBLE.sub("", unicodedata.normalize("NFKC", written)).strip()
    wrapped = _WRAPPED.fullmatch(text)
    if wrapped:
        text = (wrapped[1] or wrapped[2] or "").strip()
    text = _LABEL.sub("", text, count=1) if _LABEL.match(text) else text
    if not text:
        raise NumberError("the phone cell is empty")
    if _SCIENTIFIC.fullmatch(text):
        raise NumberError(
            f"the number was damaged by a spreadsheet ({text}) and its last digits are lost; "
            "format the column as text"
        )
    decimal = _DECIMAL.fullmatch(text)
    if decimal and decimal[2].strip("0"):
        raise NumberError(f"{text} is an amount, not a phone number")
    return decimal[1] if decimal else text


def _only_one(cleaned: str, parts: list[str], country: str) -> Number:
    """Of a cell with several parts: the number that all of them are, else none."""
    found = [number for number in (_try(part, country) for part in parts) if number is not None]
    if len(found) == len(parts) and len({number.digits for number in found}) == 1:
        return found[0]
    if not found:
        return _read_one(cleaned.replace("/", ""), country)
    if len({number.digits for number in found}) > 1:
        raise NumberError("the cell holds more than one number; keep the one to call")
    raise NumberError("the cell holds a number and something else; keep the number alone")


def _try(part: str, country: str) -> Number | None:
    try:
        return _read_one(part, country)
    except NumberError:
        return None


def _read_one(text: str, country: str) -> Number:
    digits = text.translate(_SPACING).replace(".", "")
    if not _WRITTEN.fullmatch(digits):
        raise NumberError(_what_is_wrong(digits))
    if len(digits.lstrip("+")) < SHORTEST:
        raise NumberError(_too_few(digits, country))
    if digits.startswith("+"):
        return _accept(_parse(digits, None))
    return _accept(_choose(digits, country))


def _what_is_wrong(digits: str) -> str:
    if not any(character.isdigit() for character in digits):
        return "the phone cell holds no number"
    if any(character.isalpha() for character in digits):
        return "the phone cell holds letters beside the number; an extension cannot be dialled"
    return "the phone cell holds signs that are no part of a number"


def _too_few(digits: str, country: str) -> str:
    if is_emergency_number(digits, country):
        return "an emergency number is never called"
    return f"{digits} is too short for a phone number"


def _choose(digits: str, country: str) -> PhoneNumber:
    """The one reading of digits without a plus: national first, then written as from abroad."""
    national = _parse_or_none(digits, country)
    if national is not None and phonenumbers.is_valid_number(national):
        return national
    trunk = TRUNKS.get(country)
    readings = [
        _parse_or_none(f"0{digits.removeprefix(trunk)}", country)
        if trunk and digits.startswith(trunk)
        else None
    ]
    readings.append(_parse_or_none("+" + digits.removeprefix("00"), None))
    valid = [reading for reading in readings if reading is not None and phonenumbers.is_valid_number(reading)]
    likely = national if national is not None and _is_possible(national) else None
    if valid and likely is not None and likely != valid[0]:
        raise NumberError("it can be read as a number of two countries; write it with + and the country code")
    chosen = valid[0] if valid else likely or readings[-1]
    return chosen or national or _parse(digits, country)


def _parse(digits: str, country: str | None) -> PhoneNumber:
    try:
        return phonenumbers.parse(digits, country)
    except NumberParseException as error:
        if error.error_type == NumberParseException.INVALID_COUNTRY_CODE:
            raise NumberError("there is no country with this code") from None
        raise NumberError("it is not a phone number") from None


def _parse_or_none(digits: str, country: str | None) -> PhoneNumber | None:
    try:
        return phonenumbers.parse(digits, country)
    except NumberParseException:
        return None


def _is_possible(number: PhoneNumber) -> bool:
    return _length_of(number) == ValidationResult.IS_POSSIBLE


def _accept(number: PhoneNumber) -> Number:
    service = _NO_COUNTRY.get(_code(number))
    if service:
        raise NumberError(f"it is a {service} number, which is never called")
    if phonenumbers.number_type(number) == PhoneNumberType.PREMIUM_RATE:
        raise NumberError("it is a premium-rate number, which is never called")
    digits = f"{number.country_code}{phonenumbers.national_significant_number(number)}"
    if phonenumbers.is_valid_number(number):
        return Number(digits)
    match _length_of(number):
        case ValidationResult.IS_POSSIBLE:
            return Number(digits, f"{digits} {NOT_KNOWN}")
        case ValidationResult.IS_POSSIBLE_LOCAL_ONLY:
            raise NumberError("it lacks the area code")
        case ValidationResult.TOO_SHORT:
            raise NumberError(f"it has too few digits for a number of +{number.country_code}")
        case ValidationResult.TOO_LONG:
            raise NumberError(f"it has too many digits for a number of +{number.country_code}")
        case _:
            raise NumberError(f"no number of +{number.country_code} has that many digits")


def _code(number: PhoneNumber) -> int:
    assert number.country_code is not None, "every parsed number has a country"
    return number.country_code


def _length_of(number: PhoneNumber) -> int:
    """How its length fits an ordinary telephone, fixed or mobile, of its country."""
    region = phonenumbers.region_code_for_country_code(_code(number))
    metadata = PhoneMetadata.metadata_for_region(region, None)
    national = phonenumbers.national_significant_number(number)
    if metadata is not None and metadata.national_prefix and national.startswith(metadata.national_prefix):
        return int(ValidationResult.TOO_SHORT)  # the prefix could not be taken off: digits are missing
    fits = [
        phonenumbers.is_possible_number_for_type_with_reason(number, kind)
        for kind in (PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE)
    ]
    return int(ValidationResult.IS_POSSIBLE if ValidationResult.IS_POSSIBLE in fits else fits[0])
