"""Parts of an SMS, with the `gsm0338` codec as the oracle of the alphabet."""

import gsm0338
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from campaigns.rules.sms_parts import BASIC, EXTENSION, SmsParts, count_parts

CODEC = gsm0338.Codec()


@pytest.mark.parametrize(
    ("text", "parts", "encoding", "offender"),
    [
        ("", 0, "GSM-7", None),
        ("Hello", 1, "GSM-7", None),
        ("a" * 160, 1, "GSM-7", None),
        ("a" * 161, 2, "GSM-7", None),
        ("a" * 306, 2, "GSM-7", None),  # 2 * 153
        ("a" * 307, 3, "GSM-7", None),
        ("€" * 80, 1, "GSM-7", None),  # 80 * 2 = 160
        ("€" * 80 + "a", 2, "GSM-7", None),  # 161
        # 153 is odd: 76 euro signs and a septet left empty in each, so 4 * 76 = 304 signs in four parts
        ("€" * 304, 4, "GSM-7", None),
        ("€" * 305, 5, "GSM-7", None),
        # with a letter the septet is used: (1 + 76 * 2) * 2 = 306
        (("a" + "€" * 76) * 2, 2, "GSM-7", None),
        ("Привіт", 1, "UCS-2", "П"),
        ("naïve", 1, "UCS-2", "ï"),
        ("ç", 1, "UCS-2", "ç"),  # GSM-7 has the capital one only
        ("я" * 70, 1, "UCS-2", "я"),
        ("я" * 71, 2, "UCS-2", "я"),
        ("я" * 134, 2, "UCS-2", "я"),  # 2 * 67
        ("я" * 135, 3, "UCS-2", "я"),
        ("a" * 70 + "’", 2, "UCS-2", "’"),  # 71
        ("😀" * 35, 1, "UCS-2", "😀"),  # 35 * 2 = 70
        ("😀" * 36, 2, "UCS-2", "😀"),  # 72
        # 67 is odd: 33 faces and a unit left empty in each, so 2 * 33 = 66 faces in two parts
        ("😀" * 66, 2, "UCS-2", "😀"),
        ("😀" * 67, 3, "UCS-2", "😀"),
        ("\ud83d" * 70, 1, "UCS-2", "\ud83d"),  # half a pair is one unit
    ],
)
def test_a_text_costs_as_many_parts_as_the_standard_says(
    text: str, parts: int, encoding: str, offender: str | None
) -> None:
    assert count_parts(text) == (parts, encoding, offender)


def test_the_alphabet_is_that_of_the_codec() -> None:
    def characters(*, escape: bytes) -> set[str]:
        septets = (escape + bytes([number]) for number in range(128) if number != 0x1B)
        return {CODEC.decode(each, "ignore")[0] for each in septets} - {""}

    assert characters(escape=b"") == BASIC
    assert characters(escape=b"\x1b") == EXTENSION
    assert (len(BASIC), len(EXTENSION)) == (127, 10)  # 128 septets without the escape


@settings(max_examples=300, deadline=None, database=None)
@given(st.text(st.sampled_from(sorted(BASIC | EXTENSION)), max_size=700))
def test_seven_bit_text_fills_the_parts_that_dividing_the_encoded_text_gives(text: str) -> None:
    encoded = CODEC.encode(text)[0]
    assert count_parts(text) == SmsParts(_cuts(encoded, 160, 153, b"\x1b"), "GSM-7", None)


@settings(max_examples=300, deadline=None, database=None)
@given(st.text(st.sampled_from("aяі€😀🇺"), max_size=300))
def test_other_text_fills_the_parts_that_dividing_its_utf16_gives(text: str) -> None:
    text += "ї"
    units = text.encode("utf-16-be")
    highs = bytes(0xD8 <= units[at] <= 0xDB for at in range(0, len(units), 2))
    counted = count_parts(text)
    assert (counted.encoding, counted.parts) == ("UCS-2", _cuts(highs, 70, 67, b"\x01"))


def _cuts(encoded: bytes, alone: int, together: int, inseparable: bytes) -> int:
    """Cuts the encoded text as a modem does: no part but the last ends with what belongs to what follows."""
    if len(encoded) <= alone:
        return 1 if encoded else 0
    parts = 0
    while encoded:
        room = (
            together - 1 if encoded[:together].endswith(inseparable) and len(encoded) > together else together
        )
        encoded, parts = encoded[room:], parts + 1
    return parts
