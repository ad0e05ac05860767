"""One regular expression a country that reads most of its numbers as `phonenumbers` would, five times faster.

Built from the metadata of that library. It accepts only what the library reads the same way and finds valid,
an ordinary fixed or mobile number; whatever it does not accept goes to the library itself. `numbers` uses it.
"""

import re
from functools import lru_cache
from typing import Any

from phonenumbers import COUNTRY_CODE_TO_REGION_CODE, PhoneMetadata

TRUNKS = {"UA": "80"}
"""What people still write before a number although the numbering plan has dropped it: `80 67 …`."""

SHORTEST = 7  # digits; anything shorter is a service or an emergency number

NEVER = re.compile(r"(?!)")


@lru_cache
def fast_pattern(country: str) -> tuple[re.Pattern[str], str]:
    """(pattern, country code): where it matches a cleaned text, code + last group are the E.164 digits."""
    metadata: Any = PhoneMetadata.metadata_for_region(country, None)
    if metadata is None:
        return NEVER, ""
    code = str(metadata.country_code)
    if COUNTRY_CODE_TO_REGION_CODE[metadata.country_code][0] != country:
        return NEVER, code  # numbers of the main country of a shared code would be judged by its rules
    ways = "|".join(_ways(metadata, code))
    enough = rf"(?=\+?\d{{{SHORTEST}}})"
    return re.compile(f"{enough}(?:{ways})(?P<national>{_ordinary(metadata)})", re.ASCII), code


def _ways(metadata: Any, code: str) -> list[str]:
    """Each way to write the start of a number, guarded so that the library sees the same start."""
    general = _matching(metadata.general_desc)
    abroad = metadata.international_prefix
    domestic = f"(?!(?:{abroad})(?!0))" if abroad else ""
    plus = r"\+|00" if abroad == "00" else r"\+"
    ways = [f"(?:{plus}){code}", f"{domestic}(?!{general}){code}", f"{domestic}(?!{code})"]
    prefix = metadata.national_prefix
    if prefix and metadata.national_prefix_for_parsing == prefix and prefix.isdecimal():
        ways.append(f"{domestic}(?!{code})(?!{general}){prefix}")
    trunk = TRUNKS.get(metadata.id)
    if trunk:
        ways.append(trunk)
    return ways


def _ordinary(metadata: Any) -> str:
    """A valid national number, fixed or mobile, not premium, with no prefix of its own left to strip."""
    guards = [f"(?={_matching(metadata.general_desc)})"]
    if metadata.leading_digits:
        guards.append(f"(?={metadata.leading_digits})")
    if metadata.national_prefix_for_parsing:
        guards.append(f"(?!{metadata.national_prefix_for_parsing})")
    if _exists(metadata.premium_rate):
        guards.append(f"(?!{_matching(metadata.premium_rate)})")
    kinds = [_matching(kind) for kind in (metadata.fixed_line, metadata.mobile) if _exists(kind)]
    return "".join(guards) + f"(?:{'|'.join(kinds)})" if kinds else "(?!)"


def _exists(kind: Any) -> bool:
    return kind is not None and kind.national_number_pattern is not None


def _matching(kind: Any) -> str:
    """The whole rest of the text is a number of this kind: its length and its pattern."""
    lengths = "|".join(rf"\d{{{length}}}" for length in kind.possible_length if length > 0)
    length = rf"(?=(?:{lengths})\Z)" if lengths else ""
    return rf"(?:{length}(?:{kind.national_number_pattern})\Z)"
